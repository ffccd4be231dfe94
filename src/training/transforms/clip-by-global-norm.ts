import {
  type Tensor,
  div,
  maximum,
  minimum,
  mul,
  reduceSum,
  scalar,
  sqrt,
  square,
} from "../../graph/index.js";
import type { Transform } from "../transform.js";

/** The Euclidean norm of a whole vector `[P]`, a scalar. */
export const globalNorm = (vector: Tensor): Tensor => sqrt(reduceSum(square(vector), [0]));

/**
 * Shortens an update that is longer than a limit to that length: u·min(1, limit/‖u‖). A limit of 0 changes nothing.
 *
 * @see Pascanu, Mikolov & Bengio 2013, "On the difficulty of training recurrent neural networks", Alg. 1.
 */
export function clipByGlobalNorm(limit: number): Transform {
  return {
    state: [],
    elementwise: true,
    measure: ({ update }) => (limit === 0 ? [] : [clippingFactor(globalNorm(update), limit)]),
    apply: ({ update, measured }) => ({ update: limit === 0 ? update : mul(update, measured[0]!) }),
  };
}

/** What an update of this norm is multiplied with, so that it is at most as long as the limit. */
export function clippingFactor(norm: Tensor, limit: number): Tensor {
  const number = (x: number): Tensor => scalar(x, norm.dtype);
  return minimum(number(1), div(number(limit), maximum(norm, number(1e-12)))); // 1e-12: an update of zero stays zero
}
