import type { Random } from "../base/random.js";
import { DataError } from "../base/errors.js";
import { evaluate, toOnnx } from "./index.js";
import type { DType, Tensor, TensorValue } from "./tensor.js";
import { product } from "./shape.js";
import { toTensorValue, value } from "./value.js";
import { type CaseInput, SIZES } from "./case-builders.contract.js";

/** Values by name. */
export type Values = Record<string, TensorValue>;

interface OrtTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: TensorValue["data"];
}

interface Ort {
  readonly Tensor: new (type: string, data: TensorValue["data"], dims: readonly number[]) => OrtTensor;
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: object,
    ): Promise<{
      run(feeds: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>;
      release(): Promise<void>;
    }>;
  };
}

let loaded: Promise<Ort> | undefined;

async function load(): Promise<Ort> {
  const native: string = "onnxruntime-node"; // optional, hence unknown to the compiler
  const module: { readonly default?: unknown } = await import(native).catch(() => import("onnxruntime-web"));
  return (module.default ?? module) as Ort;
}

const ORT_TYPES: Readonly<Record<string, DType>> = {
  float32: "float32",
  float64: "float64",
  int32: "int32",
  int64: "int64",
  bool: "bool",
  string: "string",
};

/** Runs a graph in ONNX Runtime, the native one when it is there. */
export async function runOnnx(model: Uint8Array, feeds: Values): Promise<Values> {
  loaded ??= load();
  const ort = await loaded;
  const session = await ort.InferenceSession.create(model, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const given = Object.entries(feeds).map(
    ([name, { dtype, data, shape }]) => [name, new ort.Tensor(dtype, data, shape)] as const,
  );
  const results = await session.run(Object.fromEntries(given));
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { type, dims, data }]) => {
      const dtype = ORT_TYPES[type];
      if (!dtype) throw new DataError({ where: "test", subject: name, expected: "a known type", got: type });
      return [name, { dtype, shape: [...dims], data }];
    }),
  );
}

/** Writes a graph, runs it, and computes it by reference. */
export async function bothWays(
  outputs: Readonly<Record<string, Tensor>>,
  inputs: readonly Tensor[],
  feeds: Values,
): Promise<{ readonly ort: Values; readonly reference: Values }> {
  const ort = await runOnnx(toOnnx({ name: "test", inputs, outputs }), feeds);
  return { ort, reference: evaluate(outputs, feeds) };
}

/** The first place where two values differ by more than `tolerance · (1 + |b|)`, in words; undefined if there is none. */
export function difference(a: TensorValue, b: TensorValue, tolerance: number): string | undefined {
  if (a.dtype !== b.dtype) return `${a.dtype} against ${b.dtype}`;
  if (a.shape.join() !== b.shape.join()) return `[${a.shape.join()}] against [${b.shape.join()}]`;
  for (let i = 0; i < b.data.length; i++) {
    const [x, y] = [a.data[i]!, b.data[i]!];
    if (x === y || String(x) === String(y)) continue;
    const far = Math.abs(Number(x) - Number(y)) > tolerance * (1 + Math.abs(Number(y)));
    if (a.dtype === "string" || Number.isNaN(Number(x) - Number(y)) || far)
      return `${x} against ${y} at ${i}`;
  }
  return undefined;
}

/** A value for an input of a case. */
export function drawn(
  { shape, dtype = "float", range, values }: CaseInput,
  float: DType,
  random: Random,
): TensorValue {
  const sizes = shape.map((dim) => (typeof dim === "number" ? dim : SIZES[dim]!));
  if (dtype === "string") return { dtype, shape: sizes, data: values!.map(String) };
  const [low, high] = range ?? (dtype === "float" ? [-2, 2] : [0, 1]);
  const draw = (): number =>
    dtype === "float" ? low + (high - low) * random.uniform() : low + random.integer(high - low + 1);
  const data = values?.map(Number) ?? Array.from({ length: product(sizes) }, draw);
  return toTensorValue(value(sizes, data), dtype === "float" ? float : dtype);
}

/** Central differences of a scalar output with respect to one input, in float64. */
export function centralDifferences(loss: Tensor, feeds: Values, name: string): TensorValue {
  const { shape, data } = feeds[name]!;
  const at = (i: number, shift: number): number => {
    const moved = Float64Array.from(data as Float64Array);
    moved[i]! += shift;
    return Number(
      evaluate({ loss }, { ...feeds, [name]: { dtype: "float64", shape, data: moved } })["loss"]!.data[0],
    );
  };
  const h = 1e-5; // error of order h² = 1e-10, rounding of order 1e-16 / h = 1e-11
  const slopes = Array.from({ length: data.length }, (_, i) => (at(i, h) - at(i, -h)) / (2 * h));
  return { dtype: "float64", shape, data: Float64Array.from(slopes) };
}
