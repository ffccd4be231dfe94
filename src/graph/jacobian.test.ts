import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bothWays, centralDifferences, difference } from "./checks.contract.js";
import * as g from "./index.js";
import type { DType, Tensor, TensorValue } from "./tensor.js";

const value = (shape: readonly number[], data: readonly number[]): TensorValue => ({
  dtype: "float64",
  shape,
  data: Float64Array.from(data),
});

const evaluated = (tensor: Tensor, feeds: Readonly<Record<string, TensorValue>>): TensorValue =>
  g.evaluate({ tensor }, feeds)["tensor"]!;

const numbers = (size: number) =>
  fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: size, maxLength: size });

const SHAPES = { x: [4, 3], w: [3, 3], b: [3], heads: [2, 3, 2], y: [2, 4, 2] } as const;

/** A shared layer, and two stacked heads of two outputs each; one loss for each head. */
function model(dtype: DType) {
  const inputs = Object.entries(SHAPES).map(([name, shape]) => g.input(name, dtype, shape));
  const [x, w, b, heads, y] = inputs as [Tensor, Tensor, Tensor, Tensor, Tensor];
  const h = g.tanh(g.add(g.matmul(x, w), b)); // [B, H]
  const rows = g.expand(h, [2, 4, 3]); // [T, B, H]
  const losses = g.reduceMean(g.square(g.sub(g.matmul(rows, heads), y)), [1, 2]); // [T]
  return { inputs, w, b, h, rows, losses };
}

const drawn = fc.record({ x: numbers(12), w: numbers(9), b: numbers(3), heads: numbers(12), y: numbers(16) });
const fed = (from: Record<keyof typeof SHAPES, number[]>): Record<string, TensorValue> =>
  Object.fromEntries(Object.entries(SHAPES).map(([name, shape]) => [name, value(shape, from[name as "x"])]));

describe("jacobian", () => {
  it("has the gradient of each value as a row, and agrees with central differences", () => {
    const { losses, w, b, h } = model("float64");
    const parts = g.jacobian(losses, [w, b, h]);
    expect(parts.map(({ shape }) => shape)).toEqual([
      [2, 3, 3],
      [2, 3],
      [2, 4, 3],
    ]);
    const each = g.split(losses, [1, 1], 0).map((one) => g.reshape(one, []));
    const alone = each.map((loss) => g.gradients(loss, [w, b, h]));
    fc.assert(
      fc.property(drawn, (from) => {
        const feeds = fed(from);
        parts.forEach((part, i) => {
          const rows = g.stack(
            alone.map((gradients) => gradients[i]!),
            0,
          );
          expect(difference(evaluated(part, feeds), evaluated(rows, feeds), 1e-12)).toBeUndefined();
        });
        each.forEach((loss, t) => {
          const slope = centralDifferences(loss, feeds, "w");
          const row = evaluated(g.gather(parts[0]!, g.scalar(t, "int64"), 0), feeds);
          expect(difference(row, slope, 1e-6)).toBeUndefined();
        });
      }),
      { seed: 5, numRuns: 20 },
    );
  });

  it("comes more cheaply from one plain pass to a tensor with a row for each value, and is the same", async () => {
    const { inputs, losses, rows, h, w, b } = model("float32");
    const [cotangents] = g.gradients(g.reduceSum(losses, [0]), [rows]);
    const cheap = g.batchedPullback([h], [cotangents!], [w, b]);
    const whole = g.jacobian(losses, [w, b]);
    const named = { dw: cheap[0]!, db: cheap[1]!, dw2: whole[0]!, db2: whole[1]!, gram: g.gramian(cheap) };
    const [sample] = fc.sample(drawn, { seed: 9, numRuns: 1 });
    const feeds = Object.fromEntries(
      Object.entries(fed(sample!)).map(([name, { shape, data }]) => [
        name,
        { dtype: "float32", shape, data: Float32Array.from(data as Float64Array) } as const,
      ]),
    );
    const { ort, reference } = await bothWays(named, inputs, feeds);
    for (const name of Object.keys(named))
      expect(difference(ort[name]!, reference[name]!, 1e-5)).toBeUndefined();
    for (const name of ["dw", "db"]) expect(difference(ort[name]!, ort[`${name}2`]!, 1e-5)).toBeUndefined();
  });

  it("of a gradient is the Hessian, of a loop's result too", () => {
    const x = g.input("x", "float64", [3]);
    const { carried } = g.loop({
      trips: g.scalar(2, "int64"),
      carried: [x],
      body: (_, [c]) => ({
        carried: [g.tanh(g.mul(c!, g.reduceSum(g.mul(x, c!), [0], { keepDims: true })))],
      }),
    });
    const loss = g.reduceSum(g.mul(g.exp(carried[0]!), x), [0]);
    const [slope] = g.gradients(loss, [x]);
    const [hessian] = g.jacobian(slope!, [x]);
    const feeds = { x: value([3], [0.4, -0.7, 1.1]) };
    const found = evaluated(hessian!, feeds);
    [0, 1, 2].forEach((i) => {
      const exact = centralDifferences(g.reshape(g.slice(slope!, [i], [i + 1], [0]), []), feeds, "x");
      const row = evaluated(g.gather(hessian!, g.scalar(i, "int64"), 0), feeds);
      expect(difference(row, exact, 1e-7)).toBeUndefined();
    });
    const turned = evaluated(g.transpose(hessian!, [1, 0]), feeds);
    expect(difference(found, turned, 1e-12)).toBeUndefined();
  });

  it.each([
    ["a scalar", []],
    ["a size that is not known", ["n"]],
    ["a matrix", [2, 2]],
  ] as const)("refuses %s", (_, shape) => {
    const values = g.input("values", "float32", shape);
    expect(() => g.jacobian(values, [values])).toThrow(
      `graph: values of a Jacobian must be a float vector of known size, got float32 [${shape.join(", ")}]. Stack the losses`,
    );
  });
});

