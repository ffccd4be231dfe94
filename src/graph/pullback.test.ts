import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ShapeError } from "../base/errors.js";
import { bothWays, difference } from "./checks.contract.js";
import * as g from "./index.js";
import type { Dim, Tensor, TensorValue } from "./tensor.js";
import { order } from "./traversal.js";

const value = (shape: readonly number[], data: readonly number[]): TensorValue => ({
  dtype: "float64",
  shape,
  data: Float64Array.from(data),
});

const total = (x: Tensor): Tensor =>
  g.reduceSum(
    x,
    x.shape.map((_, axis) => axis),
  );

const evaluated = (tensor: Tensor, feeds: Readonly<Record<string, TensorValue>>): TensorValue =>
  g.evaluate({ tensor }, feeds)["tensor"]!;

const numbers = (size: number) =>
  fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: size, maxLength: size });

describe("pullback", () => {
  const x = g.input("x", "float64", [2, 3]);
  const w = g.input("w", "float64", [3, 2]);

  it("is the gradient of the outputs weighted by their cotangents", () => {
    const [a, b] = [g.matmul(g.tanh(x), w), g.exp(w)];
    const [p, q] = [g.input("p", "float64", [2, 2]), g.input("q", "float64", [3, 2])];
    const found = g.pullback([a, b], [p, q], [x, w]);
    const expected = g.gradients(g.add(total(g.mul(a, p)), total(g.mul(b, q))), [x, w]);
    fc.assert(
      fc.property(numbers(6), numbers(6), numbers(4), numbers(6), (dx, dw, dp, dq) => {
        const feeds = {
          x: value([2, 3], dx),
          w: value([3, 2], dw),
          p: value([2, 2], dp),
          q: value([3, 2], dq),
        };
        found.forEach((tensor, i) =>
          expect(difference(evaluated(tensor, feeds), evaluated(expected[i]!, feeds), 1e-13)).toBeUndefined(),
        );
      }),
      { seed: 3, numRuns: 30 },
    );
  });

  it("is linear in the cotangents", () => {
    const y = g.softmax(g.matmul(x, w), 1);
    const [p, q] = [g.input("p", "float64", [2, 2]), g.input("q", "float64", [2, 2])];
    const pulled = (cotangent: Tensor): Tensor => g.pullback([y], [cotangent], [x])[0]!;
    const [joint, apart] = [
      pulled(g.add(p, g.mul(q, g.scalar(3, "float64")))),
      g.add(pulled(p), g.mul(pulled(q), g.scalar(3, "float64"))),
    ];
    fc.assert(
      fc.property(numbers(6), numbers(6), numbers(4), numbers(4), (dx, dw, dp, dq) => {
        const feeds = {
          x: value([2, 3], dx),
          w: value([3, 2], dw),
          p: value([2, 2], dp),
          q: value([2, 2], dq),
        };
        expect(difference(evaluated(joint, feeds), evaluated(apart, feeds), 1e-12)).toBeUndefined();
      }),
      { seed: 3, numRuns: 30 },
    );
  });

  it("takes cotangents that only broadcast to their output, and none at all", () => {
    const y = g.mul(x, x);
    const small = g.pullback([y, g.exp(x)], [g.input("row", "float64", [3]), undefined], [x])[0]!;
    const feeds = { x: value([2, 3], [1, 2, 3, 4, 5, 6]), row: value([3], [1, 10, 100]) };
    expect(evaluated(small, feeds)).toEqual(value([2, 3], [2, 40, 600, 8, 100, 1200]));
    expect(evaluated(g.pullback([y], [undefined], [x])[0]!, feeds)).toEqual(
      value([2, 3], [0, 0, 0, 0, 0, 0]),
    );
  });

  it("gives the cotangent itself for an output that is asked for, and adds what flows through it", () => {
    const h = g.tanh(x);
    const cotangent = g.input("c", "float64", [2, 3]);
    const [dh] = g.pullback([h], [cotangent], [h]);
    expect(dh).toBe(cotangent);
    const [both] = g.pullback([h, g.square(h)], [cotangent, cotangent], [h]);
    const feeds = { x: value([2, 3], [0, 1, 2, -1, 0.5, 3]), c: value([2, 3], [1, 2, 3, 4, 5, 6]) };
    const expected = Array.from(feeds.x.data, Number).map((at, i) => (i + 1) * (1 + 2 * Math.tanh(at)));
    expect(difference(evaluated(both!, feeds), value([2, 3], expected), 1e-14)).toBeUndefined();
  });

  it.each([
    [() => g.pullback([x], [], [x]), "graph: cotangents must be one for each of 1 outputs, got 0."],
    [
      () => g.layer("head", () => g.pullback([g.exp(x)], [w], [x])),
      "head: cotangent 0 must be float64 and broadcast to [2, 3], got float64 [3, 2].",
    ],
    [
      () => g.pullback([g.cast(x, "int64")], [g.scalar(1, "float64")], [x]),
      "graph: cotangent 0 must be absent for an output of int64, got float64 [].",
    ],
    [
      () => g.batchedPullback([x], [g.scalar(1, "float64")], [x]),
      "graph: cotangent 0 must be float64 and broadcast to [K, 2, 3], got float64 [].",
    ],
    [
      () => g.batchedPullback([x], [undefined], [x]),
      "graph: cotangents must be of one leading size K, at least one of them given, got none.",
    ],
    [
      () =>
        g.batchedPullback(
          [x, w],
          [g.input("a", "float64", [2, 1, 1]), g.input("b", "float64", [3, 1, 1])],
          [x],
        ),
      "graph: cotangents must be of one leading size K, at least one of them given, got 2 and 3.",
    ],
  ])("refuses what does not fit in one sentence %#", (build: () => unknown, message) => {
    expect(build).toThrow(ShapeError);
    expect(build).toThrow(message);
  });
});

