import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runOnnx } from "../../graph/checks.contract.js";
import { type TensorValue, input, scalar, toOnnx } from "../../graph/index.js";
import { startState, takeStep, takeSteps } from "../optimizer.contract.js";
import { lion } from "./lion.js";

const LEARNING_RATE = 0.01;

describe("Lion", () => {
  it("takes three steps of Algorithm 2, line by line, with decay", () => {
    const [beta1, beta2, lambda] = [0.9, 0.99, 0.3];
    const gradients = [
      [1, -3, 1e-3],
      [-0.05, 2, 1e3], // the first is too small to turn the momentum of 0.01 round: 0.9·0.01 − 0.1·0.05 > 0
      [-2, -1, -4],
    ];
    const theta = [0.5, -2, 1];
    const m = [0, 0, 0];
    for (const gradient of gradients) {
      gradient.forEach((g, k) => {
        const c = beta1 * m[k]! + (1 - beta1) * g;
        theta[k] = theta[k]! - LEARNING_RATE * (Math.sign(c) + lambda * theta[k]!);
        m[k] = beta2 * m[k]! + (1 - beta2) * g;
      });
    }
    const found = takeSteps(lion, [0.5, -2, 1], gradients, {
      learningRate: LEARNING_RATE,
      weightDecay: lambda,
    });
    found.parameters.forEach((value, k) => expect(value).toBeCloseTo(theta[k]!, 12));
    found.state["m"]!.forEach((value, k) => expect(value * (1 - beta2)).toBeCloseTo(m[k]!, 12));
  });

  it("moves by exactly the learning rate wherever the blended momentum is not zero", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 6 }),
        (gradient) => {
          const zero = gradient.map(() => 0);
          const { parameters } = takeStep(lion, startState(lion, zero), gradient, 1, {
            learningRate: LEARNING_RATE,
          });
          parameters.forEach((value, k) =>
            expect(value).toBeCloseTo(-LEARNING_RATE * Math.sign(gradient[k]!), 15),
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  it("keeps signs of the smallest numbers and NaN in ONNX Runtime", async () => {
    const gradient = Float32Array.of(Number.NaN, 1e-37, -1e-37, 0, 1e38);
    const vector = (name: string) => input(name, "float32", [gradient.length]);
    const { parameters } = lion.update({
      parameters: vector("parameters"),
      gradient: vector("gradient"),
      state: { m: vector("m") },
      scalars: lion.scalars(1, 0.5).map((x) => scalar(x)),
      layout: [],
    });
    const floats = (data: Float32Array): TensorValue => ({ dtype: "float32", shape: [data.length], data });
    const zeros = floats(new Float32Array(gradient.length));
    const found = await runOnnx(toOnnx({ name: "lion", outputs: { moved: parameters } }), {
      parameters: zeros,
      gradient: floats(gradient),
      m: zeros,
    });
    expect([...(found["moved"]!.data as Float32Array)]).toEqual([Number.NaN, -0.5, 0.5, 0, -0.5]);
  });

  it("shrinks a weight without a gradient by α·λ", () => {
    const { parameters } = takeSteps(lion, [4], [[0]], { learningRate: LEARNING_RATE, weightDecay: 0.5 });
    expect(parameters[0]).toBeCloseTo(4 * (1 - LEARNING_RATE * 0.5), 12);
  });
});
