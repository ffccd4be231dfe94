import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import { type Values, drawn, runOnnx } from "./checks.contract.js";
import { COMPOSITE_CASES } from "./composite-cases.contract.js";
import * as g from "./index.js";
import { OP_CASES } from "./op-cases.contract.js";
import { decodeModel } from "./onnx/schema.js";
import { simplify } from "./simplify.js";
import type { Dim, Tensor, TensorValue } from "./tensor.js";
import { bodyPlan, order, subgraphs } from "./traversal.js";

const x = g.input("x", "float32", [2, 3]);
const rows = g.input("rows", "float32", ["n", 4]);
const whole = g.input("whole", "int64", [2]);
const truth = g.input("truth", "bool", [2]);

const simplified = (y: Tensor): Tensor => simplify({ y })["y"]!;

/** Operations of a graph in order, bodies included, without sources. */
const operations = (outputs: readonly Tensor[]): string[] => named(order(outputs));

function named(nodes: readonly Tensor["node"][]): string[] {
  return nodes.flatMap((node) => [
    ...(node.inputs.length === 0 ? [] : [node.op]),
    ...subgraphs(node.attributes).flatMap((body) => named(bodyPlan(body).nodes)),
  ]);
}

const left = (y: Tensor): string[] => operations([simplified(y)]);
const ones = g.constant({ dtype: "float32", shape: [3], data: Float32Array.of(1, 1, 1) });

describe("what changes nothing is left out", () => {
  it.each<[string, Tensor, Tensor]>([
    ["x · 1", g.mul(x, g.scalar(1)), x],
    ["1 · x", g.mul(ones, x), x],
    ["x / 1", g.div(x, g.scalar(1)), x],
    ["x − 0", g.sub(x, g.scalar(0)), x],
    ["x + (−0)", g.add(g.scalar(-0), x), x],
    ["a whole number + 0", g.add(whole, g.scalar(0, "int64")), whole],
    ["−−x", g.neg(g.neg(x)), x],
    ["not not x", g.not(g.not(truth)), truth],
    ["there and back through a wider type", g.cast(g.cast(x, "float64"), "float32"), x],
    ["transposed twice", g.transpose(g.transpose(x, [1, 0]), [1, 0]), x],
    ["there and back in shape", g.reshape(g.reshape(rows, [-1]), ["n", 4]), rows],
    ["a slice of all", g.slice(x, [0, -9], [2, 9], [0, 1]), x],
    ["a concatenation of one", g.concat([x], 0), x],
    ["a split into one", g.split(x, [3], 1)[0]!, x],
    ["expanded like itself", g.expandLike(rows, g.exp(rows)), rows],
    ["padding of nothing", g.pad(x, [0, 0], [0, 0]), x],
    ["a stop of gradients", g.stopGradient(x), x],
    ["all of it together", g.neg(g.mul(g.neg(g.sub(g.stopGradient(x), g.scalar(0))), g.scalar(1))), x],
  ])("%s", (_, y, expected) => {
    const found = simplified(y);
    expect([found.node, found.index]).toEqual([expected.node, expected.index]);
  });

  it.each<[string, Tensor, string[]]>([
    ["x + 0 turns −0 into 0", g.add(x, g.scalar(0)), ["add"]],
    ["x − (−0) too", g.sub(x, g.scalar(-0)), ["sub"]],
    ["0 · x is not 0 for infinities", g.mul(x, g.scalar(0)), ["mul"]],
    ["1 / x", g.div(g.scalar(1), x), ["div"]],
    [
      "a factor of 1 that makes x larger",
      g.mul(g.input("s", "float32", [3]), g.expand(g.scalar(1), [2, 3])),
      ["mul"],
    ],
    ["through a narrower type", g.cast(g.cast(x, "int32"), "float32"), ["cast", "cast"]],
    ["a slice along a symbolic size", g.slice(rows, [0], [3], [0]), ["slice"]],
    ["two reshapes to one", g.exp(g.reshape(g.reshape(rows, [-1]), ["n", 2, 2])), ["reshape", "exp"]],
    [
      "two transposes to one",
      g.transpose(g.transpose(g.reshape(x, [1, 2, 3]), [2, 0, 1]), [1, 0, 2]),
      ["reshape", "transpose"],
    ],
    ["a choice, whose −0 ONNX Runtime makes 0", g.where(g.greater(x, x), x, x), ["greater", "where"]],
    ["relu twice to once", g.relu(g.relu(x)), ["relu"]],
  ])("but what does, stays: %s", (_, y, expected) => {
    expect(left(y)).toEqual(expected);
  });

  it("in the layer it was made in", () => {
    const y = g.layer("head", () => g.exp(g.layer("inner", () => g.mul(x, g.scalar(1)))));
    expect([simplified(y).node.layer, simplified(y).node.inputs[0]]).toEqual(["head", x]);
    const text = Buffer.from(g.toOnnx({ name: "t", outputs: { y } })).toString("latin1");
    expect(text).toContain("head/Exp.");
  });
});

