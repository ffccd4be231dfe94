import { describe, expect, it } from "vitest";
import { ShapeError } from "../base/errors.js";
import { type Random, seededRandom } from "../base/random.js";
import type { Image } from "./batching/image.js";
import { rebuild } from "./batching/rebuild.js";
import { type CaseInput, type OpCase } from "./case-builders.contract.js";
import { type Values, bothWays, difference, drawn } from "./checks.contract.js";
import { COMPOSITE_CASES } from "./composite-cases.contract.js";
import { batchedPullback, evaluate, input, pullback } from "./index.js";
import { OP_CASES } from "./op-cases.contract.js";
import { isFloat, product } from "./shape.js";
import type { Dim, Tensor, TensorValue } from "./tensor.js";

const EXACT = 1e-12; // float64: only the order of sums differs

/** Operations that do some cotangents one by one. */
const NUMBERED = ["conv", "conv1d", "conv2d", "conv-transpose", "max-pool", "averagePool", "scatter-rows"];

function attempt<T>(make: () => T): T | ShapeError {
  try {
    return make();
  } catch (error) {
    if (error instanceof ShapeError) return error;
    throw error;
  }
}

const cases = Object.entries({ ...OP_CASES, ...COMPOSITE_CASES }).flatMap(([slug, list]) =>
  list.map((one, i) => ({ title: `${slug} of ${one.name}`, id: `${slug}/${i}`, one })),
);

function traced(one: OpCase, float: "float32" | "float64", random: Random) {
  const inputs = one.inputs.map(({ shape, dtype = "float" }, i) =>
    input(`x${i}`, dtype === "float" ? float : dtype, shape),
  );
  const feeds: Values = Object.fromEntries(
    one.inputs.map((each, i) => [`x${i}`, drawn(each, float, random)]),
  );
  const built = one.build(inputs);
  const outputs: readonly Tensor[] = Array.isArray(built) ? built : [built];
  return { inputs, feeds, outputs };
}

/** Row k of a value with a leading axis. */
function row({ dtype, shape, data }: TensorValue, k: number): TensorValue {
  const own = shape.slice(1);
  const size = product(own);
  return { dtype, shape: own, data: data.slice(k * size, (k + 1) * size) };
}

/** A value with a leading axis, each row drawn anew. */
function drawnRows(each: CaseInput, size: number, random: Random): TensorValue {
  const rows = Array.from({ length: size }, () => drawn(each, "float64", random));
  const { dtype, shape, data } = rows[0]!;
  const elements = rows.flatMap((one) => Array.from<number | bigint | string>(one.data));
  const make = data.constructor as unknown as { from(list: typeof elements): TensorValue["data"] }; // of its own kind
  return { dtype, shape: [size, ...shape], data: make.from(elements) };
}

/** Cotangents with a leading axis for the float outputs, and their values. */
function drawnCotangents(
  outputs: readonly Tensor[],
  feeds: Values,
  size: number,
  random: Random,
  lead: Dim = size,
): { readonly batched: readonly (Tensor | undefined)[]; readonly values: Values } {
  const found = evaluate(Object.fromEntries(outputs.map((y, i) => [`c${i}`, y])), feeds);
  const float = outputs.map(({ dtype }, i) => (isFloat(dtype) ? `c${i}` : undefined));
  const values = float.flatMap((name) => {
    if (name === undefined) return [];
    const { dtype, shape } = found[name]!;
    const count = size * product(shape);
    const data = Array.from({ length: count }, () => random.uniform() - 0.5);
    const made = dtype === "float64" ? Float64Array.from(data) : Float32Array.from(data);
    return [[name, { dtype, shape: [size, ...shape], data: made }] as const];
  });
  const batched = outputs.map(({ dtype, shape }, i) =>
    isFloat(dtype) ? input(`c${i}`, dtype, [lead, ...shape]) : undefined,
  );
  return { batched, values: Object.fromEntries(values) };
}

const differentiable = cases.filter(({ id, one }) => {
  const { inputs, outputs } = traced(one, "float64", seededRandom(1, id));
  const float = ({ dtype }: Tensor): boolean => isFloat(dtype);
  return one.gradient !== false && inputs.some(float) && outputs.some(float);
});

