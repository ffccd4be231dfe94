import type { WindowOptions } from "../convolution.js";
import { defineOp } from "../op.js";
import { type PoolAttributes, emitMaxPool, largestOfWindows, poolOf, pooledShape } from "../pooling.js";
import { productDim } from "../shape.js";
import type { Tensor } from "../tensor.js";

/**
 * The largest element of each window over the spatial axes; padding never wins, and of equal elements the first takes the
 * gradient.
 *
 * Where it lay is found when a gradient is traced, by a pooling of its own: asking for places makes ONNX Runtime ten times
 * slower, which a graph without gradients should not pay.
 *
 * @param x `[B, C, …]`.
 * @param kernel sizes of a window, or one for all spatial axes.
 * @param options as for `conv`, except that the strides are the kernel's sizes unless given; padding less than the kernel.
 * @returns `[B, C, …]`.
 */
export const maxPool = defineOp<
  PoolAttributes,
  (x: Tensor, kernel: number | readonly number[], options?: WindowOptions) => Tensor
>(
  {
    slug: "max-pool",
    infer: (inference) => [{ shape: pooledShape(inference), dtype: inference.inputs[0]!.dtype }],
    vjp({ inputs, outputs, attributes, g, full, emit }) {
      const x = inputs[0]!;
      const places = emit("max-pool-places", [x], attributes);
      const all = full(g, outputs[0]!);
      if (apart(attributes)) return [emit("max-unpool", [all, places, x])];
      const flat = (t: Tensor): Tensor => emit("reshape", [t], { shape: [productDim(t.shape)] });
      const sums = emit("scatter-add", [flat(all), flat(places), flat(x)], { axis: 0 });
      return [emit("reshape", [sums], { shape: x.shape })];
    },
    onnx: (context) => emitMaxPool(context, context.outputs),
    reference: ({ inputs, attributes }) => [largestOfWindows(inputs[0]!, attributes).most],
  },
  (apply) => (x, kernel, options) => apply([x], poolOf(x, kernel, options))[0]!,
);

/** Whether no element lies in two windows, nor a window outside. */
function apart({ kernel, strides, dilations }: PoolAttributes): boolean {
  return kernel.every((size, i) => dilations[i] === 1 && size <= strides[i]!);
}
