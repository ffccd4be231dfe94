import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate, gradients, reduceSum, slice, square } from "../../graph/index.js";
import { sizeOf } from "../parameter.js";
import { exampleShape, feedsOf, randomExample, tracedFeatures } from "./architecture.contract.js";
import type { SharingArchitecture } from "./architecture.js";
import { cgc } from "./cgc.js";
import {
  type HostRow,
  expectCount,
  expectHostFeatures,
  hostLayer,
  hostLinear,
  hostMix,
  hostSoftmax,
  layerCount,
  randomShapes,
} from "./host.contract.js";
import { ple } from "./ple.js";

const whole = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const counts = { experts: whole(1, 3), "own-experts": whole(1, 3) };
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const gateOf = ({ read }: HostRow, name: string, at: number, x: readonly number[]): number[] =>
  hostSoftmax(hostLinear(read(`${name}.weight`, at)!, read(`${name}.bias`, at)!, x));

describe("CGC", () => {
  const shapes = randomShapes(cgc, counts);

  it("has S + T·n trunks, and a gate over n + S for each task", () => {
    expectCount(cgc, shapes, (shape) => {
      const { experts: S, "own-experts": n } = shape.options as { experts: number; "own-experts": number };
      const T = shape.tasks.length;
      const trunk = range(shape.trunk.length).reduce((sum, i) => sum + layerCount(shape, i), 0);
      return (S + T * n) * trunk + T * (shape.inputs + 1) * (n + S);
    });
  });

  it("mixes a task's own experts and the shared ones by the task's gate", () => {
    expectHostFeatures(cgc, shapes, (row, task) => {
      const { shape, read, x, member } = row;
      const through = (name: string, at: readonly number[]): readonly number[] =>
        range(shape.trunk.length).reduce<readonly number[]>(
          (h, i) => hostLayer(read, `${name}.${i}.experts`, at, member, h),
          x,
        );
      const own = range(shape.options["own-experts"]!).map((i) => through("tasks", [task, i]));
      const shared = range(shape.options["experts"]!).map((i) => through("trunk", [i]));
      return hostMix(gateOf(row, "tasks.0.gate", task, x), [...own, ...shared]);
    });
  });

  it("has as many experts of each sort as asked for", () => {
    const shape = exampleShape(cgc, { options: { experts: 3, "own-experts": 2 } });
    const sizes = Object.fromEntries(cgc.layout(shape).map(({ name, shape: dims }) => [name, dims]));
    expect(sizes["trunk.0.experts.weight"]).toEqual([3, 3, 4]);
    expect(sizes["tasks.0.experts.weight"]).toEqual([3, 2, 3, 4]);
  });
});

describe("PLE", () => {
  const shapes = randomShapes(ple, { ...counts, levels: whole(1, 4) });

  it("has gates over all experts at every level but the last", () => {
    const deep = shapes.filter(({ trunk, options }) => trunk.length <= options["levels"]!);
    expectCount(ple, deep, (shape) => {
      const { experts: S, "own-experts": n } = shape.options as { experts: number; "own-experts": number };
      const T = shape.tasks.length;
      return range(shape.trunk.length).reduce((sum, i) => {
        const inputs = (i === 0 ? shape.inputs : shape.trunk[i - 1]!) + 1;
        const shared = i < shape.trunk.length - 1 ? inputs * (T * n + S) : 0;
        return sum + (S + T * n) * layerCount(shape, i) + T * inputs * (n + S) + shared;
      }, 0);
    });
  });

  /** One row through levels of one layer each, as the paper writes them. */
  function progressive(row: HostRow, task: number): readonly number[] {
    const { shape, read, x, member } = row;
    const [T, L] = [shape.tasks.length, shape.trunk.length];
    const [n, S] = [shape.options["own-experts"]!, shape.options["experts"]!];
    let ofAll: readonly number[] = x;
    let ofTask: readonly (readonly number[])[] = range(T).map(() => x);
    for (let level = 0; level < L; level++) {
      const last = level === L - 1;
      const ownName = last ? `tasks.${level}.experts` : `trunk.${level}.own-experts`;
      const gateName = level >= L - 2 ? `tasks.${level}.gate` : `trunk.${level}.own-gate`;
      const shared = range(S).map((i) => hostLayer(read, `trunk.${level}.experts`, [i], member, ofAll));
      const own = ofTask.map((h, t) => range(n).map((i) => hostLayer(read, ownName, [t, i], member, h)));
      const next = ofTask.map((h, t) => hostMix(gateOf(row, gateName, t, h), [...own[t]!, ...shared]));
      if (!last) ofAll = hostMix(gateOf(row, `trunk.${level}.gate`, 0, ofAll), [...own.flat(), ...shared]);
      ofTask = next;
    }
    return ofTask[task]!;
  }

  it("has a shared path through gates over all experts, and gates of tasks that read the level before", () => {
    const deep = shapes.filter(({ trunk, options }) => trunk.length <= options["levels"]!);
    expectHostFeatures(ple, deep, progressive);
  });

  it("is CGC with one level", () => {
    fc.assert(
      fc.property(randomShapes(cgc, counts), fc.nat(100), (shape, seed) => {
        const example = randomExample(cgc, shape, seed);
        const found = (architecture: SharingArchitecture, options: Record<string, number>) =>
          evaluate(
            { found: tracedFeatures(architecture, { ...shape, options }).perTask! },
            feedsOf(shape, example),
          )["found"]!.data;
        expect(found(ple, { ...shape.options, levels: 1 })).toEqual(found(cgc, shape.options));
      }),
      { numRuns: 20 },
    );
  });

  it("lets what the experts of one task know at the first level reach other tasks, by the shared gate", () => {
    const shape = exampleShape(ple);
    const traced = tracedFeatures(ple, shape);
    const first = slice(traced.perTask!, [0], [1], [0]);
    const [slope] = gradients(reduceSum(square(first), [0, 1, 2, 3]), [traced.flat]);
    const values = evaluate({ slope: slope! }, feedsOf(shape, randomExample(ple, shape, 1)))["slope"]!
      .data as Float64Array;
    let at = 0;
    for (const { name, shape: dims } of ple.layout(shape)) {
      const own = values.subarray(at, (at += sizeOf(dims)));
      if (name !== "trunk.0.own-experts.weight") continue;
      const each = own.length / shape.tasks.length;
      for (const task of range(shape.tasks.length))
        expect(own.subarray(task * each, (task + 1) * each).some((x) => x !== 0)).toBe(true);
      return;
    }
    throw new Error("no experts of tasks at the first level");
  });
});
