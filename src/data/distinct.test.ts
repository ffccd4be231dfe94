import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { distinctNumbers } from "./distinct.js";

describe("distinct numbers", () => {
  it("are those of a Set, NaN aside, however many there are", () => {
    const few = fc.array(fc.oneof(fc.double(), fc.integer({ min: -3, max: 3 }), fc.constant(-0)));
    const many = fc
      .integer({ min: 500, max: 20_000 })
      .map((n) => Array.from({ length: n }, (_, i) => ((i * 7919) % 9973) / 8));
    fc.assert(
      fc.property(fc.oneof(few, many), (values) => {
        const numbers = Float64Array.from(values);
        const expected = [...new Set(numbers)].filter((x) => !Number.isNaN(x));
        expect(distinctNumbers(numbers).toSorted()).toEqual(Float64Array.from(expected).toSorted());
      }),
      { numRuns: 200 },
    );
  });
});
