import { type Tensor, add, log, mul, scalar } from "../graph/index.js";

/** Least loss that logarithms tell apart: the square of its reciprocal, in a gradient's norm, stays within float32. */
export const LEAST_LOSS = 1e-8;

/** log(L + 1e-8) of each task that is present, 0 of the others: `[T]`. */
export const logLosses = (losses: Tensor, present: Tensor): Tensor =>
  mul(log(add(losses, scalar(LEAST_LOSS, losses.dtype))), present);
