import { ShapeError } from "../../base/errors.js";
import type { WindowOptions } from "../convolution.js";
import { currentLayer } from "../layer.js";
import { add, conv, expand, gather, matmul, reshape, transpose } from "../ops/index.js";
import { formatShape, productDim } from "../shape.js";
import { constant, scalar } from "../sources.js";
import type { Tensor } from "../tensor.js";
import { repeat } from "./arrangement.js";

/** What a convolution layer takes. */
export interface ConvOptions extends WindowOptions {
  /** Channels in so many groups, each with its own kernels; 1 by default. */
  readonly groups?: number;
  /** `[M]`, added to each of the M channels that come out. */
  readonly bias?: Tensor;
}

/**
 * Convolution along one axis, such as time.
 *
 * @param x `[B, C, L]`.
 * @param kernel `[M, C/groups, k]`.
 * @returns `[B, M, L′]`.
 */
export function conv1d(x: Tensor, kernel: Tensor, options: ConvOptions = {}): Tensor {
  return convolution("conv1d", 3, x, kernel, options);
}

/**
 * Convolution over images, channels first.
 *
 * @param x `[B, C, H, W]`.
 * @param kernel `[M, C/groups, k, k]`.
 * @returns `[B, M, H′, W′]`.
 * @see LeCun et al. 1989, "Backpropagation Applied to Handwritten Zip Code Recognition", section 5.
 */
export function conv2d(x: Tensor, kernel: Tensor, options: ConvOptions = {}): Tensor {
  return convolution("conv2d", 4, x, kernel, options);
}

/**
 * The mean of each window over the spatial axes; padding counts as zeros.
 *
 * @param x `[B, C, …]` of known spatial sizes.
 * @param kernel sizes of a window, or one for all spatial axes.
 * @param options as for `conv`, except that the strides are the kernel's sizes unless given.
 * @returns `[B, C, …]`.
 */
export function averagePool(
  x: Tensor,
  kernel: number | readonly number[],
  options: WindowOptions = {},
): Tensor {
  const [rows, channels, ...sizes] = x.shape;
  const window = typeof kernel === "number" ? sizes.map(() => kernel) : kernel;
  const share = 1 / window.reduce((count, size) => count * size, 1);
  const images = reshape(x, [productDim([rows ?? 1, channels ?? 1]), 1, ...sizes]);
  const means = conv(images, expand(scalar(share, x.dtype), [1, 1, ...window]), {
    strides: window,
    ...options,
  });
  return reshape(means, [...x.shape.slice(0, 2), ...means.shape.slice(2)]);
}

/**
 * Enlarges or shrinks over the spatial axes, each new element a copy: the one at ⌊i · old / new⌋.
 *
 * @param x `[B, C, …]` of known spatial sizes.
 * @param sizes new spatial sizes.
 * @returns `[B, C, …sizes]`.
 */
export function resizeNearest(x: Tensor, sizes: readonly number[]): Tensor {
  const old = spatialSizes("resizeNearest", x, sizes);
  return sizes.reduce((image, size, i) => {
    const before = old[i]!;
    if (size === before) return image;
    if (size % before === 0) return repeat(image, size / before, i + 2);
    const places = Array.from({ length: size }, (_, at) => BigInt(Math.floor((at * before) / size)));
    return gather(
      image,
      constant({ dtype: "int64", shape: [size], data: BigInt64Array.from(places) }),
      i + 2,
    );
  }, x);
}

/**
 * Enlarges or shrinks over the spatial axes by linear interpolation along each (bilinear over two), without smoothing.
 *
 * The centre of new element i lies at (i + ½) · old / new − ½ among the old ones; outside, the nearest counts.
 *
 * @param x `[B, C, …]` of known spatial sizes.
 * @param sizes new spatial sizes.
 * @returns `[B, C, …sizes]`.
 */
export function resizeLinear(x: Tensor, sizes: readonly number[]): Tensor {
  const old = spatialSizes("resizeLinear", x, sizes);
  return sizes.reduce((image, size, i) => {
    if (size === old[i]) return image;
    const weights = interpolation(old[i]!, size, x);
    if (i + 3 === x.shape.length) return matmul(image, weights, { transposeB: true });
    const perm = image.shape.map((_, axis) => axis);
    [perm[i + 2], perm[perm.length - 1]] = [perm.length - 1, i + 2]; // its own inverse
    return transpose(matmul(transpose(image, perm), weights, { transposeB: true }), perm);
  }, x);
}

function convolution(
  name: string,
  rank: number,
  x: Tensor,
  kernel: Tensor,
  { bias, ...options }: ConvOptions,
): Tensor {
  if (x.shape.length !== rank) {
    const expected = `of ${rank} axes`;
    const where = currentLayer() || "graph";
    throw new ShapeError({ where, subject: `${name} input`, expected, got: formatShape(x.shape) });
  }
  const y = conv(x, kernel, options);
  return bias ? add(y, reshape(bias, [bias.shape[0] ?? 1, ...x.shape.slice(2).map(() => 1)])) : y;
}

function spatialSizes(name: string, { shape }: Tensor, sizes: readonly number[]): readonly number[] {
  const old = shape.slice(2).filter((size) => typeof size === "number");
  const whole = sizes.every((size) => Number.isInteger(size) && size >= 1);
  if (old.length >= 1 && old.length === shape.length - 2 && old.length === sizes.length && whole) return old;
  const expected = `one whole number for each known size after the second of ${formatShape(shape)}`;
  const where = currentLayer() || "graph";
  throw new ShapeError({ where, subject: `${name} sizes`, expected, got: formatShape(sizes) });
}

/** Weights `[after, before]` of linear interpolation. */
function interpolation(before: number, after: number, { dtype }: Tensor): Tensor {
  const weights = new Float64Array(after * before);
  for (let i = 0; i < after; i++) {
    const centre = Math.min(Math.max(((i + 0.5) * before) / after - 0.5, 0), before - 1);
    const low = Math.floor(centre);
    const high = Math.min(low + 1, before - 1);
    weights[i * before + low]! += 1 - (centre - low);
    weights[i * before + high]! += centre - low;
  }
  const shape = [after, before];
  if (dtype === "float64") return constant({ dtype, shape, data: weights });
  return constant({ dtype: "float32", shape, data: Float32Array.from(weights) });
}
