import { product, strides } from "./shape.js";
import type { DType, TensorValue } from "./tensor.js";

/** A value inside the reference evaluator: numbers of every type as float64 (int64 is exact up to 2⁵³). */
export interface Value {
  readonly shape: readonly number[];
  readonly data: Float64Array | readonly string[];
}

/** The numbers of a value that is not text. */
export function numbers({ data }: Value): Float64Array {
  if (data instanceof Float64Array) return data;
  throw new TypeError("a value of strings has no numbers");
}

/** A value from numbers. */
export const value = (shape: readonly number[], data: ArrayLike<number>): Value => ({
  shape,
  data: data instanceof Float64Array ? data : Float64Array.from(data),
});

/** From what is fed to a graph. */
export function fromTensorValue({ dtype, shape, data }: TensorValue): Value {
  if (dtype === "string") return { shape, data: data as readonly string[] };
  return { shape, data: Float64Array.from(data as ArrayLike<number | bigint>, Number) };
}

const MAKE = {
  float32: (data) => Float32Array.from(data),
  float64: (data) => Float64Array.from(data),
  int32: (data) => Int32Array.from(data),
  int64: (data) => BigInt64Array.from(data, BigInt),
  bool: (data) => Uint8Array.from(data),
} satisfies Record<Exclude<DType, "string">, (data: Float64Array) => TensorValue["data"]>;

/** To what is fetched from a graph. */
export function toTensorValue(from: Value, dtype: DType): TensorValue {
  const { shape } = from;
  if (dtype === "string") return { dtype, shape, data: from.data as readonly string[] };
  return { dtype, shape, data: MAKE[dtype](numbers(from)) };
}

/** Rounds to what the type can hold: float32 to single precision, integers towards zero. */
export function round(from: Value, dtype: DType): Value {
  if (dtype === "float64" || dtype === "string") return from;
  if (dtype === "float32") return value(from.shape, numbers(from).map(Math.fround));
  if (dtype === "bool")
    return value(
      from.shape,
      numbers(from).map((x) => (x === 0 ? 0 : 1)),
    );
  return value(from.shape, numbers(from).map(Math.trunc));
}

/** Rearranges: element `at` of the result, counted by its index, is element `source(index)` of the input. */
export function gatherBy(
  from: Value,
  shape: readonly number[],
  source: (index: readonly number[]) => number,
): Value {
  const size = product(shape);
  const positions = new Float64Array(size);
  const index = shape.map(() => 0);
  for (let at = 0; at < size; at++) {
    positions[at] = source(index);
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0;
  }
  const { data } = from;
  if (data instanceof Float64Array) return { shape, data: positions.map((at) => data[at]!) };
  return { shape, data: Array.from(positions, (at) => data[at]!) };
}

/** Repeats along axes of size 1 and new leading axes. */
export function broadcastTo(from: Value, shape: readonly number[]): Value {
  const lead = shape.length - from.shape.length;
  const steps = strides(from.shape).map((stride, axis) => (from.shape[axis] === 1 ? 0 : stride));
  return gatherBy(from, shape, (index) =>
    steps.reduce((at, step, axis) => at + step * index[lead + axis]!, 0),
  );
}

/** The real shape several values broadcast to. */
export function broadcastSizes(...shapes: (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map(({ length }) => length));
  return Array.from({ length: rank }, (_, i) => {
    const sizes = shapes.map((shape) => shape[shape.length - rank + i] ?? 1);
    return sizes.find((size) => size !== 1) ?? 1;
  });
}
