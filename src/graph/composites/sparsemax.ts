import {
  add,
  cast,
  cumSum,
  div,
  expandLike,
  greater,
  mul,
  reduceMax,
  reduceSum,
  relu,
  stopGradient,
  sub,
} from "../ops/index.js";
import { scalar } from "../sources.js";
import type { Tensor } from "../tensor.js";
import { sort } from "./arrangement.js";

/**
 * The nearest point of the probability simplex along one axis: like softmax, with zeros where an element is far behind.
 *
 * p = max(z − τ, 0) with τ such that Σ p = 1.
 *
 * @returns the shape of z.
 * @see Martins & Astudillo 2016, "From Softmax to Sparsemax: A Sparse Model of Attention and Multi-Label Classification",
 * Alg. 1. https://arxiv.org/abs/1602.02068
 */
export function sparsemax(z: Tensor, axis: number): Tensor {
  const one = scalar(1, z.dtype);
  const shifted = sub(z, stopGradient(reduceMax(z, [axis], { keepDims: true }))); // the same p; keeps running sums small
  const [sorted] = sort(shifted, axis, { descending: true });
  const place = cumSum(expandLike(one, sorted), axis); // 1, 2, …
  const inside = greater(add(mul(place, sorted), one), cumSum(sorted, axis));
  const support = cast(inside, z.dtype);
  const total = (x: Tensor): Tensor => reduceSum(x, [axis], { keepDims: true });
  const threshold = div(sub(total(mul(support, sorted)), one), total(support));
  return relu(sub(shifted, threshold));
}
