import { describe, expect, it } from "vitest";
import { takeSteps } from "../optimizer.contract.js";
import { rmsprop } from "./rmsprop.js";

describe("RMSProp", () => {
  it("divides by the root of 0.9·s + 0.1·g²: worked by hand for gradients 2 and −1", () => {
    const { parameters, state } = takeSteps(rmsprop, [1], [[2], [-1]], { learningRate: 0.01 });
    const squares = [0.1 * 4, 0.9 * 0.4 + 0.1 * 1]; // 0.4, 0.46
    expect(state["squares"]![0]! * 0.1).toBeCloseTo(squares[1]!, 12); // the state is in units of 1 − ρ
    expect(parameters[0]).toBeCloseTo(1 - 0.01 * (2 / Math.sqrt(0.4)) + 0.01 * (1 / Math.sqrt(0.46)), 9); // ε = 1e-8 over roots of 0.6
  });

  it("starts with steps of √10 learning rates and comes down to one for a steady gradient", () => {
    const after = (steps: number): number =>
      takeSteps(
        rmsprop,
        [0],
        Array.from({ length: steps }, () => [7]),
        { learningRate: 0.01 },
      ).parameters[0]!;
    expect(after(1)).toBeCloseTo(-0.01 * Math.sqrt(10), 9);
    expect(after(101) - after(100)).toBeCloseTo(-0.01, 6);
  });

  it("decays as if λ·θ belonged to the gradient", () => {
    const options = { learningRate: 0.1, weightDecay: 0.5, decay: [1, 0] };
    const { squares } = takeSteps(rmsprop, [3, 3], [[1, 1]], options).state;
    expect(squares![0]).toBeCloseTo(2.5 ** 2, 12); // in units of 1 − ρ
    expect(squares![1]).toBeCloseTo(1, 12);
  });
});
