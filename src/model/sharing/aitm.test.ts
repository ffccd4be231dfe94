import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate, input } from "../../graph/index.js";
import { aitm } from "./aitm.js";
import { countOf, randomShapes } from "./adapter-shapes.contract.js";
import { OUTPUTS_ALONE, exampleShape, hostBlock } from "./architecture.contract.js";
import type { SharingShape } from "./architecture.js";
import { type ByHand, expectByHand, list, memberBias, memberScale, sum } from "./by-hand.contract.js";
import { esmm } from "./esmm.js";

/** Shapes whose tasks hang on earlier ones, parents of a level before those that follow. */
const shapes = fc
  .tuple(
    randomShapes(aitm, { "shared-layers": fc.constantFrom(0, 1, 5) }),
    fc.array(fc.nat(99), { minLength: 5 }),
  )
  .map(([shape, draws]): SharingShape => ({
    ...shape,
    tasks: shape.tasks.map((task, t) => ({ ...task, parents: t < 2 ? [] : [draws[t]! % t] })),
  }));

describe("adaptive information transfer", () => {
  it("has towers as ESMM has, and for each task with a parent one layer and three projections", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const H = shape.trunk.at(-1)!;
        const children = shape.tasks.filter(({ parents }) => parents.length > 0).length;
        expect(countOf(aitm, shape)).toBe(countOf(esmm, shape) + children * 4 * (H * H + H));
      }),
    );
  });

  it("attends to what came and to its own, for chains and trees", () => {
    fc.assert(
      fc.property(shapes, fc.nat(99), (shape, seed) => expectByHand(aitm, shape, seed, byHand)),
      { numRuns: 30 },
    );
  });

  it("asks for the mean excess of a step over the one before", () => {
    const shape = exampleShape(aitm);
    const z = [
      [0.3, -2],
      [1, -3],
      [-1, 4],
    ];
    const inputs = z.map((_, k) => input(`z${k}`, "float64", [1, 2, 1]));
    const feeds = Object.fromEntries(
      z.map((row, k) => [
        `z${k}`,
        { dtype: "float64" as const, shape: [1, 2, 1], data: Float64Array.from(row) },
      ]),
    );
    const penaltyOf = (calibrator: number): number => {
      const { penalty } = aitm.couple!(
        { ...shape, options: { ...shape.options, calibrator } },
        inputs,
        OUTPUTS_ALONE,
      );
      return (evaluate({ penalty: penalty! }, feeds)["penalty"]!.data as Float64Array)[0]!;
    };
    const sigma = (x: number): number => 1 / (1 + Math.exp(-x));
    const excess = (k: number): number =>
      sum(2, (r) => Math.max(0, sigma(z[k]![r]!) - sigma(z[k - 1]![r]!))) / 2;
    expect(penaltyOf(0.6)).toBeCloseTo(0.6 * (excess(1) + excess(2)), 12);
    expect(penaltyOf(2)).toBeCloseTo(2 * (excess(1) + excess(2)), 12);
    expect(
      aitm.couple!({ ...shape, options: { ...shape.options, calibrator: 0 } }, inputs, OUTPUTS_ALONE).penalty,
    ).toBeUndefined();
  });

  it("says what tasks it needs", () => {
    const tasks = exampleShape(aitm).tasks.map((task) => ({ ...task, kind: "regression" }));
    expect(aitm.lacks!(exampleShape(aitm, { tasks }))).toBeUndefined();
    const alone = tasks.map((task) => ({ ...task, parents: [] }));
    expect(aitm.lacks!(exampleShape(aitm, { tasks: alone }))).toMatch(/^tasks joined by parent-child links/);
  });
});

function tower(hand: ByHand, k: number, m: number, row: readonly number[]): readonly number[] {
  const { at, has, shape } = hand;
  return shape.trunk.reduce<readonly number[]>((h, out, i) => {
    const copied = i >= shape.options["shared-layers"]!;
    const scale = (key: "input-scale" | "output-scale", place: number): number => {
      if (!copied) return memberScale(hand, i, key, m, place);
      return has(`trunk.${i}.towers.${key}`) ? at(`trunk.${i}.towers.${key}`, k, m, 0, place) : 1;
    };
    const made = list(out, (o) => {
      const weight = (d: number): number =>
        copied ? at(`trunk.${i}.towers.weight`, k, d, o) : at(`trunk.${i}.weight`, d, o);
      const bias = copied ? at(`trunk.${i}.towers.bias`, k, m, 0, o) : memberBias(hand, i, m, o);
      return Math.max(
        0,
        sum(h.length, (d) => h[d]! * scale("input-scale", d) * weight(d)) * scale("output-scale", o) + bias,
      );
    });
    return hostBlock(shape, h, made);
  }, row);
}

function byHand(hand: ByHand, k: number, m: number, row: readonly number[]): readonly number[] {
  const { at, shape } = hand;
  const q = tower(hand, k, m, row);
  const parent = shape.tasks[k]!.parents[0];
  if (parent === undefined) return q;
  const H = q.length;
  const child = shape.tasks.slice(0, k).filter(({ parents }) => parents.length > 0).length;
  const before = byHand(hand, parent, m, row);
  const p = list(H, (o) =>
    Math.max(
      0,
      sum(H, (d) => before[d]! * at("trunk.transfer.weight", child, d, o)) +
        at("trunk.transfer.bias", child, 0, 0, o),
    ),
  );
  const project = (u: readonly number[], which: number): number[] =>
    list(H, (o) => {
      const column = which * H + o;
      return (
        sum(H, (d) => u[d]! * at("trunk.attention.weight", child, d, column)) +
        at("trunk.attention.bias", child, 0, 0, column)
      );
    });
  const scores = [p, q].map((u) => {
    const [key, query] = [project(u, 1), project(u, 2)];
    return sum(H, (d) => key[d]! * query[d]!) / Math.sqrt(H);
  });
  const most = Math.max(...scores);
  const [wp, wq] = scores.map((s) => Math.exp(s - most)) as [number, number];
  const [vp, vq] = [project(p, 0), project(q, 0)];
  return list(H, (d) => (wp * vp[d]! + wq * vq[d]!) / (wp + wq));
}
