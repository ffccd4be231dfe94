import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import { bothWays, centralDifferences, difference, drawn, type Values } from "./checks.contract.js";
import { add, constant, evaluate, gradients, input, mul, reduceSum } from "./index.js";
import { type OpCase, SIZES } from "./case-builders.contract.js";
import { COMPOSITE_CASES } from "./composite-cases.contract.js";
import * as composites from "./composites/index.js";
import { OP_CASES } from "./op-cases.contract.js";
import { OPS } from "./registry.js";
import type { Tensor } from "./tensor.js";

const FLOAT32 = 2e-6; // some units in the last place of 2⁻²⁴: approximations of exp and tanh, order of summation
const FLOAT64 = 1e-7; // what central differences with h = 1e-5 leave, with room for cancellation

function traced(one: OpCase, float: "float32" | "float64", name: string) {
  const random = seededRandom(1, name);
  const inputs = one.inputs.map(({ shape, dtype = "float" }, i) =>
    input(`x${i}`, dtype === "float" ? float : dtype, shape),
  );
  const feeds: Values = Object.fromEntries(
    one.inputs.map((each, i) => [`x${i}`, drawn(each, float, random)]),
  );
  const built = one.build(inputs);
  const outputs: readonly Tensor[] = Array.isArray(built) ? built : [built];
  return { inputs, feeds, outputs, random };
}

/** A scalar of all float outputs; weighted so that each element counts differently, or plain so that cotangents are constant. */
function lossOf(outputs: readonly Tensor[], weighted: boolean): Tensor | undefined {
  const sums = outputs
    .filter(({ dtype }) => dtype === "float64" || dtype === "float32")
    .map((y) => {
      const last = y.shape.at(-1);
      const size = typeof last === "number" ? last : 1;
      const from = Array.from({ length: size }, (_, i) => 0.5 + ((i * 7 + 3) % 5));
      const data = y.dtype === "float64" ? Float64Array.from(from) : Float32Array.from(from);
      const shape = y.shape.length === 0 ? [] : [size];
      const axes = y.shape.map((_, axis) => axis);
      return reduceSum(weighted ? mul(mul(y, y), constant({ dtype: y.dtype, shape, data })) : y, axes);
    });
  return sums.length === 0 ? undefined : sums.reduce((a, b) => add(a, b));
}

const cases = Object.entries({ ...OP_CASES, ...COMPOSITE_CASES }).flatMap(([slug, list]) =>
  list.map((one, i) => ({ title: `${slug} of ${one.name}`, id: `${slug}/${i}`, slug, one })),
);

describe("the operations", () => {
  it("all have cases, and all cases an operation", () => {
    expect(Object.keys(OP_CASES).sort()).toEqual([...OPS.keys()].sort());
    expect(Object.values(OP_CASES).filter((list) => list.length === 0)).toEqual([]);
  });

  it("and the functions made of them have cases too", () => {
    expect(Object.keys(COMPOSITE_CASES).sort()).toEqual(Object.keys(composites).sort());
    expect(Object.values(COMPOSITE_CASES).filter((list) => list.length === 0)).toEqual([]);
  });

  it("either have a gradient rule or say why not", () => {
    const unclear = [...OPS.values()].filter(
      ({ vjp, differentiable }) => (vjp === undefined) === (differentiable === undefined),
    );
    expect(unclear.map(({ slug }) => slug)).toEqual([]);
  });

  it.each(cases)(
    "$title: ONNX Runtime and the reference agree, in the shape of the rule",
    async ({ id, slug, one }) => {
      const { inputs, feeds, outputs } = traced(one, "float32", id);
      const named = Object.fromEntries(outputs.map((y, i) => [`y${i}`, y]));
      const { ort, reference } = await bothWays(named, inputs, feeds);
      expect(outputs.some(({ node }) => node.op === slug) || Object.hasOwn(COMPOSITE_CASES, slug)).toBe(true);
      outputs.forEach(({ shape, dtype }, i) => {
        const real = ort[`y${i}`]!;
        expect(difference(real, reference[`y${i}`]!, FLOAT32)).toBeUndefined();
        expect(real.dtype).toBe(dtype);
        expect(real.shape.length).toBe(shape.length);
        shape.forEach((dim, axis) => {
          const size = typeof dim === "number" ? dim : SIZES[dim];
          if (size !== undefined) expect(real.shape[axis]).toBe(size);
        });
      });
    },
  );
});

const smooth = cases.filter(({ id, slug, one }) => {
  if (one.gradient === false || OPS.get(slug)?.differentiable !== undefined) return false;
  const { inputs, outputs } = traced(one, "float64", id);
  return lossOf(outputs, false) !== undefined && inputs.some(({ dtype }) => dtype === "float64");
});

describe("the gradient of", () => {
  for (const weighted of [true, false]) {
    it.each(smooth)(
      `$title agrees with central differences (${weighted ? "weighted" : "plain"} sum)`,
      ({ id, one }) => {
        const { inputs, feeds, outputs } = traced(one, "float64", id);
        const loss = lossOf(outputs, weighted)!;
        const wrt = inputs.filter(({ dtype }) => dtype === "float64");
        const found = gradients(loss, wrt);
        wrt.forEach((x, k) => {
          const name = String(x.node.attributes["name"]);
          expect(found[k]!.shape).toEqual(x.shape);
          const exact = centralDifferences(loss, feeds, name);
          expect(difference(evaluateOne(found[k]!, feeds), exact, FLOAT64)).toBeUndefined();
        });
      },
    );
  }

  it.each(smooth)("$title is the same in ONNX Runtime", async ({ id, one }) => {
    const { inputs, feeds, outputs } = traced(one, "float32", id);
    const loss = lossOf(outputs, true);
    const wrt = inputs.filter(({ dtype }) => dtype === "float32");
    const found = loss && loss.dtype === "float32" ? gradients(loss, wrt) : [];
    const named = Object.fromEntries(found.map((d, i) => [`d${i}`, d]));
    const { ort, reference } = await bothWays(
      { ...named, ...Object.fromEntries(outputs.map((y, i) => [`y${i}`, y])) },
      inputs,
      feeds,
    );
    for (const name of Object.keys(ort))
      expect(difference(ort[name]!, reference[name]!, 1e-5)).toBeUndefined(); // sums of squares: more rounding
  });
});

function evaluateOne(tensor: Tensor, feeds: Values) {
  return evaluate({ tensor }, feeds)["tensor"]!;
}
