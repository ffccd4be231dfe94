import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import { INITIALIZERS, type Initializer, TRUNK_INITIALIZERS } from "./initializers.js";

const draw = (
  initializer: Initializer,
  fanIn: number,
  fanOut: number,
  { stack = 1, seed = 1 } = {},
): Float32Array => initializer({ fanIn, fanOut, count: stack * fanIn * fanOut }, seededRandom(seed, "test"));
const moments = (values: Float32Array): { mean: number; variance: number } => {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return { mean, variance: values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length };
};
const sizes = fc.record({
  fanIn: fc.integer({ min: 1, max: 12 }),
  fanOut: fc.integer({ min: 1, max: 12 }),
  stack: fc.integer({ min: 1, max: 3 }),
});

describe("initialisation schemes", () => {
  it.each(Object.entries(INITIALIZERS))(
    "%s fills every place with the same finite numbers for the same seed",
    (_, initializer) => {
      fc.assert(
        fc.property(sizes, fc.integer(), ({ fanIn, fanOut, stack }, seed) => {
          const values = draw(initializer, fanIn, fanOut, { stack, seed });
          expect(values).toHaveLength(stack * fanIn * fanOut);
          expect(values.every(Number.isFinite)).toBe(true);
          expect(draw(initializer, fanIn, fanOut, { stack, seed })).toEqual(values);
        }),
        { numRuns: 30 },
      );
    },
  );

  it.each(["he-normal", "glorot-uniform", "fan-in-uniform", "orthogonal", "normal", "signs"] as const)(
    "%s depends on the seed",
    (name) => {
      expect(draw(INITIALIZERS[name], 8, 8, { seed: 1 })).not.toEqual(
        draw(INITIALIZERS[name], 8, 8, { seed: 2 }),
      );
    },
  );

  it.each([
    ["he-normal", 2 / 200],
    ["glorot-uniform", 2 / 500], // (2·limit)²/12 with limit² = 6/(200 + 300)
    ["fan-in-uniform", 1 / 600], // (2/√200)²/12
    ["normal", 1],
    ["signs", 1],
  ] as const)(
    "%s has mean 0 and the variance %f for 200 incoming and 300 outgoing units",
    (name, variance) => {
      const found = moments(draw(INITIALIZERS[name], 200, 300));
      expect(Math.abs(found.mean)).toBeLessThan(5 * Math.sqrt(variance / 60_000)); // five standard errors
      expect(found.variance / variance).toBeGreaterThan(0.97);
      expect(found.variance / variance).toBeLessThan(1.03);
    },
  );

  it("keeps uniform draws inside their bounds", () => {
    fc.assert(
      fc.property(sizes, ({ fanIn, fanOut, stack }) => {
        const glorot = Math.sqrt(6 / (fanIn + fanOut)) * (1 + 1e-6);
        for (const x of draw(INITIALIZERS["glorot-uniform"], fanIn, fanOut, { stack }))
          expect(Math.abs(x)).toBeLessThanOrEqual(glorot);
        const fan = (1 / Math.sqrt(fanIn)) * (1 + 1e-6);
        for (const x of draw(INITIALIZERS["fan-in-uniform"], fanIn, fanOut, { stack }))
          expect(Math.abs(x)).toBeLessThanOrEqual(fan);
      }),
    );
  });

  it("draws orthonormal columns, or rows where the matrix is wide, for every matrix of a stack", () => {
    fc.assert(
      fc.property(sizes, ({ fanIn, fanOut, stack }) => {
        const all = draw(INITIALIZERS.orthogonal, fanIn, fanOut, { stack });
        for (let s = 0; s < stack; s++) {
          const at = (i: number, j: number): number => all[s * fanIn * fanOut + i * fanOut + j]!;
          const [vectors, length] = fanIn >= fanOut ? [fanOut, fanIn] : [fanIn, fanOut];
          const entry = (v: number, k: number): number => (fanIn >= fanOut ? at(k, v) : at(v, k));
          for (let a = 0; a < vectors; a++) {
            for (let b = 0; b <= a; b++) {
              let dot = 0;
              for (let k = 0; k < length; k++) dot += entry(a, k) * entry(b, k);
              expect(Math.abs(dot - (a === b ? 1 : 0))).toBeLessThan(1e-5);
            }
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it("draws signs, zeros and ones as they are named", () => {
    expect(new Set(draw(INITIALIZERS.signs, 20, 20))).toEqual(new Set([-1, 1]));
    expect(new Set(draw(INITIALIZERS.zeros, 3, 3))).toEqual(new Set([0]));
    expect(new Set(draw(INITIALIZERS.ones, 3, 3))).toEqual(new Set([1]));
  });

  it("offers for the trunk only schemes that exist and break symmetry", () => {
    for (const name of TRUNK_INITIALIZERS)
      expect(new Set(draw(INITIALIZERS[name], 5, 5)).size).toBeGreaterThan(5);
  });
});
