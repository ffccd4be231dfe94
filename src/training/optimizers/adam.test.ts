import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { takeSteps } from "../optimizer.contract.js";
import { adam } from "./adam.js";
import { adamw } from "./adamw.js";

const LEARNING_RATE = 0.01;
const START = [0.5, -2, 1, 0];
const GRADIENTS = [
  [0.1, -3, 1e-3, 0],
  [-0.2, 2, 1e3, 0],
  [0.05, -1, -4, 1],
];

/** Algorithm 2 of Loshchilov & Hutter, line by line: `l2` is added to the gradient, `decoupled` to the step. */
function paper({ l2, decoupled }: { l2: number; decoupled: number }): number[] {
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
  const theta = [...START];
  const m = START.map(() => 0);
  const v = START.map(() => 0);
  GRADIENTS.forEach((gradient, i) => {
    const t = i + 1;
    gradient.forEach((raw, k) => {
      const g = raw + l2 * theta[k]!;
      m[k] = beta1 * m[k]! + (1 - beta1) * g;
      v[k] = beta2 * v[k]! + (1 - beta2) * g * g;
      const mHat = m[k]! / (1 - beta1 ** t);
      const vHat = v[k]! / (1 - beta2 ** t);
      theta[k] = theta[k]! - LEARNING_RATE * (mHat / (Math.sqrt(vHat) + epsilon) + decoupled * theta[k]!);
    });
  });
  return theta;
}

describe("Adam and AdamW", () => {
  it.each([
    ["adam without decay", adam, 0, paper({ l2: 0, decoupled: 0 })],
    ["adam with an L2 term", adam, 0.3, paper({ l2: 0.3, decoupled: 0 })],
    ["adamw without decay", adamw, 0, paper({ l2: 0, decoupled: 0 })],
    ["adamw with decoupled decay", adamw, 0.3, paper({ l2: 0, decoupled: 0.3 })],
  ] as const)("take the paper's three steps: %s", (_, optimizer, weightDecay, expected) => {
    const { parameters } = takeSteps(optimizer, START, GRADIENTS, {
      learningRate: LEARNING_RATE,
      weightDecay,
    });
    parameters.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-12));
  });

  it.each([adam, adamw])(
    "first step as far as the learning rate, whatever the size of the gradient: $slug",
    (optimizer) => {
      fc.assert(
        fc.property(fc.double({ min: 1e-2, max: 1e6, noNaN: true }), fc.boolean(), (size, negative) => {
          const gradient = negative ? -size : size;
          const { parameters } = takeSteps(optimizer, [0], [[gradient]], { learningRate: LEARNING_RATE });
          expect(Math.abs(parameters[0]! + LEARNING_RATE * Math.sign(gradient))).toBeLessThan(
            LEARNING_RATE * 1e-5,
          ); // ε over the smallest gradient is 1e-6
        }),
      );
    },
  );

  it("shrink a weight without a gradient by α·λ when decay is decoupled, and by a whole step when it is not", () => {
    const options = { learningRate: LEARNING_RATE, weightDecay: 0.5 };
    expect(takeSteps(adamw, [4], [[0]], options).parameters[0]).toBeCloseTo(
      4 * (1 - LEARNING_RATE * 0.5),
      12,
    );
    expect(takeSteps(adam, [4], [[0]], options).parameters[0]).toBeCloseTo(4 - LEARNING_RATE, 8);
  });
});
