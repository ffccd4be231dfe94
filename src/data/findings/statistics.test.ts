import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chiSquaredTail, chiSquaredTwoSample, discoveries, kolmogorovSmirnov } from "./statistics.js";

/** Values of scipy, by `bench/fixtures/two-sample.py`. */
const scipy = JSON.parse(
  readFileSync(new URL("../../../test/fixtures/two-sample.json", import.meta.url), "utf8"),
) as {
  readonly tails: readonly (readonly [number, number, number])[];
  readonly pairs: readonly { readonly a: number[]; readonly b: number[]; effect: number; exact: number }[];
  readonly tables: readonly { readonly a: number[]; readonly b: number[]; readonly p: number }[];
  readonly ps: readonly number[];
  readonly believed: readonly boolean[];
};

describe("the tests of two samples", () => {
  it("have the χ² tail of scipy to nine digits", () => {
    for (const [x, df, p] of scipy.tails) {
      expect(Math.abs(chiSquaredTail(x, df) - p)).toBeLessThan(1e-9 * Math.max(p, 1e-20) + 1e-15);
    }
  });

  it("have the Kolmogorov–Smirnov distance of scipy, and nearly its exact probability", () => {
    for (const { a, b, effect, exact } of scipy.pairs) {
      const found = kolmogorovSmirnov(Float64Array.from(a).sort(), Float64Array.from(b).sort());
      expect(found.effect).toBeCloseTo(effect, 12);
      expect(Math.abs(found.p - exact)).toBeLessThan(0.03 + 0.1 * exact);
    }
  });

  it("have the probability of scipy's contingency tables", () => {
    for (const { a, b, p } of scipy.tables) expect(chiSquaredTwoSample(a, b).p).toBeCloseTo(p, 10);
  });

  it("believe what Benjamini and Hochberg's procedure in scipy believes", () => {
    expect(discoveries(scipy.ps, 0.05)).toEqual(scipy.believed);
  });

  it("believe no fewer of them at a higher rate, and the smallest first", () => {
    const ps = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(ps, (values) => {
        const [few, many] = [discoveries(values, 0.01), discoveries(values, 0.1)];
        few.forEach((believed, i) => expect(!believed || many[i]).toBe(true));
        const largest = Math.max(-1, ...values.filter((_, i) => many[i]));
        values.forEach((p, i) => expect(many[i]).toBe(p <= largest));
      }),
    );
  });

  it("see no difference between a sample and itself, and all of it between samples apart", () => {
    const sample = fc
      .array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 50 })
      .map((values) => Float64Array.from(values).sort());
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        expect(kolmogorovSmirnov(a, a)).toEqual({ effect: 0, p: 1 });
        expect(
          kolmogorovSmirnov(
            a,
            b.map((x) => x + 200),
          ).effect,
        ).toBe(1);
        expect(kolmogorovSmirnov(a, b)).toEqual(kolmogorovSmirnov(b, a));
      }),
    );
  });
});
