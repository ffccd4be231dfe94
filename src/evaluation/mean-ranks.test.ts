import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { meanRanks, ranksOf } from "./mean-ranks.js";

describe("ranks", () => {
  it("start at 1 for the best, in the metric's direction", () => {
    expect(ranksOf({ values: [0.3, 0.1, 0.2], better: "lower" })).toEqual([3, 1, 2]);
    expect(ranksOf({ values: [0.3, 0.1, 0.2], better: "higher" })).toEqual([1, 3, 2]);
  });

  it("are shared by equals, and put last what has no value", () => {
    expect(ranksOf({ values: [1, 2, 1, undefined, Number.NaN], better: "lower" })).toEqual([
      1.5, 3, 1.5, 4.5, 4.5,
    ]);
  });

  it("add up to n(n + 1)/2 whatever ties there are", () => {
    const value = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant(undefined));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 9 }), (values) => {
        const sum = ranksOf({ values, better: "higher" }).reduce((a, b) => a + b, 0);
        expect(sum).toBeCloseTo((values.length * (values.length + 1)) / 2, 10);
      }),
    );
  });

  it("are averaged over blocks", () => {
    const blocks = [
      { values: [1, 2], better: "lower" as const },
      { values: [1, 2], better: "higher" as const },
      { values: [5, 7], better: "lower" as const },
    ];
    expect(meanRanks(blocks, 2)).toEqual([4 / 3, 5 / 3]);
    expect(meanRanks([], 1)).toEqual([Number.NaN]);
  });
});
