import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate, gradients } from "../../graph/index.js";
import { sizeOf } from "../parameter.js";
import { exampleShape, feedsOf, randomExample, tracedFeatures, weightsOf } from "./architecture.contract.js";
import type { SharingShape } from "./architecture.js";
import { dselectK } from "./dselect-k.js";
import {
  type HostRow,
  type Read,
  expectCount,
  expectHostFeatures,
  hostLayer,
  hostLinear,
  hostMix,
  hostSoftmax,
  layerCount,
  randomShapes,
  reader,
} from "./host.contract.js";

const whole = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const bitsOf = (E: number): number => E.toString(2).length - (2 ** (E.toString(2).length - 1) === E ? 1 : 0);

const shapes = randomShapes(dselectK, {
  experts: whole(2, 9),
  selectors: whole(1, 3),
  gamma: fc.constantFrom(0.5, 1, 3),
  entropy: fc.constantFrom(0, 0.2),
  "per-example": whole(0, 1),
});

function smoothStep(t: number, gamma: number): number {
  if (t <= -gamma / 2) return 0;
  if (t >= gamma / 2) return 1;
  return (-2 * t ** 3) / gamma ** 3 + (3 * t) / (2 * gamma) + 0.5;
}

/** Which experts the selectors of a task select, and with which shares, for one row. */
function hostSelectors({ shape, read, x }: Pick<HostRow, "shape" | "read" | "x">, task: number) {
  const { experts: E, selectors: k, gamma } = shape.options as Record<string, number>;
  const m = bitsOf(E!);
  const of = (name: string): number[] =>
    shape.options["per-example"] === 1
      ? hostLinear(
          read(`tasks.selectors.${name}.weight`, task)!,
          read(`tasks.selectors.${name}.bias`, task)!,
          x,
        )
      : read(`tasks.selectors.${name}`, task)!;
  const codes = of("codes");
  const each = range(k!).map((j) => {
    const r = range(E!).map(() => 0);
    for (let code = 0; code < 2 ** m; code++) {
      let product = 1;
      for (let b = 0; b < m; b++) {
        const s = smoothStep(codes[j * m + b]!, gamma!);
        product *= (code >> b) % 2 === 1 ? s : 1 - s;
      }
      r[code < E! ? code : code - E!]! += product;
    }
    return r;
  });
  return { each, shares: hostSoftmax(of("shares")) };
}

const entropyOf = (weights: readonly number[]): number =>
  weights.reduce((sum, w) => sum - (w > 0 ? w * Math.log(w) : 0), 0);

/** Σ over tasks and selectors of the entropy, a mean over rows. */
function hostEntropy(shape: SharingShape, read: Read, rows: readonly (readonly number[])[]): number {
  const all = shape.tasks.flatMap((_, task) =>
    rows.flatMap((x) => hostSelectors({ shape, read, x }, task).each.map(entropyOf)),
  );
  return all.reduce((sum, h) => sum + h, 0) / rows.length;
}

