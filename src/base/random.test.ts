import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "./random.js";

describe("a stream of random numbers", () => {
  it("gives the same numbers one by one and many at a time, in any order of the two", () =>
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.nat(20), { minLength: 1, maxLength: 8 }), (seed, counts) => {
        const [single, bulk] = [seededRandom(seed, "x"), seededRandom(seed, "x")];
        for (const [i, count] of counts.entries()) {
          const expected = Float64Array.from({ length: count }, () => single.uniform());
          const found = new Float64Array(count);
          if (i % 2 === 0) bulk.uniforms(found);
          else found.forEach((_, k) => (found[k] = bulk.uniform()));
          expect(found).toEqual(expected);
        }
      }),
    ));
});
