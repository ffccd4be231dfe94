import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { warmupCosine } from "./schedule.js";

const settings = fc.record({
  peak: fc.double({ min: 1e-6, max: 1, noNaN: true }),
  steps: fc.integer({ min: 1, max: 400 }),
  warmup: fc.double({ min: 0, max: 0.9, noNaN: true }),
});
const ratesOf = (options: Parameters<typeof warmupCosine>[1]): number[] =>
  Array.from({ length: options.steps }, (_, step) => warmupCosine(step, options));

describe("the learning-rate schedule", () => {
  it("takes the values of its formula", () => {
    const rates = ratesOf({ peak: 1, steps: 10, warmup: 0.2 });
    expect(rates.slice(0, 3)).toEqual([0.5, 1, 1]);
    expect(rates[6]).toBeCloseTo(0.5, 12); // half of the eight falling steps are done
    expect(rates[9]).toBeCloseTo(0.5 * (1 + Math.cos((Math.PI * 7) / 8)), 12);
  });

  it("lies between 0 and the peak, and reaches the peak", () => {
    fc.assert(
      fc.property(settings, (options) => {
        const rates = ratesOf(options);
        for (const rate of rates) expect(rate).toBeGreaterThan(0);
        expect(Math.max(...rates)).toBeCloseTo(options.peak, 12);
      }),
    );
  });

  it("rises while it warms up and falls afterwards", () => {
    fc.assert(
      fc.property(settings, (options) => {
        const warm = Math.ceil(options.warmup * options.steps);
        const rates = ratesOf(options);
        rates.slice(1).forEach((rate, i) => {
          if (i + 1 < warm) expect(rate).toBeGreaterThan(rates[i]!);
          if (i + 1 > warm) expect(rate).toBeLessThan(rates[i]!);
        });
      }),
    );
  });

  it("stays at 0 beyond its last step", () => {
    for (const step of [10, 11, 1000])
      expect(warmupCosine(step, { peak: 1, steps: 10, warmup: 0.1 })).toBe(0);
  });
});
