import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PLAIN } from "../../../test/fixtures/plain-model.js";
import { ConfigError } from "../../base/errors.js";
import { seededRandom } from "../../base/random.js";
import {
  type Tensor,
  type TensorValue,
  add,
  conv2d,
  evaluate,
  gradients,
  input,
  maxPool,
  mul,
  reduceSum,
  relu,
  reshape,
  transpose,
} from "../../graph/index.js";
import type { Task } from "../../tasks/task-kind.js";
import { initialParameters, parameterCount, unflatten } from "../layout.js";
import { convolutionLayout, convolutionalLayout, onFeatures } from "./layout.js";
import { convolutionalNetwork } from "./network.js";
import { type ConvolutionSpec, featureCount, imageSizes } from "./spec.js";
import { convolutionTrunk } from "./trunk.js";

const spec: ConvolutionSpec = {
  image: { channels: 2, height: 5, width: 4 },
  stages: [
    { channels: 3, kernel: 3, pool: 2 },
    { channels: 2, kernel: 2, pool: 1 },
  ],
  initializer: "fan-in-uniform",
};
const amount = (name: string): Task => ({
  name,
  coding: { kind: "regression", mean: 0, deviation: 1, labelled: 20 },
});
const digit = (name: string): Task => ({
  name,
  coding: {
    kind: "multiclass",
    classes: ["0", "1", "2"],
    classType: "integer",
    priors: [0.2, 0.3, 0.5],
    labelled: 9,
  },
});
const model = onFeatures(spec, {
  ...PLAIN,
  embedding: 0,
  trunk: [4],
  links: [],
  tasks: [digit("left"), amount("sum"), digit("right")],
});
const ROWS = 3;

/** Normal numbers in float64. */
function normals(shape: readonly number[], name: string): TensorValue {
  const random = seededRandom(3, name);
  const size = shape.reduce((product, n) => product * n, 1);
  return { dtype: "float64", shape, data: Float64Array.from({ length: size }, () => random.normal()) };
}

/** The traced trunk with its inputs in float64, and values for them. */
function tracedTrunk(given: ConvolutionSpec) {
  const { channels, height, width } = given.image;
  const layout = convolutionLayout(given);
  const flat = input("parameters", "float64", [parameterCount(layout)]);
  const images = input("images", "float64", [ROWS, channels, height, width]);
  const named = unflatten(layout, flat);
  const features = convolutionTrunk(given, images, named);
  const feeds = {
    parameters: normals([parameterCount(layout)], "parameters"),
    images: normals([ROWS, channels, height, width], "images"),
  };
  return { flat, images, named, features, feeds };
}

const valueOf = (tensor: Tensor, feeds: Readonly<Record<string, TensorValue>>): Float64Array =>
  evaluate({ tensor }, feeds)["tensor"]!.data as Float64Array;

