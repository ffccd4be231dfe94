import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bothWays, centralDifferences, difference, type Values } from "./checks.contract.js";
import * as g from "./index.js";
import { order } from "./traversal.js";
import type { Dim, Tensor } from "./tensor.js";

const value = (shape: readonly number[], data: number[]) =>
  ({ dtype: "float64", shape, data: Float64Array.from(data) }) as const;

const total = (x: Tensor): Tensor =>
  g.reduceSum(
    x,
    x.shape.map((_, i) => i),
  );

describe("gradients", () => {
  it("are zeros of the right shape where there is no path", () => {
    const [x, y] = [g.input("x", "float64", ["n", 2]), g.input("y", "float64", [3])];
    const loss = total(g.square(g.stopGradient(x)));
    const [dx, dy] = g.gradients(loss, [x, y]);
    const found = g.evaluate(
      { dx: dx!, dy: dy! },
      { x: value([2, 2], [1, 2, 3, 4]), y: value([3], [1, 2, 3]) },
    );
    expect(found["dx"]).toEqual(value([2, 2], [0, 0, 0, 0]));
    expect(found["dy"]).toEqual(value([3], [0, 0, 0]));
  });

  it("reach an inner tensor that is only another shape of what it was made from", () => {
    const x = g.input("x", "float64", [6]);
    const h = g.reshape(x, [2, 3]);
    const [dh] = g.gradients(total(g.square(g.reshape(h, [3, 2]))), [h]);
    const found = g.evaluate({ dh: dh! }, { x: value([6], [1, 2, 3, 4, 5, 6]) });
    expect(found["dh"]).toEqual(value([2, 3], [2, 4, 6, 8, 10, 12]));
  });

  it("can be taken with respect to inner tensors", () => {
    const x = g.input("x", "float64", [2]);
    const h = g.exp(x);
    const [dh, dx] = g.gradients(total(g.square(h)), [h, x]);
    const found = g.evaluate({ dh: dh!, dx: dx! }, { x: value([2], [0, 1]) });
    expect(found["dh"]!.data).toEqual(Float64Array.of(2, 2 * Math.E));
    expect(difference(found["dx"]!, value([2], [2, 2 * Math.E ** 2]), 1e-14)).toBeUndefined();
  });

  it("sum what several uses of a tensor give", () => {
    const x = g.input("x", "float64", []);
    const [d] = g.gradients(g.add(g.mul(x, x), g.mul(x, g.scalar(3, "float64"))), [x]);
    expect(g.evaluate({ d: d! }, { x: value([], [5]) })["d"]!.data).toEqual(Float64Array.of(13));
  });

  it("of gradients are second derivatives", () => {
    const x = g.input("x", "float64", [3]);
    const [first] = g.gradients(total(g.mul(g.sigmoid(x), g.square(x))), [x]);
    const loss = total(g.square(first!));
    const feeds: Values = { x: value([3], [0.3, -0.7, 1.1]) };
    const [second] = g.gradients(loss, [x]);
    const found = g.evaluate({ second: second! }, feeds)["second"]!;
    expect(difference(found, centralDifferences(loss, feeds, "x"), 1e-7)).toBeUndefined();
  });

  it("leave alone what does not lead to the asked tensors", () => {
    const [x, w] = [g.input("x", "float32", [8, 4]), g.input("w", "float32", [4, 2])];
    const loss = g.reduceMean(g.square(g.matmul(x, w)), [0, 1]);
    const [d] = g.gradients(loss, [w]);
    const products = order([d!]).filter(({ op }) => op === "matmul");
    expect(products.length).toBe(2);
    expect(products[1]!.attributes).toEqual({ transposeA: true, transposeB: false });
    expect(order([d!]).filter(({ op }) => op === "expand" || op === "reshape" || op === "transpose")).toEqual(
      [],
    );
  });

  it("want a float scalar", () => {
    const x = g.input("x", "float32", [2, "n"]);
    expect(() => g.gradients(x, [x])).toThrow(
      "graph: loss must be a float scalar, got float32 [2, n]. Reduce it with reduceSum or reduceMean first.",
    );
  });

  it("along a symbolic axis of concat and slice are refused by name", () => {
    const x = g.input("x", "float64", ["n"]);
    const joined = g.layer("head", () => g.concat([x, x], 0));
    expect(() => g.gradients(total(joined), [x])).toThrow(
      "head: concat has a gradient along axes of known size only.",
    );
    expect(() => g.gradients(total(g.slice(x, [0], [1], [0])), [x])).toThrow(
      "graph: slice has a gradient along",
    );
  });
});

/** The same values in single precision. */
function single(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, { shape, data }]) => [
      name,
      { dtype: "float32", shape, data: Float32Array.from(data as Float64Array) },
    ]),
  );
}

type Step = (x: Tensor, others: readonly Tensor[]) => Tensor;

const like = (x: Tensor, number: number): Tensor => g.scalar(number, x.dtype);
const last = (x: Tensor): Dim => x.shape.at(-1)!;

