import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import { deltaM, percentGain } from "./delta-m.js";
import { pairedBootstrap } from "./bootstrap.js";
import { verdict } from "./verdict.js";

const identity = (mean: number): number => mean;
const numbers = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 });

describe("verdict", () => {
  it("is helped, hurt or neutral by the side of 0 on which the interval lies", () => {
    expect(verdict({ low: 0.1, high: 0.2 })).toBe("helped");
    expect(verdict({ low: -0.2, high: -0.1 })).toBe("hurt");
    expect(verdict({ low: -0.1, high: 0.1 })).toBe("neutral");
  });

  it("is neutral for an interval that touches 0 or that is NaN", () => {
    expect(verdict({ low: 0, high: 1 })).toBe("neutral");
    expect(verdict({ low: -1, high: 0 })).toBe("neutral");
    expect(verdict({ low: Number.NaN, high: Number.NaN })).toBe("neutral");
  });
});

describe("pairedBootstrap", () => {
  it("gives identical models no gain, no width and a neutral verdict", () => {
    fc.assert(
      fc.property(
        numbers,
        fc.constantFrom("lower" as const, "higher" as const),
        fc.integer(),
        (values, better, seed) => {
          const model = { rows: Float64Array.from(values), finish: Math.sqrt };
          const result = pairedBootstrap({
            multi: model,
            single: model,
            better,
            resamples: 50,
            random: seededRandom(seed),
          });
          expect(result).toEqual({ gain: 0, low: 0, high: 0 });
          expect(verdict(result)).toBe("neutral");
        },
      ),
    );
  });

  it("takes the gain from the rows, in whatever order they stand", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 99 })), {
          minLength: 1,
        }),
        (pairs) => {
          const gainOf = (rows: typeof pairs): number =>
            pairedBootstrap({
              multi: { rows: Float64Array.from(rows, ([m]) => m), finish: identity },
              single: { rows: Float64Array.from(rows, ([, s]) => s), finish: identity },
              better: "lower",
              resamples: 5,
              random: seededRandom(1),
            }).gain;
          expect(gainOf(pairs)).toBe(gainOf([...pairs].reverse()));
        },
      ),
    );
  });

  it("changes sign when the two models change places and when the direction turns", () => {
    const a = { rows: Float64Array.from([1, 2, 3, 4]), finish: identity };
    const b = { rows: Float64Array.from([2, 2, 5, 4]), finish: identity };
    const run = (multi: typeof a, single: typeof a, better: "lower" | "higher") =>
      pairedBootstrap({ multi, single, better, random: seededRandom(3) });
    expect(run(a, b, "lower").gain).toBe(0.75);
    expect(run(b, a, "lower").gain).toBe(-0.75);
    expect(run(a, b, "higher").gain).toBe(-0.75);
    expect(run(a, b, "lower").low).toBeCloseTo(-run(b, a, "lower").high, 12);
  });

  it("leaves out rows where either model has no finite contribution", () => {
    const multi = { rows: Float64Array.from([1, Number.NaN, 3, 100]), finish: identity };
    const single = { rows: Float64Array.from([2, 50, 5, Number.POSITIVE_INFINITY]), finish: identity };
    const { gain, low, high } = pairedBootstrap({ multi, single, better: "lower", random: seededRandom(5) });
    expect(gain).toBe(1.5);
    expect(low).toBe(1);
    expect(high).toBe(2);
  });

  it("gives NaN without a common row and refuses models of different length", () => {
    const one = { rows: Float64Array.from([Number.NaN]), finish: identity };
    expect(
      pairedBootstrap({ multi: one, single: one, better: "lower", random: seededRandom(0) }).gain,
    ).toBeNaN();
    const two = { rows: new Float64Array(2), finish: identity };
    expect(() =>
      pairedBootstrap({ multi: one, single: two, better: "lower", random: seededRandom(0) }),
    ).toThrow(RangeError);
  });

  it("covers the true difference about as often as its level says", () => {
    const random = seededRandom(11);
    const trials = 400;
    let covered = 0;
    for (let trial = 0; trial < trials; trial++) {
      const single = Float64Array.from({ length: 80 }, () => random.normal());
      const multi = single.map((value) => value - 0.3 + 0.5 * random.normal());
      const { low, high } = pairedBootstrap({
        multi: { rows: multi, finish: identity },
        single: { rows: single, finish: identity },
        better: "lower",
        resamples: 300,
        level: 0.9,
        random,
      });
      if (low <= 0.3 && 0.3 <= high) covered += 1;
    }
    expect(covered / trials).toBeGreaterThan(0.85);
    expect(covered / trials).toBeLessThan(0.95);
  });
});

describe("deltaM", () => {
  it("is positive when multi-task is better, in either direction of the metric", () => {
    expect(percentGain({ multi: 0.9, single: 1, better: "lower" })).toBeCloseTo(10, 12);
    expect(percentGain({ multi: 1.1, single: 1, better: "higher" })).toBeCloseTo(10, 12);
    expect(percentGain({ multi: -0.05, single: -0.1, better: "higher" })).toBeCloseTo(50, 12);
    expect(deltaM([10, -4])).toBeCloseTo(3, 12);
  });

  it("leaves out gains that are not finite and is NaN without any", () => {
    expect(deltaM([Number.NaN, 4])).toBe(4);
    expect(deltaM([Number.NaN])).toBeNaN();
    expect(deltaM([])).toBeNaN();
    expect(percentGain({ multi: 1, single: 0, better: "lower" })).toBeNaN();
    expect(percentGain({ multi: 0, single: 0, better: "lower" })).toBe(0);
  });
});