describe("a convolutional trunk", () => {
  it("has kernels and biases of the sizes of its stages", () => {
    expect(convolutionLayout(spec).map(({ name, shape }) => [name, shape])).toEqual([
      ["convolution.0.kernel", [18, 3]],
      ["convolution.0.bias", [3]],
      ["convolution.1.kernel", [12, 2]],
      ["convolution.1.bias", [2]],
    ]);
    expect(featureCount(spec)).toBe(2 * 2 * 2);
  });

  it("starts its kernels within 1 / √(C·k·k) and its biases at 0", () => {
    const layout = convolutionLayout(spec);
    const start = initialParameters(layout, seededRandom(0, "start"));
    const largest = (from: number, to: number): number =>
      Math.max(...start.subarray(from, to).map((weight) => Math.abs(weight)));
    expect(largest(0, 54)).toBeLessThanOrEqual(1 / Math.sqrt(18));
    expect(largest(0, 54)).toBeGreaterThan(0.7 / Math.sqrt(18));
    expect(largest(54, 57)).toBe(0);
    expect(largest(57, 81)).toBeLessThanOrEqual(1 / Math.sqrt(12));
  });

  it("gives the features of conv, bias, ReLU and pooling in the usual order, with the same gradients", () => {
    const { flat, images, named, features, feeds } = tracedTrunk(spec);
    const usual = spec.stages.reduce((x, { channels, kernel, pool }, i) => {
      const matrix = named[`convolution.${i}.kernel`]!;
      const kernels = reshape(transpose(matrix, [1, 0]), [channels, Number(x.shape[1]), kernel, kernel]);
      const y = conv2d(x, kernels, { padding: "same", bias: named[`convolution.${i}.bias`]! });
      return pool > 1 ? maxPool(relu(y), pool) : relu(y);
    }, images);
    const plain = reshape(usual, [ROWS, featureCount(spec)]);
    expect(valueOf(features, feeds)).toEqual(valueOf(plain, feeds));
    const slopes = [features, plain].map((y) => gradients(reduceSum(mul(y, y), [0, 1]), [flat])[0]!) as [
      Tensor,
      Tensor,
    ];
    const [a, b] = [valueOf(slopes[0], feeds), valueOf(slopes[1], feeds)];
    a.forEach((slope, i) => expect(slope).toBeCloseTo(b[i]!, 10));
    expect(a.some((slope) => slope !== 0)).toBe(true);
  });

  it("keeps sizes by padding and divides them by its windows", () => {
    const sizes = fc.integer({ min: 1, max: 6 });
    const stages = fc.array(
      fc.record({
        channels: fc.integer({ min: 1, max: 3 }),
        kernel: fc.integer({ min: 1, max: 4 }),
        pool: fc.integer({ min: 1, max: 2 }),
      }),
      { minLength: 1, maxLength: 2 },
    );
    fc.assert(
      fc.property(sizes, sizes, stages, (height, width, list) => {
        const given: ConvolutionSpec = { ...spec, image: { channels: 1, height, width }, stages: list };
        const factor = list.reduce((product, { pool }) => product * pool, 1);
        if (Math.min(height, width) < factor) {
          expect(() => imageSizes(given)).toThrow(ConfigError);
          return;
        }
        const { features, feeds } = tracedTrunk(given);
        expect(features.shape).toEqual([ROWS, featureCount(given)]);
        expect(valueOf(features, feeds)).toHaveLength(ROWS * featureCount(given));
      }),
      { numRuns: 30 },
    );
  });

  it("names the stage that does not fit", () => {
    const stages = [...spec.stages, { channels: 2, kernel: 3, pool: 3 }];
    expect(() => imageSizes({ ...spec, stages })).toThrow(
      "convolutional trunk: stage 3 must be of whole numbers from 1 on, with windows inside 2 × 2, got 2 channels, kernel 3, windows of 3 × 3.",
    );
  });
});

describe("a convolutional model", () => {
  const layout = convolutionalLayout(spec, model);
  const flat = input("parameters", "float64", [parameterCount(layout)]);
  const images = input("images", "float64", [ROWS, 2, 5, 4]);
  const traced = convolutionalNetwork(spec, model, images, unflatten(layout, flat));

  it("has the stages' parameters, the dense layers' and one stacked head for tasks of a shape", () => {
    expect(parameterCount(layout)).toBe(18 * 3 + 3 + (12 * 2 + 2) + (8 * 4 + 4) + (4 + 1) * (2 * 3 + 1));
    expect(traced.groups.map(({ group, output }) => [group.name, output.shape])).toEqual([
      ["multiclass-3", [1, ROWS, 2, 3]],
      ["regression-1", [1, ROWS, 1, 1]],
    ]);
    expect(traced.features.shape).toEqual([ROWS, 8]);
  });

  it("has the gradients of central differences from the heads down to the kernels", () => {
    const feeds = {
      parameters: normals([parameterCount(layout)], "all"),
      images: normals([ROWS, 2, 5, 4], "images"),
    };
    const total = traced.groups
      .map(({ output }) => reduceSum(mul(output, output), [0, 1, 2, 3]))
      .reduce((a, b) => add(a, b));
    const exact = valueOf(gradients(total, [flat])[0]!, feeds);
    const at = (i: number, shift: number): number => {
      const data = Float64Array.from(feeds.parameters.data as Float64Array);
      data[i]! += shift;
      return valueOf(total, { ...feeds, parameters: { ...feeds.parameters, data } })[0]!;
    };
    const h = 1e-6; // small enough that no maximum changes hands at these values
    exact.forEach((slope, i) => {
      const numeric = (at(i, h) - at(i, -h)) / (2 * h);
      expect(Math.abs(numeric - slope)).toBeLessThan(1e-5 * (1 + Math.abs(slope)));
    });
  });
});
