import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EXAMPLE_KINDS, balance, startExample } from "../balancer.contract.js";
import { stch } from "./stch.js";

const size = fc.double({ min: 0.1, max: 20, noNaN: true });
const triple = fc.tuple(size, size, size);
const at = (losses: readonly number[], memory: readonly number[], mu = 1, present = [1, 1, 1]) =>
  balance(stch, {
    ...startExample(stch, losses, EXAMPLE_KINDS),
    memory,
    present,
    options: { mu, warmup: 1 },
  });

describe("STCH", () => {
  it("is K·μ·log Σ (L/z)^(1/μ), and weighs each loss by K times its share over L", () => {
    fc.assert(
      fc.property(triple, triple, fc.double({ min: 0.3, max: 5, noNaN: true }), (losses, nadir, mu) => {
        const powers = losses.map((loss, t) => (loss / nadir[t]!) ** (1 / mu));
        const sum = powers.reduce((a, b) => a + b);
        const found = at(losses, nadir, mu);
        expect(found.total).toBeCloseTo(3 * mu * Math.log(sum), 5);
        found.losses.forEach((weight, t) =>
          expect(weight).toBeCloseTo((3 * powers[t]!) / sum / losses[t]!, 5),
        );
      }),
    );
  });

  it("becomes K times the largest logarithm of L/z as μ goes to 0", () => {
    fc.assert(
      fc.property(triple, triple, (losses, nadir) => {
        const largest = Math.max(...losses.map((loss, t) => Math.log(loss / nadir[t]!)));
        const { total } = at(losses, nadir, 0.01);
        expect(total).toBeGreaterThanOrEqual(3 * largest - 1e-5);
        expect(total).toBeLessThanOrEqual(3 * (largest + 0.01 * Math.log(3)) + 1e-5);
      }),
    );
  });

  it("is Σ log L until a task has its nadir", () => {
    expect(at([0.5, 2, 3], [0, 0, 0]).total).toBeCloseTo(Math.log(3), 7);
    const { total, losses } = at([0.5, 2, 3], [1, 0, 2]);
    expect(total).toBeCloseTo(2 * Math.log(0.5 + 1.5) + Math.log(2), 7);
    expect(losses[1]).toBeCloseTo(0.5, 7);
  });

  it("weighs the losses by their preferences, where 0 leaves a task out", () => {
    fc.assert(
      fc.property(triple, triple, triple, (losses, nadir, weights) => {
        const found = balance(stch, { ...startExample(stch, losses, EXAMPLE_KINDS), memory: nadir, weights });
        const parts = losses.map((loss, t) => (weights[t]! * loss) / nadir[t]!);
        const sum = parts.reduce((a, b) => a + b);
        expect(found.total).toBeCloseTo(3 * Math.log(sum), 5);
        found.losses.forEach((weight, t) =>
          expect(weight).toBeCloseTo((3 * parts[t]!) / sum / losses[t]!, 5),
        );
      }),
    );
    const example = startExample(stch, [2, 1, 3], EXAMPLE_KINDS);
    const without = balance(stch, { ...example, memory: [1, 4, 2], weights: [1, 0, 1] });
    expect(without.total).toBeCloseTo(2 * Math.log(2 + 1.5), 7);
    expect(without.losses[1]).toBe(0);
  });

  it("goes by the tasks that are present", () => {
    const { total, losses } = at([2, 0, 3], [1, 4, 2], 1, [1, 0, 1]);
    expect(total).toBeCloseTo(2 * Math.log(2 + 1.5), 7);
    expect(losses[1]).toBe(0);
  });

  it("takes the nadir from the epoch after the warm-up, once", () => {
    const memory = stch.memory!.start(3);
    const options = { mu: 1, warmup: 2 };
    const courses = [
      [9, 9, 9],
      [8, 8, 8],
      [3, 4, Number.NaN],
      [1, 1, 5],
      [2, 2, 2],
    ];
    const kept = courses.map((losses, i) => {
      stch.memory!.afterEpoch(memory, { epoch: i + 1, losses: Float64Array.from(losses), options });
      return [...memory].map((value) => Number(value.toFixed(6)));
    });
    expect(kept).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [3, 4, 0],
      [3, 4, 5],
      [3, 4, 5],
    ]);
  });
});
