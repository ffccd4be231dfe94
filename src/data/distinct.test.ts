import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countDistinct, distinctNumbers } from "./distinct.js";

describe("distinct numbers", () => {
  it("are those of a Set, NaN aside, however many there are", () => {
    const few = fc.array(fc.oneof(fc.double(), fc.integer({ min: -3, max: 3 }), fc.constant(-0)));
    const many = fc
      .integer({ min: 500, max: 20_000 })
      .map((n) => Array.from({ length: n }, (_, i) => ((i * 7919) % 9973) / 8));
    const decimals = fc
      .tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 1, max: 5_000_000 }), fc.boolean())
      .map(([digits, range, gaps]) =>
        Array.from({ length: 2000 }, (_, i) =>
          gaps && i % 5 === 0
            ? Number.NaN
            : (((i * 7919) % range) - 999) / 10 ** (i > 1500 ? digits : digits >> 1),
        ),
      );
    fc.assert(
      fc.property(fc.oneof(few, many, decimals), (values) => {
        const numbers = Float64Array.from(values);
        const expected = [...new Set(numbers)].filter((x) => !Number.isNaN(x));
        const present = numbers.filter((x) => !Number.isNaN(x));
        const bounds = { low: Math.min(...present), high: Math.max(...present) };
        expect(countDistinct(numbers, bounds)).toBe(expected.length);
        expect(distinctNumbers(numbers).toSorted()).toEqual(Float64Array.from(expected).toSorted());
      }),
      { numRuns: 100 },
    );
  });
});
