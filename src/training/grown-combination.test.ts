import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matrixTimes } from "../base/linear-algebra/products.js";
import { GrownCombination } from "./grown-combination.js";

describe("a combination that grows", () => {
  /** Whole numbers, so that sums are exact in any order; terms at places of their own. */
  const problem = fc.integer({ min: 1, max: 9 }).chain((K) =>
    fc.record({
      K: fc.constant(K),
      entries: fc.array(fc.integer({ min: -50, max: 50 }), { minLength: K * K, maxLength: K * K }),
      order: fc.shuffledSubarray(
        Array.from({ length: K }, (_, k) => k),
        { minLength: 1 },
      ),
      factors: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: K, maxLength: K }),
    }),
  );

  it("multiplies with each gradient as the matrix does, after each term and when it begins anew", () => {
    fc.assert(
      fc.property(problem, ({ K, entries, order, factors }) => {
        const gramian = Float64Array.from(
          entries,
          (_, at) => entries[at]! + entries[(at % K) * K + Math.floor(at / K)]!,
        );
        const combination = new GrownCombination(gramian, K);
        for (let round = 0; round < 2; round++) {
          const c = new Float64Array(K);
          order.forEach((k, place) => {
            c[k] = place === 0 ? 1 : factors[k]!;
            if (place === 0) combination.begin(k);
            else combination.add(k, c[k]!);
            const products = Float64Array.from({ length: K }, (_, j) => combination.times(j));
            expect(products).toEqual(matrixTimes(gramian, c));
          });
        }
      }),
    );
  });
});
