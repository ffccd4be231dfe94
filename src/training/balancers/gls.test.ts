import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EXAMPLE_KINDS, balance, startExample } from "../balancer.contract.js";
import { gls } from "./gls.js";

describe("GLS", () => {
  it("is the geometric mean of the losses, whose gradient is the mean over K times the loss", () => {
    const size = fc.double({ min: 0.1, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(size, size, size), (losses) => {
        const found = balance(gls, startExample(gls, losses, EXAMPLE_KINDS));
        const mean = Math.cbrt(losses[0] * losses[1] * losses[2]);
        expect(found.total / mean).toBeCloseTo(1, 6);
        losses.forEach((loss, t) => expect((found.losses[t]! * 3 * loss) / mean).toBeCloseTo(1, 6));
      }),
    );
  });

  it("takes the mean over the tasks that are present, and is 0 without one", () => {
    const example = startExample(gls, [2, 0, 8], EXAMPLE_KINDS);
    const found = balance(gls, { ...example, present: [1, 0, 1] });
    expect(found.total).toBeCloseTo(4, 6);
    expect(found.losses[1]).toBe(0);
    const none = balance(gls, { ...startExample(gls, [0, 0, 0], EXAMPLE_KINDS), present: [0, 0, 0] });
    expect([none.total, ...none.losses]).toEqual([0, 0, 0, 0]);
  });

  it("does not overflow where the product of the losses would", () => {
    expect(balance(gls, startExample(gls, [1e200, 1e200, 1e200], EXAMPLE_KINDS)).total / 1e200).toBeCloseTo(
      1,
      9,
    );
  });
});
