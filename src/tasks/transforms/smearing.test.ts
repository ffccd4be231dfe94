import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.js";
import { LEAST_RESIDUALS, residualPoints } from "./smearing.js";

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value / values.length, 0);

describe("residualPoints", () => {
  const residuals = fc
    .array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: LEAST_RESIDUALS, maxLength: 230 })
    .map((values) => Float64Array.from(values));

  it("ascend about 0 within the range of the centred residuals", () => {
    fc.assert(
      fc.property(residuals, (values) => {
        const points = residualPoints(values);
        expect(points).toHaveLength(Math.min(50, values.length));
        expect(mean(points)).toBeCloseTo(0, 9);
        points.forEach((point, i) => expect(point).toBeGreaterThanOrEqual((points[i - 1] ?? -10) - 1e-9));
        expect(points[0]!).toBeGreaterThanOrEqual(Math.min(...values) - mean(values) - 1e-9);
        expect(points.at(-1)!).toBeLessThanOrEqual(Math.max(...values) - mean(values) + 1e-9);
      }),
    );
  });

  it("are the centred residuals themselves where these are few, whatever their order and mean", () => {
    fc.assert(
      fc.property(residuals, fc.double({ min: -3, max: 3, noNaN: true }), (values, shift) => {
        const few = values.slice(0, 50);
        const centred = few.map((e) => e - mean(few)).sort();
        const shifted = residualPoints(few.map((e) => e + shift).reverse());
        shifted.forEach((point, i) => expect(point).toBeCloseTo(centred[i]!, 9));
      }),
    );
  });

  it("keep the mean of exponentials to within a hundredth", () => {
    const random = seededRandom(3, "residuals");
    for (const spread of [0.2, 0.5, 1]) {
      const values = Float64Array.from({ length: 20_000 }, () => spread * random.normal());
      const centre = mean(values);
      const all = mean(values.map((e) => Math.exp(e - centre)));
      expect(Math.abs(mean(residualPoints(values).map(Math.exp)) / all - 1)).toBeLessThan(
        0.015 * spread ** 2,
      );
    }
  });

  it("are none where residuals are too few", () => {
    expect(residualPoints(new Float64Array(LEAST_RESIDUALS - 1))).toEqual([]);
  });
});