describe("gramian", () => {
  it("is symmetric, and the inner products of the gradients of all parts", () => {
    const { losses, w, b } = model("float64");
    const parts = g.jacobian(losses, [w, b]);
    const gram = g.gramian(parts);
    expect(gram.shape).toEqual([2, 2]);
    fc.assert(
      fc.property(drawn, (from) => {
        const feeds = fed(from);
        const rows = [0, 1].map((t) =>
          parts.flatMap((part) =>
            Array.from(evaluated(g.gather(part, g.scalar(t, "int64"), 0), feeds).data, Number),
          ),
        );
        const inner = (i: number, j: number): number =>
          rows[i]!.reduce((sum, d, p) => sum + d * rows[j]![p]!, 0);
        const expected = value([2, 2], [inner(0, 0), inner(0, 1), inner(1, 0), inner(1, 1)]);
        expect(difference(evaluated(gram, feeds), expected, 1e-11)).toBeUndefined();
      }),
      { seed: 5, numRuns: 20 },
    );
  });

  it("can be differentiated again, with rows of a number that is not known", () => {
    const [x, w] = [g.input("x", "float64", ["n", 3]), g.input("w", "float64", [3, 2])];
    const losses = g.reduceMean(g.sigmoid(g.matmul(g.mul(x, x), w)), [0]);
    const gram = g.gramian(g.jacobian(losses, [x, w]));
    const loss = g.reduceSum(g.mul(gram, g.constant(value([2, 2], [1, 2, -0.5, 3]))), [0, 1]);
    const slopes = g.gradients(loss, [x, w]);
    const feeds = {
      x: value([2, 3], [0.3, -0.8, 1.2, 0.9, 0.4, -0.6]),
      w: value([3, 2], [0.5, -1, 0.2, 0.7, -0.3, 0.6]),
    };
    ["x", "w"].forEach((name, i) => {
      const exact = centralDifferences(loss, feeds, name);
      expect(difference(evaluated(slopes[i]!, feeds), exact, 1e-8)).toBeUndefined();
    });
  });

  it("takes vectors and scalars as parts, and refuses rows of different numbers", () => {
    const part = (...shape: readonly number[]): Tensor =>
      g.constant(
        value(
          shape,
          Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i + 1),
        ),
      );
    const gram = g.gramian([part(2), part(2, 2)]);
    expect(evaluated(gram, {})).toEqual(value([2, 2], [1 + 5, 2 + 11, 2 + 11, 4 + 25]));
    expect(() => g.gramian([])).toThrow(
      "graph: parts of a Jacobian must be at least one, of one leading size T, got none.",
    );
    expect(() => g.gramian([part(2, 3), part(3, 3)])).toThrow("got [2, 3] and [3, 3].");
  });
});
