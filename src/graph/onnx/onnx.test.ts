import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../../base/errors.js";
import { runOnnx } from "../checks.contract.js";
import * as g from "../index.js";
import { decodeModel } from "./schema.js";

const f32 = (...data: number[]) =>
  ({ dtype: "float32", shape: [data.length], data: Float32Array.from(data) }) as const;

describe("names in an ONNX file", () => {
  it("may be any text, spaces, other scripts and our own prefix included", async () => {
    const names = [
      "largeur (m²)",
      " ",
      "体重",
      "kindred/0",
      "kindred/_/1",
      'a "quote"',
      "0",
      "/",
      "\\n",
      "__proto__x",
    ];
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(names, { minLength: 4, maxLength: 4 }), async ([a, b, c, d]) => {
        const [x, y] = [g.input(a!, "float32", [2]), g.input(b!, "float32", [2])];
        const outputs = { [c!]: g.exp(g.add(x, y)), [d!]: g.exp(g.add(x, y)) };
        const found = await runOnnx(g.toOnnx({ name: "names", inputs: [x, y], outputs }), {
          [a!]: f32(1, 2),
          [b!]: f32(-1, -1),
        });
        expect(found[c!]!.data).toEqual(found[d!]!.data);
        expect((found[c!]!.data as Float32Array)[0]).toBe(1);
      }),
      { seed: 1, numRuns: 20 },
    );
  });

  it("must be distinct and not empty", () => {
    const x = g.input("x", "float32", [1]);
    expect(() => g.toOnnx({ name: "t", outputs: { x: g.neg(x) } })).toThrow(
      'onnx: names must be distinct over inputs and outputs, got "x" twice. Rename one of them.',
    );
    expect(() => g.toOnnx({ name: "t", outputs: { y: g.add(x, g.input("x", "float32", [1])) } })).toThrow(
      '"x" twice',
    );
    expect(() => g.toOnnx({ name: "t", outputs: { "": g.neg(x) } })).toThrow(
      'onnx: name must be not empty, got "".',
    );
  });
});

describe("an ONNX file", () => {
  it("says of itself what it was written with", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 12 });
    const dim = fc.oneof(fc.nat(9), fc.constantFrom("batch", "lignes lues"));
    const dtype = fc.constantFrom("float32", "float64", "int32", "int64", "bool", "string");
    const ports = fc.uniqueArray(
      fc.record({ name: text.filter((s) => s !== ""), dtype, shape: fc.array(dim, { maxLength: 3 }) }),
      {
        selector: ({ name }) => name,
        minLength: 1,
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(ports, fc.dictionary(text, text), (described, metadata) => {
        const inputs = described.map(({ name, dtype, shape }) => g.input(name, dtype, shape));
        const outputs = Object.fromEntries(inputs.map((x, i) => [`${i} → ${described[0]!.name}`, x]));
        const distinct = new Set([...described.map(({ name }) => name), ...Object.keys(outputs)]);
        fc.pre(distinct.size === 2 * described.length);
        const read = g.readOnnx(g.toOnnx({ name: "t", inputs, outputs, metadata, doc: "a doc" }));
        expect(read.inputs).toEqual(described);
        expect(read.outputs).toEqual(
          described.map((port, i) => ({ ...port, name: Object.keys(outputs)[i] })),
        );
        expect(Object.entries(read.metadata)).toEqual(Object.entries(metadata));
        expect(read).toMatchObject({ irVersion: 8, opset: 17, producer: "kindred" });
      }),
      { seed: 2, numRuns: 60 },
    );
  });

  it("keeps unused inputs and gives inputs, constants and one tensor twice as outputs", async () => {
    const [x, unused] = [g.input("x", "float32", ["n"]), g.input("unused", "float32", [1])];
    const y = g.neg(x);
    const model = g.toOnnx({ name: "t", inputs: [unused, x], outputs: { a: y, b: y, c: x, d: g.scalar(2) } });
    expect(g.readOnnx(model).inputs.map(({ name }) => name)).toEqual(["unused", "x"]);
    const found = await runOnnx(model, { x: f32(1, 2), unused: f32(0) });
    expect([found["a"], found["b"], found["c"]]).toEqual([f32(-1, -2), f32(-1, -2), f32(1, 2)]);
    expect(found["d"]!.data).toEqual(Float32Array.of(2));
  });

  it("holds equal operations and constants once, and only what is needed", () => {
    const x = g.input("x", "float32", [3]);
    const build = () => g.mul(g.exp(g.sub(x, g.scalar(1))), g.scalar(2));
    g.log(x);
    const { graph } = decodeModel(g.toOnnx({ name: "t", outputs: { y: g.add(build(), build()) } }));
    expect(graph!.node.map(({ opType }) => opType)).toEqual(["Sub", "Exp", "Mul", "Add"]);
    expect(graph!.initializer.length).toBe(2);
  });

  it("keeps clips apart that differ only in what JSON cannot write", () => {
    const x = g.input("x", "float32", [3]);
    const y = g.add(g.clip(x, Number.NEGATIVE_INFINITY, 1), g.clip(x, Number.NaN, 1));
    const { graph } = decodeModel(g.toOnnx({ name: "t", outputs: { y } }));
    expect(graph!.node.map(({ opType }) => opType)).toEqual(["Clip", "Clip", "Add"]);
  });

  it("holds matrix products in the form that ONNX Runtime fuses", () => {
    const [a, b, c] = [
      g.input("a", "float32", [2, 3]),
      g.input("b", "float32", [3, 4]),
      g.input("c", "float32", [5, 2, 3]),
    ];
    const types = (y: g.Tensor) =>
      decodeModel(g.toOnnx({ name: "t", outputs: { y } })).graph!.node.map(({ opType }) => opType);
    expect(types(g.matmul(a, b))).toEqual(["MatMul"]);
    expect(types(g.matmul(a, a, { transposeB: true }))).toEqual(["Gemm"]);
    expect(types(g.matmul(c, c, { transposeB: true }))).toEqual(["Transpose", "MatMul"]);
  });

  it("names the operator set of labels only when it uses it, in a loop too", () => {
    const x = g.input("x", "string", [2]);
    const encoded = g.labelEncode(x, ["a"], 1);
    const domains = (y: g.Tensor) =>
      decodeModel(g.toOnnx({ name: "t", outputs: { y } })).opsetImport.map(({ domain }) => domain);
    expect(domains(g.add(encoded, encoded))).toEqual(["", "ai.onnx.ml"]);
    expect(domains(g.input("z", "float32", [1]))).toEqual([""]);
    const inner = g.loop({
      trips: g.scalar(2, "int64"),
      carried: [x],
      body: (_, [c]) => ({ carried: [c!], scans: [g.labelEncode(c!, ["a"], 1)] }),
    });
    expect(domains(inner.scans[0]!)).toEqual(["", "ai.onnx.ml"]);
  });

  it("that is cut off, empty or something else is a DataError", () => {
    const x = g.input("x", "float32", [3]);
    const whole = g.toOnnx({ name: "t", outputs: { y: g.exp(x) } });
    const header = new TextEncoder().encode("PK a zip, or anything else");
    for (let length = 0; length < whole.length; length += 3)
      expect(() => g.readOnnx(whole.subarray(0, length))).toThrow(DataError);
    for (const bytes of [header, new Uint8Array(100).fill(255)])
      expect(() => g.readOnnx(bytes)).toThrow(DataError);
    expect(() => g.readOnnx(new Uint8Array())).toThrow(
      "onnx: the model must be a whole ONNX model, got 0 bytes of something else, or part of one. Give a run folder or the model.onnx inside one.",
    );
  });
});