describe("several cotangents at once, pulled back through", () => {
  it.each(differentiable)("$title, are each pulled back alone", ({ id, one }) => {
    for (const size of [1, 3]) {
      const random = seededRandom(size, id);
      const { inputs, feeds, outputs } = traced(one, "float64", random);
      const { batched, values } = drawnCotangents(outputs, feeds, size, random);
      const wrt = inputs.filter(({ dtype }) => isFloat(dtype));
      const together = batchedPullback(outputs, batched, wrt);
      const single = outputs.map(({ dtype, shape }, i) =>
        isFloat(dtype) ? input(`c${i}`, dtype, shape) : undefined,
      );
      const alone = pullback(outputs, single, wrt);
      const found = evaluate(named(together), { ...feeds, ...values });
      together.forEach(({ shape }, i) => expect(shape).toEqual([size, ...wrt[i]!.shape]));
      for (let k = 0; k < size; k++) {
        const own = Object.fromEntries(Object.entries(values).map(([name, all]) => [name, row(all, k)]));
        const expected = evaluate(named(alone), { ...feeds, ...own });
        for (const name of Object.keys(expected))
          expect(difference(row(found[name]!, k), expected[name]!, EXACT)).toBeUndefined();
      }
    }
  });

  it.each(differentiable)("$title, are the same in ONNX Runtime", async ({ id, one }) => {
    const random = seededRandom(2, id);
    const { inputs, feeds, outputs } = traced(one, "float32", random);
    const { batched, values } = drawnCotangents(outputs, feeds, 3, random);
    const wrt = inputs.filter(({ dtype }) => isFloat(dtype));
    const fed = [...inputs, ...batched.filter((cotangent) => cotangent !== undefined)];
    const together = named(batchedPullback(outputs, batched, wrt));
    const { ort, reference } = await bothWays(together, fed, { ...feeds, ...values });
    for (const name of Object.keys(reference))
      expect(difference(ort[name]!, reference[name]!, 1e-5)).toBeUndefined(); // float32 sums
  });

  it.each(differentiable)(
    "$title, may be of a number that is not known, or are refused",
    async ({ id, one }) => {
      const random = seededRandom(2, id);
      const { inputs, feeds, outputs } = traced(one, "float32", random);
      const { batched, values } = drawnCotangents(outputs, feeds, 3, random, "k");
      const wrt = inputs.filter(({ dtype }) => isFloat(dtype));
      const pulled = attempt(() => batchedPullback(outputs, batched, wrt));
      if (pulled instanceof ShapeError) {
        expect(NUMBERED).toContain(id.split("/")[0]);
        expect(pulled.message).toContain("the number of cotangents must be known and at least 1, got k");
        return;
      }
      const exact = batchedPullback(outputs, drawnCotangents(outputs, feeds, 3, random).batched, wrt);
      const fed = [...inputs, ...batched.filter((cotangent) => cotangent !== undefined)];
      const { ort } = await bothWays(named(pulled), fed, { ...feeds, ...values });
      const expected = evaluate(named(exact), { ...feeds, ...values });
      for (const name of Object.keys(expected))
        expect(difference(ort[name]!, expected[name]!, 1e-5)).toBeUndefined();
    },
  );
});

/** Which inputs get the leading axis: each alone, and all that are no text. */
function choices(one: OpCase): readonly (readonly number[])[] {
  const numeric = one.inputs.flatMap(({ dtype }, i) => (dtype === "string" ? [] : [i]));
  return numeric.length > 1 ? [...numeric.map((i) => [i]), numeric] : [numeric];
}

const batchable = cases.filter(({ one }) => one.inputs.some(({ dtype }) => dtype !== "string"));

describe("several values at once, given to", () => {
  it.each(batchable)("$title, have the results of each alone", ({ id, one }) => {
    for (const chosen of choices(one)) {
      const random = seededRandom(chosen.length, id);
      const { inputs, feeds, outputs } = traced(one, "float64", random);
      const size = 2;
      const values = Object.fromEntries(
        chosen.map((i) => [`x${i}`, drawnRows(one.inputs[i]!, size, random)]),
      );
      const sources = new Map<Tensor, Image>(
        chosen.map((i) => {
          const { dtype, shape } = inputs[i]!;
          return [inputs[i]!, { tensor: input(`x${i}`, dtype, [size, ...shape]), batched: true }];
        }),
      );
      const lead = { size, like: sources.get(inputs[chosen[0]!]!)!.tensor };
      const images = rebuild(outputs, sources, lead);
      const found = evaluate(named(images.map(({ tensor }) => tensor)), { ...feeds, ...values });
      for (let k = 0; k < size; k++) {
        const own = Object.fromEntries(Object.entries(values).map(([name, all]) => [name, row(all, k)]));
        const expected = evaluate(named(outputs), { ...feeds, ...own });
        images.forEach(({ batched }, i) => {
          const value = found[`y${i}`]!;
          expect(difference(batched ? row(value, k) : value, expected[`y${i}`]!, EXACT)).toBeUndefined();
        });
      }
    }
  });
});

const named = (tensors: readonly Tensor[]): Record<string, Tensor> =>
  Object.fromEntries(tensors.map((tensor, i) => [`y${i}`, tensor]));
