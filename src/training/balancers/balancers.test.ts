import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EXAMPLE_KINDS, balance, balancerContract, startExample } from "../balancer.contract.js";
import { LOSS_BALANCERS } from "./index.js";

for (const [slug, balancer] of Object.entries(LOSS_BALANCERS)) balancerContract(slug, balancer);

const [gaussian, categorical] = EXAMPLE_KINDS;

describe("equal weights", () => {
  it("sums the losses and gives every task the gradient 1", () => {
    const { total, losses } = balance(
      LOSS_BALANCERS.equal,
      startExample(LOSS_BALANCERS.equal, [0.5, 2, 3], EXAMPLE_KINDS),
    );
    expect(total).toBe(5.5);
    expect(losses).toEqual([1, 1, 1]);
  });
});

describe("uncertainty weighting", () => {
  const s = (values: readonly number[]) => ({ "balancer.log-variance": values });

  it("is ½e⁻ˢL + ½s for a Gaussian task and e⁻ˢL + ½s for a categorical one", () => {
    const { total } = balance(LOSS_BALANCERS.uncertainty, {
      losses: [3, 0.7],
      present: [1, 1],
      kinds: [gaussian!, categorical!],
      parameters: s([0.4, -0.6]),
    });
    expect(total).toBeCloseTo(0.5 * Math.exp(-0.4) * 3 + 0.2 + Math.exp(0.6) * 0.7 - 0.3, 12);
  });

  it("weighs at its start a squared error by ½ and a cross-entropy by 1", () => {
    const { losses } = balance(
      LOSS_BALANCERS.uncertainty,
      startExample(LOSS_BALANCERS.uncertainty, [5, 5, 5], EXAMPLE_KINDS),
    );
    expect(losses).toEqual([0.5, 1, 1]);
  });

  it("rests at s = log L for a Gaussian task and at s = log 2L for a categorical one", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (L) => {
        const rest = s([Math.log(L), Math.log(2 * L)]);
        const { total, parameters, losses } = balance(LOSS_BALANCERS.uncertainty, {
          losses: [L, L],
          present: [1, 1],
          kinds: [gaussian!, categorical!],
          parameters: rest,
        });
        for (const slope of parameters["balancer.log-variance"]!) expect(Math.abs(slope)).toBeLessThan(1e-12);
        expect(total).toBeCloseTo(0.5 * (1 + Math.log(L)) + 0.5 * (1 + Math.log(2 * L)), 10);
        for (const weight of losses) expect(weight * L).toBeCloseTo(0.5, 10);
      }),
    );
  });
});
