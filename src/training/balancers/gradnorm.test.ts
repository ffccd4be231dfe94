import { describe, expect, it } from "vitest";
import { stepOf } from "../gramian-balancer.contract.js";
import { gradnorm } from "./gradnorm.js";

describe("GradNorm", () => {
  it("starts with equal weights and steps against the sign of each deviation, keeping the sum", () => {
    const state = gradnorm.state(2);
    const rows = [
      [3, 0],
      [0, 1],
    ];
    const options = { alpha: 1, rate: 0.1 };
    const first = gradnorm.weights(stepOf(gradnorm, rows, { state, options }));
    expect([...first]).toEqual([1, 1]);
    // norms 3 and 1 in units of 2, mean 1, targets 1: the first weight falls by 0.1·1.5, the second grows by 0.1·0.5
    const [a, b] = [0.85, 1.05];
    expect(state[0]).toBeCloseTo((2 * a) / (a + b), 12);
    expect(state[1]).toBeCloseTo((2 * b) / (a + b), 12);
    expect([...state.subarray(2)]).toEqual([1, 1]); // first losses
  });

  it.each([0, 1])("comes to rest where norms follow the training rates to the power %d", (alpha) => {
    const state = gradnorm.state(3);
    const rows = [
      [2, 0, 0],
      [0, 1, 0],
      [0, 0, 0.5],
    ];
    const options = { alpha, rate: 1e-3 };
    gradnorm.weights(stepOf(gradnorm, rows, { state, losses: Float64Array.of(2, 2, 2), options }));
    const losses = Float64Array.of(1, 0.5, 1.5); // ratios ½, ¼, ¾
    let weights = new Float64Array(3);
    let sum = new Float64Array(3);
    for (let step = 0; step < 9000; step++) {
      weights = Float64Array.from(gradnorm.weights(stepOf(gradnorm, rows, { state, losses, options })));
      if (step >= 8000) sum = sum.map((value, k) => value + weights[k]! / 1000);
    }
    const weighted = [2 * sum[0]!, sum[1]!, 0.5 * sum[2]!];
    const mean = weighted.reduce((total, value) => total + value / 3, 0);
    const rates = [1, 0.5, 1.5].map((rate) => rate ** alpha);
    weighted.forEach((norm, k) =>
      expect(norm / mean / rates[k]!).toBeCloseTo(weighted[0]! / mean / rates[0]!, 1),
    );
    expect(weights.reduce((total, weight) => total + weight, 0)).toBeCloseTo(3, 10);
  });
});
