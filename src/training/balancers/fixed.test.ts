import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EXAMPLE_KINDS, balance, startExample } from "../balancer.contract.js";
import { fixed } from "./fixed.js";

describe("fixed weights", () => {
  it("are what each loss is multiplied with, and the sum is not normalised", () => {
    const triple = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(triple, triple, (losses, weights) => {
        const found = balance(fixed, { ...startExample(fixed, losses, EXAMPLE_KINDS), weights });
        expect(found.losses).toEqual(weights);
        const [a, b, c] = losses.map((loss, t) => loss * weights[t]!) as [number, number, number];
        expect(found.total).toBeCloseTo(a + b + c, 9);
      }),
    );
  });
});