describe("DSelect-k", () => {
  it("has k·(1 + ⌈log₂ E⌉) numbers of each task's own, or as many linear functions of the inputs", () => {
    expectCount(dselectK, shapes, (shape) => {
      const { experts: E, selectors: k } = shape.options as Record<string, number>;
      const gate = k! * (1 + bitsOf(E!)) * (shape.options["per-example"] === 1 ? shape.inputs + 1 : 1);
      const trunk = range(shape.trunk.length).reduce((sum, i) => sum + layerCount(shape, i), 0);
      return E! * trunk + shape.tasks.length * gate;
    });
  });

  it("mixes experts by Σⱼ softmax(α)ⱼ·r(z⁽ʲ⁾), for numbers of experts that are no power of two as well", () => {
    expectHostFeatures(dselectK, shapes, (row, task) => {
      const { each, shares } = hostSelectors(row, task);
      const { shape, read, x, member } = row;
      const experts = range(shape.options["experts"]!).map((e) =>
        range(shape.trunk.length).reduce<readonly number[]>(
          (h, i) => hostLayer(read, `trunk.${i}.experts`, [e], member, h),
          x,
        ),
      );
      return hostMix(hostMix(shares, each), experts);
    });
  });

  it("has gates that sum to one and, with codes beyond the step, select at most k experts", () => {
    fc.assert(
      fc.property(shapes, fc.nat(1000), (shape, seed) => {
        const example = randomExample(dselectK, shape, seed);
        const { gates } = tracedFeatures(dselectK, shape);
        const [E, k] = [shape.options["experts"]!, shape.options["selectors"]!];
        const far = example.parameters.map((x) => 1e4 * x); // codes far beyond the step
        for (const parameters of [example.parameters, far]) {
          const found = evaluate(weightsOf(gates), feedsOf(shape, { ...example, parameters }))["experts"]!;
          const values = found.data as Float64Array;
          for (let at = 0; at < values.length; at += E) {
            const gate = values.subarray(at, at + E);
            expect(gate.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 12);
            if (parameters === far) expect(gate.filter((x) => x !== 0).length).toBeLessThanOrEqual(k);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it("adds λ·Σ H(r) over all tasks and selectors", () => {
    fc.assert(
      fc.property(shapes, fc.nat(1000), (shape, seed) => {
        const { penalty } = tracedFeatures(dselectK, shape);
        const lambda = shape.options["entropy"]!;
        if (lambda === 0) {
          expect(penalty).toBeUndefined();
          return;
        }
        const example = randomExample(dselectK, shape, seed);
        const found = evaluate({ penalty: penalty! }, feedsOf(shape, example))["penalty"]!
          .data as Float64Array;
        const rows = range(example.rows).map((r) =>
          example.encoded.slice(r * shape.inputs, (r + 1) * shape.inputs),
        );
        const read = reader(dselectK.layout(shape), example.parameters);
        expect(found[0]).toBeCloseTo(lambda * hostEntropy(shape, read, rows), 9);
      }),
      { numRuns: 40 },
    );
  });

  it.each([2, 3, 4, 5, 6, 7, 8])(
    "has a penalty that acts on every task: descent along it alone lets each selector select one of %i experts",
    (E) => {
      const shape = exampleShape(dselectK, { trunk: [2], options: { experts: E, entropy: 1 } });
      const traced = tracedFeatures(dselectK, shape);
      const [slope] = gradients(traced.penalty!, [traced.flat]);
      const layout = dselectK.layout(shape);
      const example = randomExample(dselectK, shape, E);
      let offset = 0;
      for (const { name, shape: dims } of layout) {
        const own = example.parameters.subarray(offset, (offset += sizeOf(dims)));
        if (name === "tasks.selectors.codes")
          own.forEach((x, i) => (own[i] = Math.max(-0.2, Math.min(0.2, x))));
      }
      const rate = 0.02;
      let parameters = example.parameters;
      const entropy = (): number => hostEntropy(shape, reader(layout, parameters), [[]]);
      const before = entropy();
      for (let step = 0; step < 300; step++) {
        const found = evaluate({ slope: slope! }, feedsOf(shape, { ...example, parameters }));
        const by = found["slope"]!.data as Float64Array;
        parameters = parameters.map((x, i) => x - rate * by[i]!);
      }
      expect(before).toBeGreaterThan(0.3 * shape.tasks.length * 2 * Math.log(E));
      expect(entropy()).toBeLessThan(1e-3);
    },
  );

  it("has a smooth step as wide as γ", () => {
    const code = (gamma: number, z: number): number => {
      const shape = exampleShape(dselectK, {
        trunk: [1],
        options: { experts: 2, selectors: 1, gamma },
      });
      const example = randomExample(dselectK, shape, 1);
      let offset = 0;
      for (const { name, shape: dims } of dselectK.layout(shape)) {
        const own = example.parameters.subarray(offset, (offset += sizeOf(dims)));
        if (name === "tasks.selectors.codes") own.fill(z);
      }
      const { gates } = tracedFeatures(dselectK, shape);
      return (evaluate(weightsOf(gates), feedsOf(shape, example))["experts"]!.data as Float64Array)[1]!;
    };
    for (const gamma of [0.5, 1, 4]) {
      expect(code(gamma, 0)).toBeCloseTo(0.5, 12);
      expect(code(gamma, 0.49 * gamma)).toBeLessThan(1);
      expect(code(gamma, 0.5 * gamma)).toBe(1);
      expect(code(gamma, -0.5 * gamma)).toBe(0);
      expect(code(gamma, 0.25 * gamma)).toBeCloseTo(-2 / 64 + 3 / 8 + 0.5, 12);
    }
  });
});