/** A multilayer perceptron with a shared trunk, and a loss for each of T stacked heads. */
function perceptron(rows: Dim, tasks: number, dtype: "float32" | "float64" = "float32") {
  const sizes = [5, 4, 4];
  const x = g.input("x", dtype, [rows, sizes[0]!]);
  const targets = g.input("targets", dtype, [rows, tasks]);
  const shared = sizes
    .slice(1)
    .flatMap((size, i) => [g.input(`w${i}`, dtype, [sizes[i]!, size]), g.input(`b${i}`, dtype, [size])]);
  const trunk = sizes
    .slice(1)
    .reduce<Tensor>((h, _, i) => g.relu(g.add(g.matmul(h, shared[2 * i]!), shared[2 * i + 1]!)), x);
  const head = g.input("head", dtype, [sizes.at(-1)!, tasks]);
  const losses = g.reduceMean(g.square(g.sub(g.matmul(trunk, head), targets)), [0]); // [T]
  return { inputs: [x, targets, ...shared, head], x, shared, trunk, head, losses };
}

const inputs = (rows: number, tasks: number): Record<string, TensorValue> => {
  const filled = (shape: readonly number[], step: number): TensorValue => ({
    dtype: "float32",
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(step * (i + 1))),
  });
  return {
    x: filled([rows, 5], 1.3),
    targets: filled([rows, tasks], 0.7),
    w0: filled([5, 4], 2.1),
    b0: filled([4], 1.1),
    w1: filled([4, 4], 1.7),
    b1: filled([4], 0.3),
    head: filled([4, tasks], 2.9),
  };
};

