import { matmul, mul, softmax, where } from "../ops/index.js";
import { scalar } from "../sources.js";
import type { Tensor } from "../tensor.js";

const CLOSED = -1e9; // far below every score, yet finite: a row that may look nowhere looks everywhere alike instead of at NaN

/**
 * Scaled dot-product attention: softmax(Q Kᵀ / √d) V.
 *
 * @param query `[…, Lq, d]`.
 * @param key `[…, Lk, d]`, d of known size.
 * @param value `[…, Lk, v]`.
 * @param options `mask`: bool, broadcasts to `[…, Lq, Lk]`, true where the query may look; `scale`: instead of 1/√d.
 * @returns `[…, Lq, v]`.
 * @see Vaswani et al. 2017, "Attention Is All You Need", eq. 1. https://arxiv.org/abs/1706.03762
 * Departures: a query whose mask is false everywhere gets the mean of the values.
 */
export function attention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  { mask, scale = 1 / Math.sqrt(Number(key.shape.at(-1))) }: { mask?: Tensor; scale?: number } = {},
): Tensor {
  const scores = matmul(mul(query, scalar(scale, query.dtype)), key, { transposeB: true }); // [.., Lq, Lk]
  const open = mask ? where(mask, scores, scalar(CLOSED, scores.dtype)) : scores;
  return matmul(softmax(open, -1), value);
}
