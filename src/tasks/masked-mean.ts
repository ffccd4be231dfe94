import { div, maximum, mul, reduceMean, reduceSum, reshape, scalar } from "../graph/index.js";
import type { Tensor } from "../graph/tensor.js";

/**
 * Mean over members and labelled rows, per task: `[M, R, G]` → `[G]`; exactly 0 for a task without a labelled row.
 *
 * @param mask 1 where the row counts, else 0: `[R, G]`; undefined when every row counts.
 */
export function maskedMean(perRow: Tensor, mask?: Tensor): Tensor {
  if (!mask) return reduceMean(perRow, [0, 1]);
  const rows = mul(meanOverMembers(perRow), mask); // [R, G]
  return div(reduceSum(rows, [0]), labelledRows(mask)); // [G]
}

/** Labelled rows per task, at least 1 so that it can divide: `[R, G]` → `[G]`. */
export function labelledRows(mask: Tensor): Tensor {
  return maximum(reduceSum(mask, [0]), scalar(1, mask.dtype));
}

/**
 * Without a last axis of size 1, over which ONNX Runtime broadcasts element by element: 10 ns each on one core, where a whole
 * line takes 0.2.
 */
export const single = (x: Tensor): Tensor => reshape(x, x.shape.slice(0, -1));

function meanOverMembers(perRow: Tensor): Tensor {
  const [members, ...rest] = perRow.shape;
  return members === 1 ? reshape(perRow, rest) : reduceMean(perRow, [0]);
}
