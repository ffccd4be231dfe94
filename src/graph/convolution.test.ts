import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import { ShapeError } from "../base/errors.js";
import { runOnnx } from "./checks.contract.js";
import * as g from "./index.js";
import { product } from "./shape.js";
import type { Tensor, TensorValue } from "./tensor.js";

/** One convolution: sizes of everything, kept so small that the definition is quick. */
const settings = fc
  .record({
    rows: fc.integer({ min: 1, max: 3 }),
    groups: fc.integer({ min: 1, max: 2 }),
    width: fc.integer({ min: 1, max: 2 }),
    kernels: fc.integer({ min: 1, max: 5 }),
    axes: fc.array(
      fc.record({
        size: fc.integer({ min: 1, max: 6 }),
        taps: fc.integer({ min: 1, max: 3 }),
        stride: fc.integer({ min: 1, max: 4 }),
        dilation: fc.integer({ min: 1, max: 2 }),
        padding: fc.integer({ min: 0, max: 2 }),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  })
  .filter(({ axes }) =>
    axes.every(({ size, taps, dilation, padding }) => size + 2 * padding > dilation * (taps - 1)),
  );

type Setting = typeof settings extends fc.Arbitrary<infer S> ? S : never;

function drawn(dtype: "float32" | "float64", shape: readonly number[], name: string): TensorValue {
  const random = seededRandom(5, name);
  const data = Float64Array.from({ length: product(shape) }, () => random.normal());
  return { dtype, shape, data: dtype === "float64" ? data : Float32Array.from(data) };
}

/** x, kernel, their convolution, a cotangent of it, and the gradients of their inner product. */
function traced({ rows, groups, width, kernels, axes }: Setting, dtype: "float32" | "float64") {
  const x = g.input("x", dtype, [rows, groups * width, ...axes.map(({ size }) => size)]);
  const kernel = g.input("kernel", dtype, [groups * kernels, width, ...axes.map(({ taps }) => taps)]);
  const y = g.conv(x, kernel, {
    groups,
    strides: axes.map(({ stride }) => stride),
    dilations: axes.map(({ dilation }) => dilation),
    padding: axes.map(({ padding }) => padding),
  });
  const cotangent = g.input("cotangent", dtype, y.shape);
  const [dx, dKernel] = g.gradients(inner(y, cotangent), [x, kernel]) as [Tensor, Tensor];
  const inputs = [x, kernel, cotangent];
  const feeds = Object.fromEntries(
    inputs.map((t) => {
      const name = String(t.node.attributes["name"]);
      return [name, drawn(dtype, t.shape as readonly number[], name)]; // all sizes are known
    }),
  );
  return { x, kernel, y, cotangent, dx, dKernel, inputs, feeds };
}

const inner = (a: Tensor, b: Tensor): Tensor => g.reduceSum(g.mul(a, b), [...a.shape.keys()]);

describe("a convolution is linear in both arguments, so that", () => {
  it("its inner product with a cotangent is that of each argument with its gradient", () => {
    fc.assert(
      fc.property(settings, (setting) => {
        const { x, kernel, y, cotangent, dx, dKernel, feeds } = traced(setting, "float64");
        const found = g.evaluate(
          { whole: inner(y, cotangent), byImage: inner(x, dx), byKernel: inner(kernel, dKernel) },
          feeds,
        );
        const [whole, byImage, byKernel] = ["whole", "byImage", "byKernel"].map((key) =>
          Number(found[key]!.data[0]),
        ) as [number, number, number];
        expect(byImage).toBeCloseTo(whole, 9);
        expect(byKernel).toBeCloseTo(whole, 9);
      }),
      { numRuns: 60 },
    );
  });

  it("its gradients in ONNX Runtime are those of the definition, however they are written", async () => {
    await fc.assert(
      fc.asyncProperty(settings, async (setting) => {
        const { dx, dKernel, inputs, feeds } = traced(setting, "float32");
        const outputs = { dx, dKernel };
        const real = await runOnnx(g.toOnnx({ name: "gradients", inputs, outputs }), feeds);
        const exact = g.evaluate(outputs, feeds);
        for (const name of ["dx", "dKernel"]) {
          expect(real[name]!.shape).toEqual(exact[name]!.shape);
          const [a, b] = [real[name]!.data as Float32Array, exact[name]!.data as Float32Array];
          a.forEach((slope, i) => expect(Math.abs(slope - b[i]!)).toBeLessThan(1e-4)); // sums of some hundred products
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("a symbolic number of images", () => {
  it.each([
    [2, 3, 1, 1],
    [1, 16, 1, 1],
    [3, 2, 2, 1],
    [4, 4, 1, 4],
    [2, 8, 3, 1],
  ])("may be none: %i to %i channels, stride %i, groups %i", async (channels, kernels, strides, groups) => {
    const x = g.input("x", "float32", ["n", channels, 6, 6]);
    const kernel = g.input("kernel", "float32", [kernels, channels / groups, 3, 3]);
    const y = g.maxPool(g.conv(x, kernel, { padding: 1, strides, groups }), 2);
    const [dx, dKernel] = g.gradients(inner(y, y), [x, kernel]) as [Tensor, Tensor];
    const onnx = g.toOnnx({ name: "none", inputs: [x, kernel], outputs: { dx, dKernel } });
    const found = await runOnnx(onnx, {
      x: { dtype: "float32", shape: [0, channels, 6, 6], data: new Float32Array(0) },
      kernel: drawn("float32", [kernels, channels / groups, 3, 3], "kernel"),
    });
    expect(found["dx"]!.shape).toEqual([0, channels, 6, 6]);
    expect(found["dKernel"]!.data).toEqual(new Float32Array((kernels * channels * 9) / groups));
  });
});

describe("a pooling", () => {
  it("finds places from which its elements can be taken", () => {
    const x = g.input("x", "float64", [2, 2, 5, 4]);
    const options = { strides: [2, 1], padding: [1, 0] };
    const largest = g.maxPool(x, [3, 2], options);
    const taken = g.gather(g.reshape(x, [80]), g.maxPoolPlaces(x, [3, 2], options), 0);
    const found = g.evaluate({ largest, taken }, { x: drawn("float64", [2, 2, 5, 4], "x") });
    expect(found["taken"]!.data).toEqual(found["largest"]!.data);
  });

  it("gives the gradient of equal elements to the first", () => {
    const x = g.input("x", "float64", [1, 1, 2, 4]);
    const loss = g.reduceSum(g.maxPool(x, 2), [0, 1, 2, 3]);
    const values = {
      dtype: "float64",
      shape: [1, 1, 2, 4],
      data: Float64Array.of(1, 1, 0, 2, 1, 1, 2, 2),
    } as const;
    const slopes = g.evaluate({ dx: g.gradients(loss, [x])[0]! }, { x: values })["dx"]!;
    expect([...(slopes.data as Float64Array)]).toEqual([1, 0, 0, 1, 0, 0, 0, 0]);
  });

  it("says which places it cannot put back", () => {
    const [x, like] = [g.input("x", "float32", [1, 1, 2]), g.input("like", "float32", [1, 1, 4])];
    const places = (dtype: "int32" | "int64", ...shape: number[]): Tensor => g.input("places", dtype, shape);
    expect(() => g.maxUnpool(x, places("int32", 1, 1, 2), like)).toThrow(
      "max-unpool places must be int64 in the shape of x, got int32 [1, 1, 2].",
    );
    expect(() => g.maxUnpool(x, places("int64", 1, 2), like)).toThrow(ShapeError);
    expect(() => g.maxUnpool(x, places("int64", 1, 1, 2), g.input("like", "float32", [4]))).toThrow(
      ShapeError,
    );
  });
});
