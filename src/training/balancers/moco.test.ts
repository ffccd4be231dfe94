import { describe, it } from "vitest";
import { seededRandom } from "../../base/random.js";
import { minNormPoint } from "../../base/linear-algebra/min-norm-point.js";
import { directionOf, dotOf, drawRows, gramianOf } from "../gramian-balancer.contract.js";
import { drawSteps, expectClose, jacobianSteps } from "../jacobian-balancer.contract.js";
import { moco } from "./moco.js";

/** The nearest point of the simplex, by bisection on the level that is taken off. */
function nearest(values: readonly number[]): number[] {
  let [low, high] = [Math.min(...values) - 1, Math.max(...values)];
  for (let i = 0; i < 200; i++) {
    const level = (low + high) / 2;
    const sum = values.reduce((total, v) => total + Math.max(0, v - level), 0);
    if (sum > 1) low = level;
    else high = level;
  }
  return values.map((v) => Math.max(0, v - high));
}

describe("MoCo", () => {
  it("tracks gradients and walks on the simplex as its equations say", () => {
    const random = seededRandom(1);
    const options = { beta: 0.6, "beta-power": 0.5, gamma: 0.05, "gamma-power": 0.25, rho: 0.3 };
    for (let draw = 0; draw < 20; draw++) {
      const T = 2 + (draw % 4);
      const steps = drawSteps(random, T, 9, 8);
      let tracked = steps[0]!.rows.map((row) => row.map(() => 0));
      let lambda = tracked.map(() => 1 / T);
      jacobianSteps(moco, steps, { options }).forEach(({ direction, weights }, s) => {
        const beta = 0.6 / (s + 1) ** 0.5;
        const gamma = 0.05 / (s + 1) ** 0.25;
        tracked = tracked.map((row, k) => row.map((y, p) => y - beta * (y - steps[s]!.rows[k]![p]!)));
        const combined = directionOf(tracked, Float64Array.from(lambda));
        lambda = nearest(lambda.map((l, k) => l - gamma * (dotOf(tracked[k]!, combined) + 0.3 * l)));
        expectClose(weights, lambda, { within: 1e-6 });
        expectClose(direction, directionOf(tracked, Float64Array.from(lambda)), { within: 1e-6 });
      });
    }
  });

  it("comes to the shortest combination where gradients stay the same", () => {
    const random = seededRandom(2);
    for (let draw = 0; draw < 5; draw++) {
      const rows = drawRows(random, 3, 9);
      const options = { beta: 1, "beta-power": 0, gamma: 0.02, "gamma-power": 0, rho: 0 };
      const steps = Array.from({ length: 1500 }, () => ({ rows }));
      expectClose(
        jacobianSteps(moco, steps, { options }).at(-1)!.weights,
        [...minNormPoint(gramianOf(rows))],
        {
          within: 1e-4,
        },
      );
    }
  });
});
