import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.js";
import { directionOf, dotOf, drawRows, stepOf } from "../gramian-balancer.contract.js";
import { epo } from "./epo.js";

const kl = (losses: readonly number[], r: readonly number[]): number => {
  const weighted = losses.map((loss, k) => loss * r[k]!);
  const sum = weighted.reduce((a, b) => a + b);
  return weighted.reduce(
    (total, value) => total + (value / sum) * Math.log((value / sum) * losses.length),
    0,
  );
};

describe("EPO", () => {
  it("brings losses nearer to the wanted ratio or lowers all, and never raises the largest weighted one", () => {
    const random = seededRandom(21);
    let nearer = 0;
    const draws = 300;
    for (let draw = 0; draw < draws; draw++) {
      const rows = drawRows(random, 2 + random.integer(4), 12, 1);
      const losses = rows.map(() => 0.1 + random.uniform());
      const r = rows.map(() => 0.1 + random.uniform());
      const given = { losses: Float64Array.from(losses), weights: Float64Array.from(r) };
      const weights = epo.weights(stepOf(epo, rows, given));
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(rows.length, 9);
      const direction = directionOf(rows, weights);
      const gains = rows.map((row) => dotOf(row, direction));
      const weighted = losses.map((loss, k) => loss * r[k]!);
      const top = weighted.indexOf(Math.max(...weighted));
      const size = Math.max(...gains.map(Math.abs));
      expect(gains[top]!).toBeGreaterThan(-1e-9 * size);
      const step = 1e-6 / size;
      if (
        kl(
          losses.map((loss, k) => loss - step * gains[k]!),
          r,
        ) < kl(losses, r)
      )
        nearer++;
      else for (const gain of gains) expect(gain).toBeGreaterThan(-1e-9 * size);
    }
    expect(nearer).toBeGreaterThan(0.9 * draws);
  });

  it("lowers every loss once the ratio is met", () => {
    const random = seededRandom(22);
    for (let draw = 0; draw < 200; draw++) {
      const rows = drawRows(random, 2 + random.integer(4), 12, 1);
      const r = rows.map(() => 0.1 + random.uniform());
      const given = { losses: Float64Array.from(r, (value) => 1 / value), weights: Float64Array.from(r) };
      const direction = directionOf(rows, epo.weights(stepOf(epo, rows, given)));
      const gains = rows.map((row) => dotOf(row, direction));
      for (const gain of gains) expect(gain).toBeGreaterThan(-1e-9 * Math.max(...gains));
    }
  });

  it("is the better of two gradients worked by hand", () => {
    // r·L = (2, 1): a = (log 4/3 − μ, log 2/3 − μ) with μ = 2/3·log 4/3 + 1/3·log 2/3; C is the identity, so C·a = a = (+, −).
    // The largest αᵀ·a with α₁ ≥ 0, α₂ ≥ a₂ is all on the first
    const rows = [
      [1, 0],
      [0, 1],
    ];
    const weights = epo.weights(stepOf(epo, rows, { losses: Float64Array.of(2, 1) }));
    expect([...weights]).toEqual([2, 0]);
  });
});
