import { div, expand, expandLike, maximum, reduceSum, reshape, scatterAdd } from "../ops/index.js";
import { staticShape } from "../shape.js";
import { scalar } from "../sources.js";
import type { Tensor } from "../tensor.js";

/**
 * Sums rows by the segment each belongs to, such as rows of a batch by their task; a segment without rows gets 0.
 *
 * @param values `[B, …]`.
 * @param segments `[B]`, int32 or int64, in [0, count).
 * @param count number of segments.
 * @returns `[count, …]`.
 */
export function segmentSum(values: Tensor, segments: Tensor, count: number): Tensor {
  const rest = values.shape.slice(1);
  const model = staticShape(rest) ? scalar(0, values.dtype) : reduceSum(values, [0], { keepDims: true }); // brings symbolic sizes
  return scatterAdd(values, segments, expand(model, [count, ...rest]), 0);
}

/** The mean of the rows of each segment, as in `segmentSum`; a segment without rows gets 0. */
export function segmentMean(values: Tensor, segments: Tensor, count: number): Tensor {
  const one = scalar(1, values.dtype);
  const sizes = maximum(segmentSum(expandLike(one, segments), segments, count), one); // [count]
  const aligned = reshape(sizes, [count, ...values.shape.slice(1).map(() => 1)]);
  return div(segmentSum(values, segments, count), aligned);
}
