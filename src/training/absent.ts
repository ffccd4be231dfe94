import { type DType, type Tensor, add, constant, mul, scalar, sub } from "../graph/index.js";

/** `next` for present tasks and `before` for absent ones: both `[…, T]`, finite, or `[T, P]` with `present` as `[T, 1]`. */
export const keptWhereAbsent = (next: Tensor, before: Tensor, present: Tensor): Tensor =>
  add(mul(next, present), mul(before, sub(scalar(1, present.dtype), present)));

/** A 1 for each of so many tasks `[T]`: all are present, or weigh alike. */
export function ones(count: number, dtype: DType): Tensor {
  const data = dtype === "float64" ? new Float64Array(count) : new Float32Array(count);
  return constant({ dtype, shape: [count], data: data.fill(1) });
}
