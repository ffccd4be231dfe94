import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EXAMPLE_KINDS, balance, startExample } from "../balancer.contract.js";
import { scaleInvariant } from "./scale-invariant.js";

describe("the scale-invariant sum", () => {
  it("is the logarithm of the losses' product", () => {
    const { total } = balance(scaleInvariant, startExample(scaleInvariant, [0.5, 4, 3], EXAMPLE_KINDS));
    expect(total).toBeCloseTo(Math.log(6), 7);
  });

  it("gives the same direction in whatever unit a loss is measured", () => {
    const size = fc.double({ min: 0.01, max: 100, noNaN: true });
    fc.assert(
      fc.property(size, size, fc.double({ min: 0.01, max: 1e6, noNaN: true }), (a, b, unit) => {
        const kinds = EXAMPLE_KINDS.slice(0, 2);
        const before = balance(scaleInvariant, startExample(scaleInvariant, [a, b], kinds));
        const after = balance(scaleInvariant, startExample(scaleInvariant, [a * unit, b], kinds));
        // ∂/∂θ = Σ wₖ·∂Lₖ/∂θ, and ∂L/∂θ grows with the unit; 1e-8 beside a loss of at least 1e-4
        expect((after.losses[0]! * unit) / before.losses[0]!).toBeCloseTo(1, 3);
        expect(after.losses[1]).toBe(before.losses[1]);
        expect(before.losses[0]! * a).toBeCloseTo(1, 5);
      }),
    );
  });
});
