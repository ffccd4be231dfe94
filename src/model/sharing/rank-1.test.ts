import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostBlock } from "./architecture.contract.js";
import {
  countOf,
  expectAlike,
  featuresWith,
  hardFeatures,
  layerWidths,
  randomShapes,
} from "./adapter-shapes.contract.js";
import { type ByHand, expectByHand, list, memberBias, memberScale, sum } from "./by-hand.contract.js";
import { rank1 } from "./rank-1.js";

const shapes = randomShapes(rank1);

describe("rank-1 task adapters", () => {
  it("have one trunk, and vectors for each task", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const [T, M] = [shape.tasks.length, shape.members];
        const expected = layerWidths(shape).map(([read, out], i) => {
          const scaled = i > 0 || shape.adapter === "input" ? read : 0;
          return read * out + T * (scaled + 2 * out) + (M > 1 ? M * (scaled + 2 * out) : 0);
        });
        expect(countOf(rank1, shape)).toBe(sum(expected.length, (i) => expected[i]!));
      }),
    );
  });

  it("compute ReLU(((h ∘ r) W) ∘ s + b) for each task", () => {
    fc.assert(
      fc.property(shapes, fc.nat(99), (shape, seed) => expectByHand(rank1, shape, seed, byHand)),
      { numRuns: 30 },
    );
  });

  it("are the trunk W ∘ (r sᵀ) of a task alone", () => {
    fc.assert(
      fc.property(shapes, fc.nat(99), (shape, seed) =>
        expectByHand(rank1, { ...shape, members: 1 }, seed, ({ shape: own, has, at }, k, _, row) =>
          layerWidths(own).reduce<readonly number[]>((h, [read, out], i) => {
            const made = list(out, (o) => {
              const r = (d: number): number =>
                has(`tasks.${i}.input-scale`) ? at(`tasks.${i}.input-scale`, k, 0, 0, d) : 1;
              const s = at(`tasks.${i}.output-scale`, k, 0, 0, o);
              const z = sum(read, (d) => h[d]! * (at(`trunk.${i}.weight`, d, o) * r(d) * s));
              return Math.max(0, z + at(`tasks.${i}.bias`, k, 0, 0, o));
            });
            return hostBlock(own, h, made);
          }, row),
        ),
      ),
      { numRuns: 10 },
    );
  });

  it("are hard sharing at the start", () => {
    fc.assert(
      fc.property(shapes, fc.nat(99), (shape, seed) => {
        const start = (name: string): number | undefined =>
          name.startsWith("tasks.") ? (name.endsWith("-scale") ? 1 : 0) : undefined;
        const { features, example } = featuresWith(rank1, shape, seed, start);
        expectAlike(features, hardFeatures(rank1, shape, example.parameters, example.encoded));
      }),
      { numRuns: 20 },
    );
    for (const { name, init } of rank1.layout(fc.sample(shapes, { numRuns: 1, seed: 1 })[0]!))
      if (name.startsWith("tasks.")) expect(init).toBe(name.endsWith("-scale") ? "ones" : "zeros");
  });
});

function byHand(hand: ByHand, k: number, m: number, row: readonly number[]): readonly number[] {
  const { at, has } = hand;
  return layerWidths(hand.shape).reduce<readonly number[]>((h, [read, out], i) => {
    const r = (d: number): number =>
      memberScale(hand, i, "input-scale", m, d) *
      (has(`tasks.${i}.input-scale`) ? at(`tasks.${i}.input-scale`, k, 0, 0, d) : 1);
    const made = list(out, (o) => {
      const z = sum(read, (d) => h[d]! * r(d) * at(`trunk.${i}.weight`, d, o));
      const s = memberScale(hand, i, "output-scale", m, o) * at(`tasks.${i}.output-scale`, k, 0, 0, o);
      return Math.max(0, z * s + memberBias(hand, i, m, o) + at(`tasks.${i}.bias`, k, 0, 0, o));
    });
    return hostBlock(hand.shape, h, made);
  }, row);
}
