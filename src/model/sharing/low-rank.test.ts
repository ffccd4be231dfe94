import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exampleShape, hostBlock } from "./architecture.contract.js";
import {
  countOf,
  expectAlike,
  featuresWith,
  hardCount,
  hardFeatures,
  layerWidths,
  randomShapes,
} from "./adapter-shapes.contract.js";
import { type ByHand, expectByHand, list, memberBias, memberScale, sum } from "./by-hand.contract.js";
import { lowRank } from "./low-rank.js";

const shapes = randomShapes(lowRank, { rank: fc.integer({ min: 1, max: 8 }) });

describe("low-rank task adapters", () => {
  it("add r·(in + out) numbers for each task and layer", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const added = layerWidths(shape).reduce((all, [read, out]) => {
          return all + shape.tasks.length * Math.min(shape.options["rank"]!, read, out) * (read + out);
        }, 0);
        expect(countOf(lowRank, shape)).toBe(hardCount(shape) + added);
      }),
    );
  });

  it("compute ReLU(h(W + UV) + b) for each task", () => {
    fc.assert(
      fc.property(shapes, fc.nat(99), (shape, seed) => expectByHand(lowRank, shape, seed, byHand)),
      { numRuns: 30 },
    );
  });

  it("are hard sharing at the start", () => {
    fc.assert(
      fc.property(shapes, fc.nat(99), (shape, seed) => {
        for (const { name, init } of lowRank.layout(shape))
          if (name.endsWith(".up")) expect(init).toBe("zeros");
        const start = (name: string): number | undefined => (name.endsWith(".up") ? 0 : undefined);
        const { features, example } = featuresWith(lowRank, shape, seed, start);
        expectAlike(features, hardFeatures(lowRank, shape, example.parameters, example.encoded));
      }),
      { numRuns: 20 },
    );
  });

  it("change a task's weights by a matrix of rank r at most", () => {
    // With one input at a time and positive sums, features are rows of W + UV: their difference from W has no minor of r + 1.
    const shape = exampleShape(lowRank, { inputs: 4, trunk: [4], options: { rank: 1 } });
    expectByHand(lowRank, shape, 4, (hand, k, _, row) => {
      const change = (d: number, o: number): number =>
        hand.at("tasks.0.down", k, d, 0) * hand.at("tasks.0.up", k, 0, o);
      expect(change(0, 0) * change(1, 1) - change(0, 1) * change(1, 0)).toBeCloseTo(0, 12);
      return list(4, (o) =>
        Math.max(
          0,
          sum(4, (d) => row[d]! * (hand.at("trunk.0.weight", d, o) + change(d, o))) +
            hand.at("trunk.0.bias", o),
        ),
      );
    });
  });
});

function byHand(hand: ByHand, k: number, m: number, row: readonly number[]): readonly number[] {
  const { at, shape } = hand;
  return layerWidths(shape).reduce<readonly number[]>((h, [read, out], i) => {
    const rank = Math.min(shape.options["rank"]!, read, out);
    const weight = (d: number, o: number): number =>
      at(`trunk.${i}.weight`, d, o) +
      sum(rank, (r) => at(`tasks.${i}.down`, k, d, r) * at(`tasks.${i}.up`, k, r, o));
    const made = list(out, (o) => {
      const z = sum(read, (d) => h[d]! * memberScale(hand, i, "input-scale", m, d) * weight(d, o));
      return Math.max(0, z * memberScale(hand, i, "output-scale", m, o) + memberBias(hand, i, m, o));
    });
    return hostBlock(shape, h, made);
  }, row);
}
