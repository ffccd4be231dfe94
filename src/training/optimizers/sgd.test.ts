import { describe, expect, it } from "vitest";
import { startState, takeStep, takeSteps } from "../optimizer.contract.js";
import { sgd } from "./sgd.js";

const MOMENTUM = 0.9;

describe("gradient descent with Nesterov momentum", () => {
  it("follows the paper's two points on a quadratic, with a rate that changes", () => {
    const slope = (x: number): number => 4 * (x - 1); // of 2·(x − 1)²
    let [theta, velocity] = [3, 0];
    let found = startState(sgd, [3]);
    [0.1, 0.05, 0.2, 0.02].forEach((learningRate, i) => {
      velocity = MOMENTUM * velocity - learningRate * slope(theta + MOMENTUM * velocity); // eq. 3
      theta += velocity; // eq. 4
      found = takeStep(sgd, found, [slope(found.parameters[0]!)], i + 1, { learningRate });
      expect(found.parameters[0]).toBeCloseTo(theta + MOMENTUM * velocity, 12);
      expect(found.state["velocity"]![0]).toBeCloseTo(-velocity, 12); // what is taken off
    });
  });

  it("takes 1 + μ rates times the gradient at first, and 1/(1 − μ) in the long run", () => {
    const options = { learningRate: 0.01 };
    const after = (steps: number): number =>
      takeSteps(
        sgd,
        [0],
        Array.from({ length: steps }, () => [2]),
        options,
      ).parameters[0]!;
    expect(after(1)).toBeCloseTo(-0.01 * 2 * (1 + MOMENTUM), 12);
    expect(after(201) - after(200)).toBeCloseTo((-0.01 * 2) / (1 - MOMENTUM), 8);
  });

  it("decays as if λ·θ belonged to the gradient", () => {
    const decayed = takeSteps(sgd, [3, 3], [[1, 1]], { learningRate: 0.1, weightDecay: 0.5, decay: [1, 0] });
    const plain = takeSteps(sgd, [3, 3], [[1 + 0.5 * 3, 1]], { learningRate: 0.1 });
    decayed.parameters.forEach((value, i) => expect(value).toBeCloseTo(plain.parameters[i]!, 12));
  });
});
