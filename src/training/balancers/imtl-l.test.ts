import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EXAMPLE_KINDS, balance } from "../balancer.contract.js";
import { imtlL } from "./imtl-l.js";

const loss = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
const scale = fc.double({ min: -3, max: 3, noNaN: true });
const at = (losses: readonly number[], s: readonly number[]) =>
  balance(imtlL, {
    losses,
    present: [1, 1],
    kinds: EXAMPLE_KINDS.slice(0, 2),
    parameters: { "balancer.scale": s },
  });

describe("IMTL-L", () => {
  it("is Σ eˢL − s, with the gradient eˢ for each loss and eˢL − 1 for each scale", () => {
    fc.assert(
      fc.property(loss, loss, scale, scale, (a, b, s, t) => {
        const { total, losses, parameters } = at([a, b], [s, t]);
        const scaled = [Math.exp(s) * a, Math.exp(t) * b] as const;
        expect(total / (scaled[0] + scaled[1] - s - t)).toBeCloseTo(1, 6);
        expect(losses[0]! / Math.exp(s)).toBeCloseTo(1, 10);
        parameters["balancer.scale"]!.forEach((slope, k) => expect(slope).toBeCloseTo(scaled[k]! - 1, 8));
      }),
    );
  });

  it("rests where every scaled loss is 1, and is there the sum of 1 + log L", () => {
    fc.assert(
      fc.property(loss, loss, (a, b) => {
        const { total, parameters, losses } = at([a, b], [-Math.log(a), -Math.log(b)]);
        for (const slope of parameters["balancer.scale"]!) expect(Math.abs(slope)).toBeLessThan(1e-12);
        expect(total).toBeCloseTo(2 + Math.log(a) + Math.log(b), 9);
        expect(losses[0]! * a).toBeCloseTo(1, 10);
      }),
    );
  });
});
