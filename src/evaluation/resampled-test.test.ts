import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { correctedResampledTest, holm } from "./resampled-test.js";

describe("the corrected resampled t test", () => {
  it("is SciPy's one-sample t test where there are no test rows", () => {
    // scipy.stats.ttest_1samp([1.2, 0.4, -0.3, 2.1, 0.9], 0)
    const { mean, p } = correctedResampledTest([1.2, 0.4, -0.3, 2.1, 0.9], 0);
    expect(mean).toBeCloseTo(0.86, 12);
    expect(p).toBeCloseTo(0.09842463759559035, 10);
  });

  it("widens the error by the share of test rows, as its equation says", () => {
    const differences = [1.2, 0.4, -0.3, 2.1, 0.9];
    const [plain, corrected] = [0, 0.25].map((share) => correctedResampledTest(differences, share));
    const wider = Math.sqrt((1 / 5 + 0.25) / (1 / 5));
    expect((corrected!.high - corrected!.mean) / (plain!.high - plain!.mean)).toBeCloseTo(wider, 10);
    expect(corrected!.p).toBeCloseTo(0.2257684128117831, 10);
  });

  it("finds a difference exactly where its interval leaves 0 out", () => {
    const value = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 2, maxLength: 12 }), (differences) => {
        const { p, low, high } = correctedResampledTest(differences, 0.3);
        fc.pre(Math.abs(p - 0.05) > 1e-9);
        expect(p < 0.05).toBe(low > 0 || high < 0);
      }),
    );
  });

  it("says nothing from one split, and finds nothing between equals", () => {
    expect(correctedResampledTest([3], 0.3)).toMatchObject({ mean: 3, p: Number.NaN });
    expect(correctedResampledTest([], 0.3).mean).toBeNaN();
    expect(correctedResampledTest([0, 0, 0], 0.3)).toEqual({ mean: 0, p: 1, low: 0, high: 0 });
  });
});

describe("Holm's correction", () => {
  it("gives the values of the paper's procedure", () => {
    const corrected = holm([0.01, 0.04, 0.03, 0.005]); // 3 × 0.01, 0.03 × 2 kept for 0.04, 4 × 0.005
    [0.03, 0.06, 0.06, 0.02].forEach((p, i) => expect(corrected[i]).toBeCloseTo(p, 12));
  });

  it("keeps the order, never goes below the plain value nor above Bonferroni's or 1", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(share, { maxLength: 9 }), (values) => {
        const corrected = holm(values);
        values.forEach((p, i) => {
          expect(corrected[i]).toBeGreaterThanOrEqual(p);
          expect(corrected[i]).toBeLessThanOrEqual(Math.min(1, p * values.length) + 1e-15);
          values.forEach((other, j) => {
            if (p < other) expect(corrected[i]).toBeLessThanOrEqual(corrected[j]!);
          });
        });
      }),
    );
  });

  it("does not count what is undefined", () => {
    expect(holm([Number.NaN, 0.02])).toEqual([Number.NaN, 0.02]);
  });
});
