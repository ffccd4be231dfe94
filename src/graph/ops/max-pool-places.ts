import type { WindowOptions } from "../convolution.js";
import { defineOp } from "../op.js";
import { type PoolAttributes, emitMaxPool, largestOfWindows, poolOf, pooledShape } from "../pooling.js";
import type { Tensor } from "../tensor.js";

/**
 * Where `maxPool` finds the largest element of each window, the first of equal ones: its place in x, all axes counted through.
 *
 * @param x `[B, C, …]`.
 * @param kernel sizes of a window, or one for all spatial axes.
 * @param options as for `maxPool`.
 * @returns int64 `[B, C, …]`, what `maxUnpool` takes.
 * @see Zeiler & Fergus 2014, "Visualizing and Understanding Convolutional Networks", section 2.1 (the switches).
 */
export const maxPoolPlaces = defineOp<
  PoolAttributes,
  (x: Tensor, kernel: number | readonly number[], options?: WindowOptions) => Tensor
>(
  {
    slug: "max-pool-places",
    infer: (inference) => [{ shape: pooledShape(inference), dtype: "int64" }],
    differentiable: "zero",
    onnx: (context) => emitMaxPool(context, [`${context.outputs[0]}.largest`, ...context.outputs]),
    reference: ({ inputs, attributes }) => [largestOfWindows(inputs[0]!, attributes).places],
  },
  (apply) => (x, kernel, options) => apply([x], poolOf(x, kernel, options))[0]!,
);
