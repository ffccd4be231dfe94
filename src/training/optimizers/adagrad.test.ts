import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { takeSteps } from "../optimizer.contract.js";
import { adagrad } from "./adagrad.js";

describe("AdaGrad", () => {
  it("divides by the root of all squares: gradients 3, 4, 12 give steps 1, 4/5, 12/13", () => {
    const { parameters, state } = takeSteps(adagrad, [1], [[3], [4], [12]], { learningRate: 0.1 });
    expect(parameters[0]).toBeCloseTo(1 - 0.1 * (1 + 4 / 5 + 12 / 13), 9); // ε = 1e-10 over a root of 3
    expect(state["squares"]).toEqual([9 + 16 + 144]);
  });

  it("takes the same steps whatever the scale of the gradients", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-2, max: 1e4, noNaN: true }), (scale) => {
        const steps = [[1], [-2], [0.5]];
        const options = { learningRate: 0.1 };
        const scaled = takeSteps(
          adagrad,
          [0],
          steps.map(([g]) => [g! * scale]),
          options,
        );
        expect(scaled.parameters[0]).toBeCloseTo(takeSteps(adagrad, [0], steps, options).parameters[0]!, 6);
      }),
      { numRuns: 30 },
    );
  });

  it("decays as if λ·θ belonged to the gradient", () => {
    const options = { learningRate: 0.1, weightDecay: 0.5, decay: [1, 0] };
    const decayed = takeSteps(adagrad, [3, 3], [[1, 1]], options);
    expect(decayed.state["squares"]).toEqual([2.5 ** 2, 1]);
  });
});