describe("constants are folded", () => {
  const table = (size: number): Tensor =>
    g.constant({ dtype: "float32", shape: [size], data: Float32Array.from({ length: size }, (_, i) => i) });

  it("when the result is exact", () => {
    const y = g.transpose(g.reshape(g.mul(g.add(table(6), g.scalar(0.1)), g.scalar(3)), [2, 3]), [1, 0]);
    const found = simplified(g.matmul(x, y)).node.inputs[1]!;
    expect(found.node.op).toBe("constant");
    expect(found.node.attributes["value"]).toEqual(g.evaluate({ y }, {})["y"]);
  });

  it("not when runtimes may round otherwise, nor when the machine decides", () => {
    for (const y of [g.exp(table(3)), g.reduceSum(table(3), [0]), g.tanh(table(3))])
      expect(operations([simplified(y)])).toHaveLength(1);
    const zero = g.scalar(0, "int64");
    expect(left(g.div(g.scalar(1, "int64"), zero))).toEqual(["div"]);
    expect(left(g.cast(g.scalar(3e9), "int32"))).toEqual(["cast"]);
    expect(left(g.cast(g.scalar(Number.NaN), "int64"))).toEqual(["cast"]);
    expect(left(g.mul(g.scalar(2 ** 40, "int64"), g.scalar(2 ** 40, "int64")))).toEqual(["mul"]);
  });

  it("not when the file would grow", () => {
    expect(left(g.expand(g.scalar(1), [16, 16]))).toEqual([]);
    expect(left(g.expand(g.scalar(1), [17, 16]))).toEqual(["expand"]);
    const big = g.expand(table(300), [2, 300]);
    expect(left(big)).toEqual(["expand"]);
    const turned = g.neg(table(300));
    expect(left(turned)).toEqual([]);
    const shared = table(300);
    expect(operations(Object.values(simplify({ a: g.neg(shared), b: g.exp(shared) })))).toContain("neg");
    expect(left(g.neg(table(70_000)))).toEqual(["neg"]);
  });

  it("to the bits that ONNX Runtime would compute", async () => {
    const shape: readonly Dim[] = [2, 3];
    const steps: readonly ((a: Tensor, b: Tensor) => Tensor)[] = [
      g.add,
      g.sub,
      g.mul,
      g.div,
      (a) => g.neg(g.abs(a)),
      (a) => g.square(a),
      (a) => g.floor(a),
      (a) => g.ceil(a),
      (a) => g.cast(g.cast(a, "float64"), "float32"),
      (a, b) => g.cast(g.not(g.and(g.greater(a, b), g.less(a, b))), "float32"),
      (a, b) =>
        g.cast(g.or(g.isNaN(a), g.equal(g.cast(g.less(a, b), "int32"), g.scalar(1, "int32"))), "float32"),
      (a) => g.reshape(g.transpose(g.slice(g.concat([a, a], 1), [1], [4], [1]), [1, 0]), [2, 3]),
      (a) => g.slice(g.pad(a, [1, 0], [0, 2]), [1, 1], [3, 4], [0, 1]),
    ];
    const float = fc.float({ noDefaultInfinity: false });
    const plan = fc.array(fc.tuple(fc.nat(steps.length - 1), fc.nat(9), fc.nat(9)), {
      minLength: 1,
      maxLength: 6,
    });
    const values = fc.tuple(...[0, 1].map(() => fc.array(float, { minLength: 6, maxLength: 6 })));
    const build = (
      sources: readonly Tensor[],
      chosen: readonly (readonly [number, number, number])[],
    ): Tensor =>
      chosen
        .reduce(
          (made, [op, a, b]) => [...made, steps[op]!(made[a % made.length]!, made[b % made.length]!)],
          [...sources],
        )
        .at(-1)!;
    await fc.assert(
      fc.asyncProperty(values, plan, async (data, chosen) => {
        const fixed = data.map((row): TensorValue => ({
          dtype: "float32",
          shape: [2, 3],
          data: Float32Array.from(row),
        }));
        const folded = build(fixed.map(g.constant), chosen);
        const sources = fixed.map((_, i) => g.input(`x${i}`, "float32", shape));
        const feeds: Values = Object.fromEntries(fixed.map((value, i) => [`x${i}`, value]));
        const asked = g.toOnnx({ name: "t", inputs: sources, outputs: { y: build(sources, chosen) } });
        expect(left(folded)).toEqual([]);
        const [a, b] = [
          await runOnnx(g.toOnnx({ name: "t", outputs: { y: folded } }), {}),
          await runOnnx(asked, feeds),
        ];
        expect(Array.from(a["y"]!.data, Number)).toEqual(Array.from(b["y"]!.data, Number));
      }),
      { seed: 7, numRuns: 150 },
    );
  });
});

