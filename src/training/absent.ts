import { type Tensor, add, mul, scalar, sub } from "../graph/index.js";

/** `next` for present tasks and `before` for absent ones: both `[…, T]`, finite, or `[T, P]` with `present` as `[T, 1]`. */
export const keptWhereAbsent = (next: Tensor, before: Tensor, present: Tensor): Tensor =>
  add(mul(next, present), mul(before, sub(scalar(1, present.dtype), present)));
