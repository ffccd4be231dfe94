import { describe, expect, it } from "vitest";
import { minNormPoint } from "../../base/linear-algebra/min-norm-point.js";
import { seededRandom } from "../../base/random.js";
import { directionOf, dotOf, drawRows, gramianOf, normOf, stepOf } from "../gramian-balancer.contract.js";
import { modo } from "./modo.js";
import { sdmgrad } from "./sdmgrad.js";

/** The nearest point of the simplex, by bisection on the level that is taken off. */
function nearest(values: readonly number[]): number[] {
  let [low, high] = [Math.min(...values) - 1, Math.max(...values)];
  for (let i = 0; i < 200; i++) {
    const level = (low + high) / 2;
    if (values.reduce((total, v) => total + Math.max(0, v - level), 0) > 1) low = level;
    else high = level;
  }
  return values.map((v) => Math.max(0, v - high));
}

describe("MoDo", () => {
  it("steps by λ − γ·(J₁·(J₂ᵀλ) + ρλ), projected, from step to step", () => {
    const random = seededRandom(1);
    for (let draw = 0; draw < 30; draw++) {
      const K = 2 + random.integer(4);
      const state = modo.state(K);
      let lambda = Array.from({ length: K }, () => 1 / K);
      for (let step = 0; step < 5; step++) {
        const [first, second] = [drawRows(random, K, 9), drawRows(random, K, 9)];
        const cross = Float64Array.from(first.flatMap((a) => second.map((b) => dotOf(a, b))));
        const options = { gamma: 0.03, rho: 0.4 };
        const weights = modo.weights({ ...stepOf(modo, first, { options, state }), cross });
        const combined = directionOf(second, Float64Array.from(lambda));
        lambda = nearest(lambda.map((l, k) => l - 0.03 * (dotOf(first[k]!, combined) + 0.4 * l)));
        lambda.forEach((l, k) => expect(weights[k]).toBeCloseTo(l, 10));
      }
    }
  });

  it("comes to the shortest combination where batches stay the same", () => {
    const random = seededRandom(2);
    for (let draw = 0; draw < 10; draw++) {
      const rows = drawRows(random, 3, 9);
      const state = modo.state(3);
      let weights = modo.weights(stepOf(modo, rows, { state }));
      for (let step = 0; step < 3000; step++)
        weights = modo.weights(stepOf(modo, rows, { state, options: { gamma: 0.02, rho: 0 } }));
      minNormPoint(gramianOf(rows)).forEach((alpha, k) => expect(weights[k]).toBeCloseTo(alpha, 5));
    }
  });
});

describe("SDMGrad", () => {
  it("minimises |Jᵀ(w + λ/K)| over the simplex where batches are the same", () => {
    const random = seededRandom(3);
    for (let draw = 0; draw < 20; draw++) {
      const rows = drawRows(random, 3, 9);
      const options = { lambda: 0.5, rate: 0.1, momentum: 0, iterations: 1000 };
      const state = sdmgrad.state(3);
      for (let step = 0; step < 4; step++) sdmgrad.weights(stepOf(sdmgrad, rows, { state, options }));
      const weights = sdmgrad.weights(stepOf(sdmgrad, rows, { state, options }));
      const lengthOf = (w: readonly number[]): number =>
        normOf(
          directionOf(
            rows,
            Float64Array.from(w, (x) => x + 0.5 / 3),
          ),
        );
      const found = weights.map((x) => 1.5 * x - 0.5 / 3);
      const least = lengthOf([...found]);
      for (let other = 0; other < 50; other++) {
        const parts = Array.from({ length: 3 }, () => -Math.log(1 - random.uniform()));
        const sum = parts.reduce((a, b) => a + b, 0);
        expect(lengthOf(parts.map((part) => part / sum))).toBeGreaterThan(least * (1 - 1e-6));
      }
    }
  });

  it("rests where no task's gradients on the two batches agree", () => {
    const rows = drawRows(seededRandom(5), 3, 9);
    const cross = gramianOf(rows).map((x) => -x);
    const state = Float64Array.of(0.2, 0.3, 0.5);
    const weights = sdmgrad.weights({ ...stepOf(sdmgrad, rows, { state, options: { lambda: 0 } }), cross });
    weights.forEach((weight, k) => expect(weight).toBeCloseTo([0.2, 0.3, 0.5][k]!, 12));
  });

  it("gives equal weights where the pull to the mean gradient is overwhelming", () => {
    const rows = drawRows(seededRandom(4), 4, 9, 2);
    const weights = sdmgrad.weights(stepOf(sdmgrad, rows, { options: { lambda: 1000 } }));
    weights.forEach((weight) => expect(Math.abs(weight - 0.25)).toBeLessThan(0.001));
  });
});
