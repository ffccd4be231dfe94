import { abs, add, div, erf, mul, sigmoid } from "../ops/index.js";
import { scalar } from "../sources.js";
import type { Tensor } from "../tensor.js";

/**
 * The Gaussian error linear unit, exact: x · Φ(x) = x/2 · (1 + erf(x/√2)).
 *
 * @see Hendrycks & Gimpel 2016, "Gaussian Error Linear Units (GELUs)", section 2. https://arxiv.org/abs/1606.08415
 */
export function gelu(x: Tensor): Tensor {
  const chance = add(erf(mul(x, scalar(Math.SQRT1_2, x.dtype))), scalar(1, x.dtype)); // 2Φ(x)
  return mul(mul(x, scalar(0.5, x.dtype)), chance);
}

/**
 * The sigmoid linear unit, x · σ(x), also called swish.
 *
 * @see Hendrycks & Gimpel 2016, "Gaussian Error Linear Units (GELUs)", section 2. https://arxiv.org/abs/1606.08415
 */
export function silu(x: Tensor): Tensor {
  return mul(x, sigmoid(x));
}

/** x / (1 + |x|). */
export function softsign(x: Tensor): Tensor {
  return div(x, add(abs(x), scalar(1, x.dtype)));
}
