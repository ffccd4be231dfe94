import { type Tensor, constant, matmul, reshape, transpose } from "../../graph/index.js";

/**
 * Weights `[n, n]`, row after row, with which n towers are mixed at first: each takes `own` of itself and the rest of the others in
 * equal parts, so that values keep their size. A single tower takes all of itself.
 */
export const nearIdentity = (count: number, own: number): number[] =>
  Array.from({ length: count * count }, (_, i) => {
    if (count === 1) return 1;
    return i % (count + 1) === 0 ? own : (1 - own) / (count - 1);
  });

/** Fixed numbers of a shape, in the type of another tensor. */
export function fixed({ dtype }: Tensor, shape: readonly number[], values: readonly number[]): Tensor {
  const data = dtype === "float64" ? Float64Array.from(values) : Float32Array.from(values);
  return constant({ dtype, shape: [...shape], data });
}

/**
 * Mixes towers channel by channel: y[k, …, h] = Σⱼ α[k, j, h]·x[j, …, h], as one small product for each channel.
 *
 * @param alpha `[T, T, H]`.
 * @param x `[T, M, R, H]`.
 */
export function mixedByChannel(alpha: Tensor, x: Tensor): Tensor {
  const turned = transpose(alpha, [2, 0, 1]); // [H, T, T]
  const channels = transpose(x, [1, 3, 0, 2]); // [M, H, T, R]
  return transpose(matmul(reshape(turned, [1, ...turned.shape]), channels), [2, 0, 3, 1]);
}
