import { batchConvolution } from "../batching/convolution.js";
import {
  type ConvAttributes,
  type WindowOptions,
  convolve,
  onnxWindows,
  windowCounts,
  windowProblem,
  windowsOf,
} from "../convolution.js";
import { accepts } from "../elementwise.js";
import { kernelCotangent } from "../kernel-cotangent.js";
import { defineOp, needsSizes } from "../op.js";
import { productDim, staticShape } from "../shape.js";
import type { Tensor } from "../tensor.js";

/**
 * Convolution (cross-correlation, as in all deep learning): y[n, m, o] = Σ_{c, k} x[n, c, o·s + k·d − p] · w[m, c, k], over
 * any number of spatial axes.
 *
 * The gradient of x is a transposed convolution, that of the kernel a product of matrices (see `kernelCotangent`).
 *
 * @param x `[B, C, …]`, one size or more after the channels; a symbolic spatial size only where the result has it too.
 * @param kernel `[M, C/groups, …]` of known sizes.
 * @param options strides, padding and dilations by spatial axis or for all; `groups`: channels in so many groups, each with
 * its own M/groups kernels; 1 by default.
 * @returns `[B, M, …]`.
 * @see Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", relation 14. https://arxiv.org/abs/1603.07285
 */
export const conv = defineOp<
  ConvAttributes,
  (x: Tensor, kernel: Tensor, options?: WindowOptions & { readonly groups?: number }) => Tensor
>(
  {
    slug: "conv",
    infer({ inputs, attributes, fail }) {
      const [x, kernel] = [inputs[0]!, inputs[1]!];
      if (!accepts("float", x.dtype) || kernel.dtype !== x.dtype)
        throw fail("inputs", "of one float type", "Cast them.", `${x.dtype} and ${kernel.dtype}`);
      const rank = x.shape.length - 2;
      const [kernels, width] = kernel.shape;
      const fits =
        rank >= 1 &&
        Number.isInteger(attributes.groups) &&
        kernel.shape.length === x.shape.length &&
        productDim([x.shape[1]!]) === productDim([attributes.groups, width!]) &&
        typeof kernels === "number" &&
        kernels % attributes.groups === 0;
      if (!fits)
        throw fail(
          "inputs",
          "[B, C, ..] and [M, C/groups, ..]",
          `C and M must divide by groups, here ${attributes.groups}.`,
        );
      const problem = windowProblem(attributes, rank);
      if (problem) throw fail(problem[0], problem[1], undefined, problem[2]);
      const taps = staticShape(kernel.shape.slice(2));
      const counts = taps && windowCounts(x.shape.slice(2), taps, attributes);
      if (!counts)
        throw fail(
          "sizes",
          "known, and at least those of the kernel",
          "A symbolic size must stay what it is.",
        );
      return [{ shape: [x.shape[0]!, kernels, ...counts], dtype: x.dtype }];
    },
    vjp(context) {
      const { node, inputs, outputs, attributes, wanted, full, emit } = context;
      const [x, kernel] = [inputs[0]!, inputs[1]!];
      const sizes = staticShape(x.shape.slice(2));
      if (!sizes) throw needsSizes(node);
      const g = full(context.g, outputs[0]!);
      const taps = kernel.shape.slice(2).map(Number);
      const { strides, before, after, dilations } = attributes;
      const outputPadding = sizes.map((size, i) => {
        const reach = (Number(g.shape[i + 2]) - 1) * strides[i]! + dilations[i]! * (taps[i]! - 1) + 1;
        return size + before[i]! + after[i]! - reach; // elements after the last window
      });
      return [
        wanted[0] ? emit("conv-transpose", [g, kernel], { ...attributes, outputPadding }) : undefined,
        wanted[1] ? kernelCotangent(context, x, g, taps, attributes) : undefined,
      ];
    },
    batch: batchConvolution,
    onnx({ node, inputs, outputs, attributes, emit, ints, scalar }) {
      const empty = node.inputs.some(({ shape }) => shape.includes(0)); // ONNX Runtime wants something to convolve
      const known = staticShape(node.outputs[0]!.shape);
      if (empty && known) emit("Expand", [scalar(0, node.outputs[0]!.dtype), ints(known)], { outputs });
      else
        emit("Conv", inputs, {
          outputs,
          attributes: { ...onnxWindows(attributes), group: attributes.groups },
        });
    },
    reference({ inputs, attributes }) {
      const [x, kernel] = [inputs[0]!, inputs[1]!];
      const counts = windowCounts(x.shape.slice(2), kernel.shape.slice(2), attributes) as readonly number[]; // real sizes
      return [convolve(x, kernel, [x.shape[0]!, kernel.shape[0]!, ...counts], attributes, false)];
    },
  },
  (apply) =>
    (x, kernel, { groups = 1, ...options } = {}) =>
      apply([x, kernel], { ...windowsOf(x.shape.slice(2), kernel.shape.slice(2), options), groups })[0]!,
);
