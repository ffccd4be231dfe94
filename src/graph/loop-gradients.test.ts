import { describe, expect, it } from "vitest";
import { type Values, bothWays, centralDifferences, difference } from "./checks.contract.js";
import * as g from "./index.js";
import type { DType, Tensor, TensorValue } from "./tensor.js";
import { order } from "./traversal.js";

const value = (shape: readonly number[], data: readonly number[]): TensorValue => ({
  dtype: "float64",
  shape,
  data: Float64Array.from(data),
});

const count = (trips: number): TensorValue => ({
  dtype: "int64",
  shape: [],
  data: BigInt64Array.of(BigInt(trips)),
});

/** The same values in single precision. */
const single = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, from]) => [
      name,
      from.dtype === "float64"
        ? { dtype: "float32" as const, shape: from.shape, data: Float32Array.from(from.data as Float64Array) }
        : from,
    ]),
  );

const total = (x: Tensor): Tensor =>
  g.reduceSum(
    x,
    x.shape.map((_, axis) => axis),
  );

type Network = (dtype: DType, trips: Tensor) => { readonly inputs: readonly Tensor[]; readonly loss: Tensor };

/** x ← tanh(x·W + b·i) for so many trips; the loss has the last x, and the mean square of every x on the way. */
const recurrent: Network = (dtype, trips) => {
  const [x, w, b] = [
    g.input("x", dtype, ["n", 3]),
    g.input("w", dtype, [3, 3]),
    g.input("b", dtype, [3]),
  ] as const;
  const { carried, scans } = g.loop({
    trips,
    carried: [x],
    body(i, [state]) {
      const next = g.tanh(g.add(g.matmul(state!, w), g.mul(b, g.cast(i, dtype))));
      return { carried: [next], scans: [g.reduceMean(g.square(next), [0, 1]), state!] };
    },
  });
  const path = g.reduceSum(g.mul(scans[0]!, scans[0]!), [0]);
  return {
    inputs: [x, w, b],
    loss: g.add(total(g.mul(carried[0]!, x)), g.add(path, total(g.square(scans[1]!)))),
  };
};

function unrolled(dtype: DType, trips: number): ReturnType<Network> {
  const [x, w, b] = [
    g.input("x", dtype, ["n", 3]),
    g.input("w", dtype, [3, 3]),
    g.input("b", dtype, [3]),
  ] as const;
  let state: Tensor = x;
  let sum = g.scalar(0, dtype);
  for (let i = 0; i < trips; i++) {
    const next = g.tanh(g.add(g.matmul(state, w), g.mul(b, g.scalar(i, dtype))));
    sum = g.add(sum, g.add(g.square(g.reduceMean(g.square(next), [0, 1])), total(g.square(state))));
    state = next;
  }
  return { inputs: [x, w, b], loss: g.add(total(g.mul(state, x)), sum) };
}

const FEEDS: Values = {
  x: value([2, 3], [0.3, -0.7, 1.1, 0.2, 0.9, -0.4]),
  w: value([3, 3], [0.5, -0.2, 0.3, 0.8, 0.1, -0.6, 0.4, 0.7, -0.9]),
  b: value([3], [0.1, -0.3, 0.2]),
};

const outputs = (tensors: readonly Tensor[]): Record<string, Tensor> =>
  Object.fromEntries(tensors.map((tensor, i) => [`d${i}`, tensor]));

/** Gradients of a loss in float64 against central differences. */
function expectExact(loss: Tensor, inputs: readonly Tensor[], feeds: Values, tolerance = 1e-8): void {
  const found = g.evaluate(outputs(g.gradients(loss, inputs)), feeds);
  inputs.forEach(({ node }, i) => {
    const exact = centralDifferences(loss, feeds, String(node.attributes["name"]));
    expect(difference(found[`d${i}`]!, exact, tolerance)).toBeUndefined();
  });
}

/** PyTorch 2.15, autograd with create_graph through three steps written out. */
const PEER: Values = {
  loss: value([], [0.4681990631654916]),
  d0: value([], [-0.05474859875124845]),
  d1: value([2], [-0.024184135490489898, 0.08825796564208627]),
  d2: value(
    [4, 2],
    [
      -0.09903413105945587, -0.28196988362355446, -0.023800346167551622, -0.07552280540256687,
      -0.08834626110470861, -0.25864994222150195, -0.016039748972059824, -0.052710138259620856,
    ],
  ),
};