/** Smooth steps from a tensor `[R, F]` to another; all stay of moderate size. */
const STEPS: Readonly<Record<string, Step>> = {
  tanh: (x) => g.tanh(x),
  sigmoid: (x) => g.mul(g.sigmoid(x), x),
  softplus: (x) => g.softplus(x),
  square: (x) => g.square(g.tanh(x)),
  log: (x) => g.log(g.add(g.square(x), like(x, 1))),
  exp: (x) => g.exp(g.neg(g.square(x))),
  root: (x) => g.sqrt(g.add(g.square(x), like(x, 0.5))),
  divide: (x, [, row]) => g.div(x, g.add(g.square(g.reduceMean(row!, [0])), like(x, 1))),
  softmax: (x) => g.softmax(x, 1),
  logSoftmax: (x) => g.logSoftmax(x, 0),
  addRow: (x, [, row]) => g.add(x, g.reduceMean(g.mul(row!, g.reduceMean(x, [0, 1])), [0])),
  multiply: (x, [column]) => g.mul(x, g.slice(column!, [0], [1], [1])),
  product: (x) => g.matmul(g.matmul(x, x, { transposeB: true }), g.mul(x, like(x, 0.1))),
  centre: (x) => g.sub(x, g.reduceMean(x, [1], { keepDims: true })),
  shift: (x) => g.sub(x, g.expand(g.logSumExp(x, 0), x.shape)),
  turn: (x) => g.reshape(g.transpose(g.reshape(x, [...x.shape, 1]), [2, 0, 1]), x.shape),
  halves: (x) => g.concat(g.split(x, [1, Number(last(x)) - 1], 1).reverse(), 1),
  rows: (x) => g.gather(x, g.constant({ dtype: "int64", shape: [3], data: BigInt64Array.of(2n, 0n, 2n) }), 0),
  sumInto: (x) => g.add(x, g.reduceSum(g.square(g.tanh(x)), [1], { keepDims: true })),
};

const named = (tensors: readonly Tensor[]): Record<string, Tensor> =>
  Object.fromEntries(tensors.map((tensor, i) => [`d${i}`, tensor]));

describe("composed expressions", () => {
  const path = fc.array(fc.constantFrom(...Object.keys(STEPS)), { minLength: 1, maxLength: 7 });
  const fixed = { seed: 7, numRuns: 60 };
  const shapes = { x: [3, 4], column: [3, 2], row: [2, 4] } as const;
  const numbers = (size: number) =>
    fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: size, maxLength: size });
  const data = fc.record({ x: numbers(12), column: numbers(6), row: numbers(8) });

  const build = (steps: readonly string[], dtype: "float32" | "float64") => {
    const [x, column, row] = Object.entries(shapes).map(([name, shape]) => g.input(name, dtype, shape));
    const end = steps.reduce((at, step) => STEPS[step]!(at, [column!, row!]), x!);
    return { inputs: [x!, column!, row!], end, loss: g.reduceMean(g.mul(end, g.add(end, x!)), [0, 1]) };
  };
  const fed = (from: Record<keyof typeof shapes, number[]>): Values => ({
    x: value(shapes.x, from.x),
    column: value(shapes.column, from.column),
    row: value(shapes.row, from.row),
  });

  it("have gradients that agree with central differences", () => {
    fc.assert(
      fc.property(path, data, (steps, drawn) => {
        const { inputs, loss } = build(steps, "float64");
        const feeds = fed(drawn);
        g.gradients(loss, inputs).forEach((gradient, i) => {
          const exact = centralDifferences(loss, feeds, Object.keys(shapes)[i]!);
          expect(difference(g.evaluate({ gradient }, feeds)["gradient"]!, exact, 1e-6)).toBeUndefined();
        });
      }),
      fixed,
    );
  });

  it("have the gradients of several values in one pass, in ONNX Runtime too", async () => {
    await fc.assert(
      fc.asyncProperty(path, data, async (steps, drawn) => {
        const feeds = fed(drawn);
        const traced = (dtype: "float32" | "float64") => {
          const { inputs, end } = build(steps, dtype);
          const values = g.reduceMean(g.square(end), [0]);
          return { inputs, values, rows: named(g.jacobian(values, inputs)) };
        };
        const { inputs, values, rows } = traced("float64");
        const size = Number(values.shape[0]);
        const ones = Array.from({ length: size }, () => 1);
        const alone = g.split(values, ones, 0).map((value) => g.gradients(g.reshape(value, []), inputs));
        const stacked = named(
          inputs.map((_, i) =>
            g.stack(
              alone.map((all) => all[i]!),
              0,
            ),
          ),
        );
        const [found, expected] = [g.evaluate(rows, feeds), g.evaluate(stacked, feeds)];
        const same = traced("float32");
        const { ort, reference } = await bothWays(same.rows, same.inputs, single(feeds));
        for (const name of Object.keys(rows)) {
          expect(difference(found[name]!, expected[name]!, 1e-11)).toBeUndefined();
          expect(difference(ort[name]!, reference[name]!, 1e-4)).toBeUndefined();
        }
      }),
      { ...fixed, numRuns: 25 },
    );
  });

  it("have the same gradients in ONNX Runtime", async () => {
    await fc.assert(
      fc.asyncProperty(path, data, async (steps, drawn) => {
        const { inputs, loss } = build(steps, "float32");
        const slopes = named(g.gradients(loss, inputs));
        const { ort, reference } = await bothWays({ ...slopes, loss }, inputs, single(fed(drawn)));
        for (const name of Object.keys(ort))
          expect(difference(ort[name]!, reference[name]!, 1e-4)).toBeUndefined(); // float32 through a dozen operations
      }),
      { ...fixed, numRuns: 25 },
    );
  });
});