describe("a part of a part", () => {
  const [pool, start] = [g.input("pool", "float32", [20, 2]), g.input("start", "int64", [])];
  const part = g.dynamicSlice(pool, start, 9);

  it("is taken at once where only the larger one has a start that is computed", () =>
    fc.assert(
      fc.property(fc.nat(11), fc.nat(8), fc.nat(9), (at, from, size) => {
        const y = g.slice(part, [from], [from + size], [0]);
        const found = simplified(y);
        expect(operations([found]).filter((op) => op !== "add")).toEqual(["dynamic-slice"]);
        const data = Float32Array.from({ length: 40 }, (_, i) => i);
        const feeds: Values = {
          pool: { dtype: "float32", shape: [20, 2], data },
          start: { dtype: "int64", shape: [], data: BigInt64Array.of(BigInt(at)) },
        };
        expect(g.evaluate({ y: found }, feeds)).toEqual(g.evaluate({ y }, feeds));
      }),
    ));

  it("is not where it lies along another axis or is counted from the end", () => {
    expect(left(g.slice(part, [0], [1], [1]))).toEqual(["dynamic-slice", "slice"]);
    expect(left(g.slice(part, [-3], [9], [0]))).toEqual(["dynamic-slice", "slice"]);
  });
});

describe("loops", () => {
  const trips = g.input("trips", "int64", []);
  const start = g.input("start", "float32", []);
  const other = g.input("other", "float32", []);

  it("neither carry nor stack what nothing needs", () => {
    const result = g.loop({
      trips,
      carried: [start, other, start],
      body: (_, [a, b, c]) => ({
        carried: [g.sin(a!), g.cos(g.add(b!, c!)), g.tanh(c!)],
        scans: [g.exp(a!), g.log(b!), g.erf(c!)],
      }),
    });
    const loopOf = (y: Tensor): Tensor["node"] => simplified(y).node;
    expect(operations([loopResult(loopOf(result.carried[0]!))])).toEqual(["loop", "sin"]);
    expect(operations([loopResult(loopOf(result.scans[2]!))])).toEqual(["loop", "tanh", "erf"]);
    expect(operations([loopResult(loopOf(result.scans[1]!))]).sort()).toEqual([
      "add",
      "cos",
      "log",
      "loop",
      "tanh",
    ]);
    expect(loopOf(result.scans[2]!).inputs).toEqual([trips, start]);
    const { graph } = decodeModel(g.toOnnx({ name: "t", outputs: { y: result.carried[0]! } }));
    expect(graph!.input.map(({ name }) => name)).toEqual(["trips", "start"]);
    expect(graph!.node[0]!.output).toEqual(["y"]);
    const body = graph!.node[0]!.attribute[0]!.g!;
    expect(body.node.map(({ opType }) => opType)).toEqual(["Sin", "Identity"]);
  });

  it("inside loops are looked through as well", () => {
    const { carried } = g.loop({
      trips,
      carried: [start],
      body: (_, [a]) => {
        const inner = g.loop({
          trips,
          carried: [a!, other],
          body: (_i, [c, d]) => ({ carried: [g.sin(g.mul(c!, g.scalar(1))), g.cos(d!)], scans: [g.exp(c!)] }),
        });
        return { carried: [inner.carried[0]!] };
      },
    });
    expect(left(carried[0]!)).toEqual(["loop", "loop", "sin"]);
  });

  it("compute outside what is handed on unchanged", async () => {
    const { carried } = g.loop({
      trips,
      carried: [start, other],
      body: (_, [a, fixed]) => ({ carried: [g.add(a!, g.exp(fixed!)), fixed!] }),
    });
    const outputs = { y: carried[0]!, same: carried[1]! };
    const found = simplify(outputs);
    expect(found["same"]).toBe(other);
    expect(operations(Object.values(found))).toEqual(["exp", "loop", "add"]);
    const feeds: Values = {
      trips: { dtype: "int64", shape: [], data: BigInt64Array.of(3n) },
      start: { dtype: "float32", shape: [], data: Float32Array.of(1) },
      other: { dtype: "float32", shape: [], data: Float32Array.of(0) },
    };
    expect(g.evaluate(found, feeds)).toEqual(g.evaluate(outputs, feeds));
    const ort = await runOnnx(g.toOnnx({ name: "t", outputs }), feeds);
    expect([ort["y"]!.data[0], ort["same"]!.data[0]]).toEqual([4, 0]);
  });

  it("keep what changes places", () => {
    const { carried } = g.loop({
      trips,
      carried: [start, other],
      body: (_, [a, b]) => ({ carried: [b!, a!] }),
    });
    expect(simplified(carried[0]!).node.inputs).toEqual([trips, start, other]);
  });
});

