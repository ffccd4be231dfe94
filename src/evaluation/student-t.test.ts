import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { incompleteBeta, studentBelow, twoSided, withinStudent } from "./student-t.js";

// t, degrees of freedom, share below and two-sided p, by scipy.stats.t (SciPy's cdf and sf)
const VALUES = [
  [0.5, 1, 0.6475836176504333, 0.7048327646991335],
  [1, 2, 0.7886751345948129, 0.4226497308103742],
  [2.262157, 9, 0.9749999933477842, 0.05000001330443163],
  [-1.3, 4, 0.13172579823561206, 0.2634515964712241],
  [4.7, 19, 0.9999220389247755, 0.00015592215044901752],
  [12, 3, 0.9993774920996054, 0.0012450158007893362],
  [0, 7, 0.5, 1],
  [30, 9, 0.9999999998758148, 2.4837047041582635e-10],
  [2, 0.5, 0.7772425549084343, 0.4455148901831313],
  [1.96, 1000, 0.9748634075221256, 0.050273184955748736],
] as const;

describe("Student's t distribution", () => {
  it.each(VALUES)("has SciPy's values at t = %d with %d degrees of freedom", (t, freedom, below, p) => {
    expect(Math.abs(studentBelow(t, freedom) - below)).toBeLessThan(1e-12);
    expect(Math.abs(twoSided(t, freedom) / p - 1)).toBeLessThan(1e-11);
  });

  it.each([
    [0.95, 1, 12.706204736174694],
    [0.95, 9, 2.262157162798205],
    [0.9, 4, 2.1318467863266495],
    [0.2, 30, 0.2556053649519128],
    [0.99, 2, 9.924843200918287],
  ] as const)("holds a share of %d with %d degrees of freedom within SciPy's value", (level, freedom, t) => {
    expect(withinStudent(level, freedom)).toBeCloseTo(t, 10);
  });

  it("is undefined without degrees of freedom, and leaves nothing beyond infinity", () => {
    expect(twoSided(1, 0)).toBeNaN();
    expect(twoSided(Number.NaN, 3)).toBeNaN();
    expect(twoSided(Number.NEGATIVE_INFINITY, 3)).toBe(0);
  });

  it("comes from a beta function that mirrors itself", () => {
    const side = fc.double({ min: 0.1, max: 200, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1024 }), side, side, (of1024, a, b) => {
        const x = of1024 / 1024; // 1 - x is then exact
        expect(incompleteBeta(x, a, b) + incompleteBeta(1 - x, b, a)).toBeCloseTo(1, 10);
      }),
    );
  });
});
