import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TensorValue, evaluate, input } from "../graph/index.js";
import { averageShare, movedAverage } from "./average.js";

/** The average after each value in turn, starting from 0. */
function averages(values: readonly number[], decay: number): number[] {
  const one = (x: number): TensorValue => ({ dtype: "float64", shape: [1], data: Float64Array.of(x) });
  const number = (x: number): TensorValue => ({ dtype: "float64", shape: [], data: Float64Array.of(x) });
  const moved = movedAverage(
    input("average", "float64", [1]),
    input("parameters", "float64", [1]),
    input("share", "float64", []),
  );
  let now = 0;
  return values.map((value, i) => {
    const share = averageShare(i + 1, decay);
    const found = evaluate({ moved }, { average: one(now), parameters: one(value), share: number(share) });
    now = (found["moved"]!.data as Float64Array)[0]!;
    return now;
  });
}

describe("the moving average of the parameters", () => {
  it("is the plain mean of the first 1/(1 − decay) steps and forgets from then on: worked by hand", () => {
    const found = averages([6, 2, 1, 7], 0.5);
    [6, 4, 2.5, 4.75].forEach((expected, i) => expect(found[i]).toBeCloseTo(expected, 12)); // 6; (6+2)/2; (4+1)/2; (2.5+7)/2
  });

  it("is the mean of all values while they are few", () => {
    const values = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(values, (given) => {
        const mean = given.reduce((sum, x) => sum + x, 0) / given.length;
        expect(averages(given, 0.99).at(-1)).toBeCloseTo(mean, 9);
      }),
      { numRuns: 30 },
    );
  });

  it("stays within what it has seen, and is the newest value without any decay", () => {
    const values = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 0.999, noNaN: true }), (given, decay) => {
        const last = averages(given, decay).at(-1)!;
        expect(last).toBeGreaterThanOrEqual(Math.min(...given) - 1e-9);
        expect(last).toBeLessThanOrEqual(Math.max(...given) + 1e-9);
        expect(averages(given, 0).at(-1)).toBeCloseTo(given.at(-1)!, 9);
      }),
      { numRuns: 30 },
    );
  });
});