describe("several cotangents in one pass", () => {
  it("take about as many nodes as one, and no transposition or expansion", () => {
    const { losses, shared, trunk } = perceptron(8, 3);
    const forward = new Set(order([trunk, losses]));
    const count = (tensors: readonly Tensor[]) => order(tensors).filter((node) => !forward.has(node));
    const cotangents = g.gradients(total(losses), [trunk]);
    const plain = count(g.pullback([trunk], cotangents, shared)).length;
    const lead = g.input("cotangents", "float32", [3, 8, 4]);
    const batched = count(g.batchedPullback([trunk], [lead], shared));
    const alone = count(g.pullback([trunk], [g.input("cotangent", "float32", [8, 4])], shared));
    expect(batched.length).toBeLessThanOrEqual(2 * alone.length);
    expect(batched.length).toBeLessThanOrEqual(2 * plain);
    const moves = ["transpose", "expand", "expand-like", "gather", "concat", "split"];
    expect(batched.filter(({ op }) => moves.includes(op))).toEqual([]);
    const products = batched.filter(({ op }) => op === "matmul").map(({ outputs: [y] }) => y!.shape);
    expect(products).toContainEqual([24, 4]); // the rows of all cotangents against the shared matrix
    expect(products).toHaveLength(alone.filter(({ op }) => op === "matmul").length);
  });

  it("stay small where they are the same everywhere", () => {
    const x = g.input("x", "float32", [64, 32]);
    const rates = g.input("rates", "float32", [3]); // [K], for a scalar loss
    const [d] = g.batchedPullback([total(g.mul(x, g.scalar(2)))], [rates], [x]);
    const shapes = order([d!]).map(({ outputs: [y] }) => y!.shape.join());
    expect(shapes.filter((shape) => shape === "3,64,32")).toHaveLength(1); // only the result itself is that large
    const [even] = g.batchedPullback([x], [rates], [x]);
    expect(even!.shape).toEqual([3, 64, 32]);
    const small = g.batchedPullback([g.mul(x, x)], [g.input("rows", "float32", [3, 32])], [x]);
    expect(order(small).filter(({ op }) => op === "expand" || op === "expand-like")).toEqual([]);
  });

  it("come with respect to inner tensors, and go no further than asked", () => {
    const { losses, trunk, shared } = perceptron(6, 2);
    const [dTrunk, dFirst] = g.jacobian(losses, [trunk, shared[0]!]);
    expect(dTrunk!.shape).toEqual([2, 6, 4]);
    const feeds = inputs(6, 2);
    const rows = g
      .split(losses, [1, 1], 0)
      .map((loss) => g.gradients(g.reshape(loss, []), [trunk, shared[0]!]));
    [dTrunk!, dFirst!].forEach((tensor, i) => {
      const expected = g.evaluate(
        {
          y: g.stack(
            rows.map((row) => row[i]!),
            0,
          ),
        },
        feeds,
      )["y"]!;
      expect(difference(g.evaluate({ y: tensor }, feeds)["y"]!, expected, 1e-6)).toBeUndefined();
    });
    const backward = order([dTrunk!]).filter((node) => !new Set(order([losses])).has(node));
    expect(backward.filter(({ op }) => op === "matmul")).toHaveLength(1);
  });

  it("stop at stopGradient, and are zeros where there is no path", () => {
    const [x, y] = [g.input("x", "float64", ["n", 2]), g.input("y", "float64", ["n"])];
    const loss = total(g.mul(g.stopGradient(g.square(x)), x));
    for (const lead of [2, "k"]) {
      const cotangents = g.input("c", "float64", [lead]);
      const [dx, dy] = g.batchedPullback([loss], [cotangents], [x, y]);
      const feeds = { x: value([1, 2], [2, -3]), y: value([1], [5]), c: value([2], [1, -2]) };
      expect(evaluated(dx!, feeds)).toEqual(value([2, 1, 2], [4, 9, -8, -18]));
      expect(evaluated(dy!, feeds)).toEqual(value([2, 1], [0, 0]));
    }
  });

  it("keep the layer of what they are pulled back through", () => {
    const x = g.input("x", "float32", [3]);
    const y = g.layer("trunk", () => g.layer("1", () => g.tanh(x)));
    const [d] = g.batchedPullback([y], [g.input("c", "float32", [2, 3])], [x]);
    expect(g.dump({ d: d! })).toMatch(/ = mul .*# trunk\.1/);
  });

  it.each([
    ["rows and cotangents of known number", 6, 3],
    ["rows of a number that is not known", "rows", 3],
    ["cotangents of a number that is not known", 6, "k"],
    ["neither number known", "rows", "k"],
  ] as const)("are right with %s, in ONNX Runtime too", async (_, rows, lead) => {
    const { trunk, shared, head, inputs: all } = perceptron(rows, 2);
    const wrt = [...shared, head];
    const cotangents = g.input("cotangents", "float32", [lead, rows, 4]);
    const given: TensorValue = {
      dtype: "float32",
      shape: [3, 6, 4],
      data: Float32Array.from({ length: 72 }, (__, i) => Math.cos(i)),
    };
    const feeds = { ...inputs(6, 2), cotangents: given };
    const pulled = named(g.batchedPullback([trunk], [cotangents], wrt));
    const { ort, reference } = await bothWays(pulled, [...all, cotangents], feeds);
    const single = named(g.pullback([trunk], [g.input("one", "float32", [rows, 4])], wrt));
    for (let k = 0; k < 3; k++) {
      const one = {
        dtype: "float32",
        shape: [6, 4],
        data: given.data.slice(k * 24, (k + 1) * 24),
      } as TensorValue;
      const expected = g.evaluate(single, { ...feeds, one });
      for (const [name, { shape, data }] of Object.entries(expected)) {
        for (const found of [ort[name]!, reference[name]!]) {
          const row = {
            dtype: "float32",
            shape,
            data: found.data.slice(k * data.length, (k + 1) * data.length),
          };
          expect(difference(row as TensorValue, expected[name]!, 2e-6)).toBeUndefined();
        }
      }
    }
  });

  it("may be none at all", () => {
    const { trunk, shared } = perceptron(6, 2);
    const pulled = g.batchedPullback([trunk], [g.input("cotangents", "float32", [0, 6, 4])], shared);
    const none: TensorValue = { dtype: "float32", shape: [0, 6, 4], data: new Float32Array() };
    const found = g.evaluate(named(pulled), { ...inputs(6, 2), cotangents: none });
    expect(Object.values(found).map(({ shape }) => shape)).toEqual(shared.map(({ shape }) => [0, ...shape]));
  });

  it("give zeros for a batch of no rows, in ONNX Runtime too", async () => {
    const { trunk, shared, inputs: all } = perceptron("rows", 2);
    const cotangents = g.input("cotangents", "float32", [3, "rows", 4]);
    const none: TensorValue = { dtype: "float32", shape: [3, 0, 4], data: new Float32Array() };
    const pulled = named(g.batchedPullback([trunk], [cotangents], shared));
    const { ort } = await bothWays(pulled, [...all, cotangents], { ...inputs(0, 2), cotangents: none });
    for (const { data } of Object.values(ort))
      expect(Array.from(data, Number).every((d) => d === 0)).toBe(true);
  });
});

const named = (tensors: readonly Tensor[]): Record<string, Tensor> =>
  Object.fromEntries(tensors.map((tensor, i) => [`y${i}`, tensor]));
