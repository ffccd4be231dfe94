import { ConfigError } from "../../base/errors.js";
import { currentLayer } from "../layer.js";
import {
  type RandomSource,
  cast,
  concat,
  cos,
  log,
  mul,
  not,
  less,
  randomUniform,
  reshape,
  sin,
  slice,
  sqrt,
  sub,
} from "../ops/index.js";
import { product, staticShape } from "../shape.js";
import { scalar } from "../sources.js";
import type { Tensor } from "../tensor.js";

/**
 * Independent standard normal values, each a pure function of seed, stream, step and position.
 *
 * From uniform u and v: √(−2 ln(1 − u)) · cos 2πv, and the same with the sine for the second half. Since u has 24 bits, no
 * value lies beyond 5.77.
 *
 * @param shape `[…]` of known sizes.
 * @param options `dtype`: float32 unless given.
 * @see Box & Muller 1958, "A Note on the Generation of Random Normal Deviates", eq. 1.
 */
export function randomNormal(
  shape: readonly number[],
  source: RandomSource,
  options: { readonly dtype?: "float32" | "float64" } = {},
): Tensor {
  const { dtype = "float32" } = options;
  const size = product(shape);
  const pairs = Math.ceil(size / 2);
  const uniform = randomUniform([2, pairs], source, options);
  const row = (i: number): Tensor => reshape(slice(uniform, [i], [i + 1], [0]), [pairs]);
  const radius = sqrt(mul(scalar(-2, dtype), log(sub(scalar(1, dtype), row(0)))));
  const angle = mul(scalar(2 * Math.PI, dtype), row(1));
  const both = concat([mul(radius, cos(angle)), mul(radius, sin(angle))], 0); // [2 · pairs]
  return reshape(size === 2 * pairs ? both : slice(both, [0], [size], [0]), shape);
}

/**
 * Sets each element to 0 with probability `rate` and divides the others by 1 − rate, so that the expectation stays.
 *
 * The mask is a pure function of seed, stream, step and position; give each layer a stream of its own.
 *
 * @param x of known sizes.
 * @param rate in [0, 1); 0 gives x itself.
 * @throws {ConfigError} if the rate lies outside.
 * @throws {ShapeError} if a size of x is symbolic.
 * @see Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", sec. 4.
 * Departures: activations are scaled up in training instead of weights down afterwards, as is usual.
 */
export function dropout(x: Tensor, rate: number, source: RandomSource): Tensor {
  if (!(rate >= 0 && rate < 1)) {
    const where = currentLayer() || "graph";
    throw new ConfigError({ where, subject: "dropout rate", expected: "in [0, 1)", got: String(rate) });
  }
  if (rate === 0) return x;
  const dtype = x.dtype === "float64" ? "float64" : "float32";
  const sizes = staticShape(x.shape) ?? (x.shape as readonly number[]); // names are refused by the operation
  const least = scalar(Math.fround(rate), dtype); // in float64 the same elements fall away
  const kept = not(less(randomUniform(sizes, source, { dtype }), least));
  return mul(x, mul(cast(kept, dtype), scalar(1 / (1 - rate), dtype)));
}