describe("gradients through a loop", () => {
  it.each([0, 1, 4])("are those of the unrolled graph, %i trips known or not", (trips) => {
    const exact = unrolled("float64", trips);
    const expected = g.evaluate(outputs(g.gradients(exact.loss, exact.inputs)), FEEDS);
    for (const given of [g.scalar(trips, "int64"), g.input("trips", "int64", [])]) {
      const { loss, inputs } = recurrent("float64", given);
      const feeds = { ...FEEDS, trips: count(trips) };
      const found = g.evaluate(outputs(g.gradients(loss, inputs)), feeds);
      for (const name of Object.keys(expected))
        expect(difference(found[name]!, expected[name]!, 1e-13)).toBeUndefined();
      expectExact(loss, inputs, feeds);
    }
  });

  it.each([0, 3])("are the same in ONNX Runtime, %i trips", async (trips) => {
    const given = g.input("trips", "int64", []);
    const { loss, inputs } = recurrent("float32", given);
    const { ort, reference } = await bothWays(
      { ...outputs(g.gradients(loss, inputs)), loss },
      [...inputs, given],
      { ...single(FEEDS), trips: count(trips) },
    );
    for (const name of Object.keys(reference))
      expect(difference(ort[name]!, reference[name]!, 1e-5)).toBeUndefined();
  });

  it("are zeros for what only the body uses when there are no trips", () => {
    const { loss, inputs } = recurrent("float64", g.scalar(-2, "int64"));
    const found = g.evaluate(outputs(g.gradients(loss, inputs)), FEEDS);
    expect(found["d1"]!).toEqual(
      value(
        [3, 3],
        Array.from({ length: 9 }, () => 0),
      ),
    );
    expect(found["d2"]!).toEqual(value([3], [0, 0, 0]));
    const x = Array.from(FEEDS["x"]!.data, Number);
    expect(found["d0"]!.data).toEqual(Float64Array.from(x, (element) => 2 * element)); // of x·x
  });

  it("go through loops in loops, to what the inner body takes from each level", () => {
    const [x, y, z] = ["x", "y", "z"].map((name) => g.input(name, "float64", [2])) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const outer = g.loop({
      trips: g.scalar(3, "int64"),
      carried: [x],
      body(i, [state]) {
        const step = g.mul(y, g.cast(g.add(i, g.scalar(1, "int64")), "float64"));
        const inner = g.loop({
          trips: g.add(i, g.scalar(1, "int64")),
          carried: [state!],
          body: (j, [c]) => ({
            carried: [g.sin(g.add(g.mul(c!, step), g.mul(z, g.add(state!, g.cast(j, "float64")))))],
            scans: [g.mul(c!, z)],
          }),
        });
        return { carried: inner.carried, scans: [g.reduceSum(g.square(inner.scans[0]!), [0])] };
      },
    });
    const loss = g.add(total(outer.carried[0]!), total(g.mul(outer.scans[0]!, outer.scans[0]!)));
    const feeds = { x: value([2], [0.3, -0.5]), y: value([2], [0.7, 0.2]), z: value([2], [-0.4, 0.6]) };
    expectExact(loss, [x, y, z], feeds);
  });

  it("of gradients are second derivatives", () => {
    const x = g.input("x", "float64", [2]);
    const w = g.input("w", "float64", [2]);
    const { carried } = g.loop({
      trips: g.input("trips", "int64", []),
      carried: [x],
      body: (_, [c]) => ({ carried: [g.tanh(g.mul(g.add(c!, x), w))] }),
    });
    const first = g.gradients(total(carried[0]!), [x, w]);
    const loss = g.add(total(g.square(first[0]!)), total(g.mul(first[1]!, w)));
    expectExact(loss, [x, w], { x: value([2], [0.4, -0.8]), w: value([2], [0.9, 1.3]), trips: count(3) });
  });

  it("differentiate an optimisation: with respect to its learning rate and where it starts", async () => {
    const build = (dtype: DType) => {
      const [rate, start, data] = [
        g.input("rate", dtype, []),
        g.input("start", dtype, [2]),
        g.input("data", dtype, [4, 2]),
      ] as const;
      const fit = (p: Tensor): Tensor =>
        g.reduceMean(g.softplus(g.neg(g.reduceSum(g.mul(data, g.mul(p, p)), [1]))), [0]);
      const { carried } = g.loop({
        trips: g.scalar(3, "int64"),
        carried: [start],
        body(_, [p]) {
          const [slope] = g.gradients(fit(p!), [p!]);
          return { carried: [g.sub(p!, g.mul(rate, slope!))] };
        },
      });
      return { inputs: [rate, start, data], loss: fit(carried[0]!) };
    };
    const feeds: Values = {
      rate: value([], [0.4]),
      start: value([2], [0.8, -1.1]),
      data: value([4, 2], [1, -0.5, 0.3, 0.8, -1.2, 0.4, 0.6, 0.9]),
    };
    const { loss, inputs } = build("float64");
    expectExact(loss, inputs, feeds);
    const found = g.evaluate({ ...outputs(g.gradients(loss, inputs)), loss }, feeds);
    for (const [name, expected] of Object.entries(PEER))
      expect(difference(found[name]!, expected, 1e-14)).toBeUndefined();
    const same = build("float32");
    const { ort, reference } = await bothWays(
      outputs(g.gradients(same.loss, same.inputs)),
      same.inputs,
      single(feeds),
    );
    for (const name of Object.keys(reference))
      expect(difference(ort[name]!, reference[name]!, 1e-5)).toBeUndefined();
  });

  it("leave whole numbers and stopped tensors alone", () => {
    const x = g.input("x", "float64", [2]);
    const { carried, scans } = g.loop({
      trips: g.scalar(3, "int64"),
      carried: [x, g.scalar(1, "int64"), g.scalar(0, "float64")],
      body: (i, [c, n, sum]) => ({
        carried: [
          g.mul(c!, g.stopGradient(g.add(c!, g.cast(n!, "float64")))),
          g.add(n!, i),
          g.add(sum!, g.reduceSum(g.stopGradient(c!), [0])),
        ],
        scans: [n!],
      }),
    });
    expect(scans[0]!.dtype).toBe("int64");
    const feeds = { x: value([2], [0.5, 2]) };
    const [d, none] = [g.gradients(total(carried[0]!), [x])[0]!, g.gradients(g.square(carried[2]!), [x])[0]!];
    let [state, slope, n] = [[0.5, 2], [1, 1], 1];
    for (let i = 0; i < 3; i++) {
      slope = slope.map((s, k) => s * (state[k]! + n));
      state = state.map((c) => c * (c + n));
      n += i;
    }
    const found = g.evaluate({ d, none }, feeds);
    expect(difference(found["d"]!, value([2], slope), 1e-13)).toBeUndefined();
    expect(found["none"]).toEqual(value([2], [0, 0]));
  });

  it("find a path that only the body uses", () => {
    const x = g.input("x", "float64", []);
    const { carried } = g.loop({
      trips: g.scalar(4, "int64"),
      carried: [g.scalar(1, "float64")],
      body: (_, [c]) => ({ carried: [g.mul(c!, x)] }),
    });
    const [d] = g.gradients(carried[0]!, [x]);
    expect(g.evaluate({ d: d! }, { x: value([], [1.5]) })["d"]!.data).toEqual(Float64Array.of(4 * 1.5 ** 3));
  });

  it("stack only what the way back reads", () => {
    const [x, fixed] = [g.input("x", "float64", [2]), g.input("fixed", "float64", [2])];
    const { carried } = g.loop({
      trips: g.scalar(4, "int64"),
      carried: [x, fixed, g.scalar(0, "float64")],
      body: (_, [c, same, n]) => ({
        carried: [g.mul(g.exp(c!), same!), same!, g.add(n!, g.scalar(1, "float64"))],
      }),
    });
    const [d] = g.gradients(total(carried[0]!), [x]);
    const loops = order([d!]).filter(({ op }) => op === "loop");
    const stacks = loops.map(({ outputs: made, attributes }) => made.length - Number(attributes["carried"]));
    expect(stacks).toEqual([1, 0]);
  });

  it("come for several cotangents at once", async () => {
    const trips = g.input("trips", "int64", []);
    const { inputs } = recurrent("float32", trips);
    const [x, w, b] = inputs as [Tensor, Tensor, Tensor];
    const { carried, scans } = g.loop({
      trips,
      carried: [x],
      body: (_, [c]) => ({ carried: [g.tanh(g.add(g.matmul(c!, w), b))], scans: [g.reduceMean(c!, [0])] }),
    });
    const values = g.add(g.reduceMean(carried[0]!, [0]), g.reduceSum(scans[0]!, [0]));
    const rows = g.jacobian(values, [x, w, b]);
    const split = g.split(values, [1, 1, 1], 0).map((one) => g.reshape(one, []));
    const alone = split.map((one) => g.gradients(one, [x, w, b]));
    const feeds = { ...single(FEEDS), trips: count(3) };
    const { ort, reference } = await bothWays(outputs(rows), [x, w, b, trips], feeds);
    rows.forEach((_, i) => {
      const stacked = g.evaluate(
        {
          y: g.stack(
            alone.map((one) => one[i]!),
            0,
          ),
        },
        feeds,
      )["y"]!;
      expect(difference(reference[`d${i}`]!, stacked, 1e-6)).toBeUndefined();
      expect(difference(ort[`d${i}`]!, stacked, 1e-5)).toBeUndefined();
    });
  });
});
