import { describe, expect, it } from "vitest";
import { PLAIN } from "../../../test/fixtures/plain-model.js";
import { seededRandom } from "../../base/random.js";
import { difference, runOnnx } from "../../graph/checks.contract.js";
import {
  type TensorValue,
  evaluate,
  gradients,
  input,
  loop,
  mul,
  reduceSum,
  scalar,
  sub,
  toOnnx,
} from "../../graph/index.js";
import { initialParameters, parameterCount, unflatten } from "../layout.js";
import { taskLosses } from "../losses.js";
import { convolutionalLayout, onFeatures } from "./layout.js";
import { convolutionalNetwork } from "./network.js";
import type { ConvolutionSpec } from "./spec.js";

const SIDE = 6;
const ROWS = 24;
const spec: ConvolutionSpec = {
  image: { channels: 1, height: SIDE, width: SIDE },
  stages: [
    { channels: 4, kernel: 3, pool: 2 },
    { channels: 6, kernel: 3, pool: 1 },
  ],
  initializer: "he-normal",
};
const model = onFeatures(spec, {
  ...PLAIN,
  embedding: 0,
  trunk: [8],
  links: [],
  tasks: [
    {
      name: "upright",
      coding: {
        kind: "binary",
        classes: ["0", "1"],
        classType: "integer",
        priors: [0.5, 0.5],
        labelled: ROWS,
      },
    },
    { name: "place", coding: { kind: "regression", mean: 0, deviation: 1, labelled: ROWS } },
  ],
});

/** Images of one bar, upright or level, with that and its place as labels. */
function bars(): { images: TensorValue; targets: TensorValue } {
  const images = new Float32Array(ROWS * SIDE * SIDE);
  const targets = new Float32Array(ROWS * 2);
  for (let row = 0; row < ROWS; row++) {
    const [upright, place] = [row % 2, Math.floor(row / 2) % SIDE];
    for (let i = 0; i < SIDE; i++)
      images[row * SIDE * SIDE + (upright === 1 ? i * SIDE + place : place * SIDE + i)] = 1;
    targets.set([upright, (place - (SIDE - 1) / 2) / 2], row * 2);
  }
  return {
    images: { dtype: "float32", shape: [ROWS, 1, SIDE, SIDE], data: images },
    targets: { dtype: "float32", shape: [ROWS, 2], data: targets },
  };
}

/** Gradient descent on all rows as one loop: losses of each step `[S, T]`. */
function descent() {
  const layout = convolutionalLayout(spec, model);
  const images = input("images", "float32", [ROWS, 1, SIDE, SIDE]);
  const targets = input("targets", "float32", [ROWS, 2]);
  const start = input("start", "float32", [parameterCount(layout)]);
  const steps = input("steps", "int64", []);
  const { scans } = loop({
    trips: steps,
    carried: [start],
    body: (_, [parameters]) => {
      const traced = convolutionalNetwork(spec, model, images, unflatten(layout, parameters!));
      const losses = taskLosses(traced, targets, undefined, traced.features);
      const [gradient] = gradients(reduceSum(losses, [0]), [parameters!]);
      return {
        carried: [sub(parameters!, mul(gradient!, scalar(0.05, "float32")))],
        scans: [losses],
      };
    },
  });
  const values = initialParameters(layout, seededRandom(0, "bars"));
  const feeds = (count: number): Record<string, TensorValue> => ({
    ...bars(),
    start: { dtype: "float32", shape: [values.length], data: values },
    steps: { dtype: "int64", shape: [], data: BigInt64Array.of(BigInt(count)) },
  });
  return { inputs: [images, targets, start, steps], losses: scans[0]!, feeds };
}

describe("a convolutional model inside a loop", () => {
  const { inputs, losses, feeds } = descent();
  const onnx = toOnnx({ name: "bars", inputs, outputs: { losses } });

  it("learns two tasks at once in ONNX Runtime", async () => {
    const found = (await runOnnx(onnx, feeds(300)))["losses"]!;
    const data = found.data as Float32Array;
    const [first, last] = [data.subarray(0, 2), data.subarray(-2)];
    expect(found.shape).toEqual([300, 2]);
    expect(last[0]!).toBeLessThan(0.1 * first[0]!);
    expect(last[1]!).toBeLessThan(0.1 * first[1]!);
  });

  it("takes the steps of the reference", async () => {
    const real = (await runOnnx(onnx, feeds(3)))["losses"]!;
    const exact = evaluate({ losses }, feeds(3))["losses"]!;
    expect(difference(real, exact, 1e-5)).toBeUndefined(); // three steps of rounding
  });
});