const loopResult = (node: Tensor["node"]): Tensor => ({ node, index: 0, ...node.outputs[0]! });

describe("a simplified graph", () => {
  const cases = Object.entries({ ...OP_CASES, ...COMPOSITE_CASES }).flatMap(([slug, list]) =>
    list.map((one, i) => ({ title: `${slug} of ${one.name}`, id: `${slug}/${i}`, one })),
  );

  it.each(cases)("has the same values, bit for bit: $title", ({ id, one }) => {
    const random = seededRandom(1, id);
    const values = one.inputs.map((each) => drawn(each, "float32", random));
    const fixed = (i: number): boolean =>
      i === 0 && one.inputs[i]!.shape.every((dim) => typeof dim === "number");
    const sources = values.map((value, i) =>
      fixed(i) ? g.constant(value) : g.input(`x${i}`, value.dtype, one.inputs[i]!.shape),
    );
    const outputs = Object.fromEntries([one.build(sources)].flat().map((y, i) => [`y${i}`, y]));
    const feeds: Values = Object.fromEntries(values.map((value, i) => [`x${i}`, value]));
    const found = simplify(outputs);
    expect(g.evaluate(found, feeds)).toEqual(g.evaluate(outputs, feeds));
    for (const [name, { shape, dtype }] of Object.entries(outputs))
      expect([found[name]!.shape, found[name]!.dtype]).toEqual([shape, dtype]);
    expect(operations(Object.values(found)).length).toBeLessThanOrEqual(
      operations(Object.values(outputs)).length,
    );
  });

  it("is always the same, and cannot be simplified further", () => {
    const y = g.neg(
      g.neg(g.matmul(g.mul(x, g.scalar(1)), g.transpose(g.expand(g.scalar(2), [4, 3]), [1, 0]))),
    );
    const once = simplify({ y });
    expect(g.dump(simplify({ y }))).toBe(g.dump(once));
    expect(g.dump(simplify(once))).toBe(g.dump(once));
  });
});
