import {
  add,
  axisSize,
  div,
  maximum,
  mul,
  reduceMean,
  reshape,
  sqrt,
  square,
  stopGradient,
  sub,
} from "../ops/index.js";
import { scalar } from "../sources.js";
import type { Dim, Tensor } from "../tensor.js";

const EPSILON = 1e-5; // added to a variance: keeps constant values finite, changes others little
const MOMENTUM = 0.1; // share of the new batch in the running statistics; what others use

/** Scale and shift of a normalisation, one number each for every feature or channel. */
export interface Affine {
  /** `[F]` or `[C]`. */
  readonly scale: Tensor;
  /** `[F]` or `[C]`. */
  readonly bias: Tensor;
}

/** Mean and variance by channel over all batches so far, carried from step to step. */
export interface RunningStatistics {
  /** `[C]`. */
  readonly mean: Tensor;
  /** `[C]`, with n − 1 in the denominator. */
  readonly variance: Tensor;
}

/**
 * Each row along the last axis divided by its root mean square, then scaled: y = scale · x / √(mean x² + ε).
 *
 * @param x `[…, F]`.
 * @param scale `[F]`.
 * @see Zhang & Sennrich 2019, "Root Mean Square Layer Normalization", eq. 4. https://arxiv.org/abs/1910.07467
 * Departures: ε inside the root, against rows of zeros.
 */
export function rmsNorm(x: Tensor, scale: Tensor, { epsilon = EPSILON } = {}): Tensor {
  const power = reduceMean(square(x), [-1], { keepDims: true }); // [.., 1]
  return mul(div(x, sqrt(add(power, scalar(epsilon, x.dtype)))), scale);
}

/**
 * Batch normalisation in training: each channel brought to mean 0 and variance 1 over the batch, then scaled and shifted.
 *
 * @param x `[B, C, …]`; `[B, C]` for rows.
 * @param running statistics before this batch; start with mean 0 and variance 1.
 * @param options `momentum`: share of this batch in the new statistics, in [0, 1], default 0.1; `epsilon`: added to the
 * variance, default 1e-5.
 * @returns y in the shape of x, and the statistics to carry on; gradients flow through y alone when the statistics are
 * carried.
 * @see Ioffe & Szegedy 2015, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift",
 * Alg. 1. https://arxiv.org/abs/1502.03167
 * Departures: an exponential average of the statistics instead of one over many batches after training (Alg. 2), as is usual.
 * The running variance has n − 1 in its denominator; a single value per channel counts as variance 0.
 */
export function batchNorm(
  x: Tensor,
  { scale, bias }: Affine,
  running: RunningStatistics,
  { momentum = MOMENTUM, epsilon = EPSILON }: { momentum?: number; epsilon?: number } = {},
): { readonly y: Tensor } & RunningStatistics {
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const mean = reduceMean(x, axes, { keepDims: true });
  const centred = sub(x, mean);
  const variance = reduceMean(square(centred), axes, { keepDims: true });
  const standard = div(centred, sqrt(add(variance, scalar(epsilon, x.dtype))));
  const carried = (before: Tensor, now: Tensor): Tensor =>
    add(mul(before, scalar(1 - momentum, x.dtype)), mul(now, scalar(momentum, x.dtype)));
  return {
    y: add(mul(standard, byChannel(scale, x)), byChannel(bias, x)),
    mean: carried(running.mean, reshape(stopGradient(mean), running.mean.shape)),
    variance: carried(
      running.variance,
      unbiased(x, axes, reshape(stopGradient(variance), running.variance.shape)),
    ),
  };
}

/**
 * Batch normalisation in prediction: with the statistics that training carried, y = scale · (x − μ) / √(σ² + ε) + bias.
 *
 * @param x `[B, C, …]`.
 * @see Ioffe & Szegedy 2015, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift",
 * Alg. 2, step 11. https://arxiv.org/abs/1502.03167
 */
export function batchNormInference(
  x: Tensor,
  { scale, bias }: Affine,
  { mean, variance }: RunningStatistics,
  { epsilon = EPSILON } = {},
): Tensor {
  const factor = div(scale, sqrt(add(variance, scalar(epsilon, x.dtype)))); // [C]
  return add(mul(x, byChannel(factor, x)), byChannel(sub(bias, mul(mean, factor)), x));
}

/**
 * Group normalisation: channels in groups, each group of each row brought to mean 0 and variance 1, then scaled and shifted by
 * channel. One group is layer normalisation over all but the batch; as many groups as channels, instance normalisation.
 *
 * @param x `[B, C, …]`, C of known size.
 * @param groups a divisor of C.
 * @see Wu & He 2018, "Group Normalization", eq. 1 to 7. https://arxiv.org/abs/1803.08494
 */
export function groupNorm(
  x: Tensor,
  { scale, bias }: Affine,
  groups: number,
  { epsilon = EPSILON } = {},
): Tensor {
  const grouped = reshape(x, [x.shape[0]!, groups, -1]); // [B, G, C/G·…]
  const centred = sub(grouped, reduceMean(grouped, [2], { keepDims: true }));
  const variance = reduceMean(square(centred), [2], { keepDims: true });
  const standard = reshape(div(centred, sqrt(add(variance, scalar(epsilon, x.dtype)))), x.shape);
  return add(mul(standard, byChannel(scale, x)), byChannel(bias, x));
}

/** A number per channel `[C]` so that it broadcasts to `[B, C, …]`. */
function byChannel(values: Tensor, { shape }: Tensor): Tensor {
  const target: Dim[] = [values.shape[0]!, ...shape.slice(2).map(() => 1)];
  return reshape(values, target);
}

/** From the mean squared deviation to the variance with n − 1 in its denominator. */
function unbiased(x: Tensor, axes: readonly number[], variance: Tensor): Tensor {
  const count = axisSize(x, axes);
  const one = scalar(1, x.dtype);
  return mul(variance, div(count, maximum(sub(count, one), one)));
}
