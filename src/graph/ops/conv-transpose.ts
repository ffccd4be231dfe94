import { batchConvolution } from "../batching/convolution.js";
import {
  type ConvAttributes,
  type WindowOptions,
  type Windows,
  convolve,
  onnxWindows,
  windowProblem,
  windowsOf,
} from "../convolution.js";
import { accepts } from "../elementwise.js";
import { kernelCotangent } from "../kernel-cotangent.js";
import { type OnnxContext, type VjpContext, defineOp } from "../op.js";
import { product, staticShape } from "../shape.js";
import type { Tensor } from "../tensor.js";

interface TransposeAttributes extends ConvAttributes {
  /** Elements at the end of each spatial axis that no window reaches to the end. */
  readonly outputPadding: readonly number[];
}

/** What a transposed convolution takes. */
export interface ConvTransposeOptions extends Omit<WindowOptions, "padding"> {
  /** Elements cut from both ends of each axis; 0 by default. */
  readonly padding?: number | readonly number[];
  /** Elements added at the end of each axis, fewer than its stride; 0 by default. */
  readonly outputPadding?: number | readonly number[];
  readonly groups?: number;
}

/**
 * Transposed convolution, the gradient of `conv` with respect to its input, as a layer that enlarges: sizes become
 * (size − 1) · stride − 2 · padding + dilation · (kernel − 1) + 1 + output padding.
 *
 * With strides of 1 and at least as many channels coming out as going in, it is written as a plain convolution with the
 * kernel turned round (relation 8): from 16 to 32 channels of 28 × 28 ONNX Runtime 1.30 takes 7.7 ms then instead of 11.0. From
 * 32 to 16 of 18 × 18 it would take 4.4 instead of 3.8 (64 images, 3 × 3, one thread).
 *
 * @param x `[B, M, …]` of known spatial sizes.
 * @param kernel `[M, C/groups, …]`, laid out as for the `conv` it transposes.
 * @returns `[B, C, …]`.
 * @see Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", relation 13. https://arxiv.org/abs/1603.07285
 */
export const convTranspose = defineOp<
  TransposeAttributes,
  (x: Tensor, kernel: Tensor, options?: ConvTransposeOptions) => Tensor
>(
  {
    slug: "conv-transpose",
    infer({ inputs, attributes, fail }) {
      const [x, kernel] = [inputs[0]!, inputs[1]!];
      if (!accepts("float", x.dtype) || kernel.dtype !== x.dtype)
        throw fail("inputs", "of one float type", "Cast them.", `${x.dtype} and ${kernel.dtype}`);
      const rank = x.shape.length - 2;
      const [known, channels] = [staticShape(kernel.shape), x.shape[1]];
      const fits =
        rank >= 1 &&
        Number.isInteger(attributes.groups) &&
        known?.length === x.shape.length &&
        channels === known[0] &&
        known[0]! % attributes.groups === 0;
      if (!fits)
        throw fail(
          "inputs",
          "[B, M, ..] and [M, C/groups, ..]",
          `M must divide by groups, here ${attributes.groups}.`,
        );
      const problem = windowProblem(attributes, rank);
      if (problem) throw fail(problem[0], problem[1], undefined, problem[2]);
      const { outputPadding, strides, dilations } = attributes;
      const room = strides.map((step, i) => Math.max(step, dilations[i]!));
      if (outputPadding.length !== rank || outputPadding.some((n, i) => !(n >= 0 && n < room[i]!)))
        throw fail("output padding", "fewer than the stride", undefined, `[${outputPadding.join(", ")}]`);
      const sizes = staticShape(x.shape.slice(2));
      const large = sizes && enlarged(sizes, known.slice(2), attributes);
      if (!large || large.some((size) => size < 1))
        throw fail("sizes", "known, and such that something is left", "Give the axis a number, or pad less.");
      return [{ shape: [x.shape[0]!, known[1]! * attributes.groups, ...large], dtype: x.dtype }];
    },
    vjp(context) {
      const { inputs, outputs, wanted, full, emit } = context;
      const { outputPadding: _, ...attributes } = context.attributes;
      const [x, kernel] = [inputs[0]!, inputs[1]!];
      const g = full(context.g, outputs[0]!);
      const taps = kernel.shape.slice(2).map(Number);
      return [
        wanted[0] ? reached(context, emit("conv", [g, kernel], attributes)) : undefined,
        wanted[1] ? kernelCotangent(context, g, x, taps, attributes as ConvAttributes) : undefined, // the rest of them
      ];
    },
    batch: batchConvolution,
    onnx(context) {
      const { node, inputs, outputs, attributes, emit, ints, scalar } = context;
      const { groups, outputPadding } = attributes;
      const known = staticShape(node.outputs[0]!.shape);
      const [kernels, width, ...taps] = node.inputs[1]!.shape.map(Number) as [number, number, ...number[]];
      const plain = width >= kernels / groups ? plainWindows(taps, attributes) : undefined;
      if (known && node.inputs.some(({ shape }) => shape.includes(0)))
        emit("Expand", [scalar(0, node.outputs[0]!.dtype), ints(known)], { outputs });
      else if (plain)
        emit("Conv", [inputs[0]!, exchanged(context, taps)], {
          outputs,
          attributes: { ...onnxWindows(plain), group: groups },
        });
      else
        emit("ConvTranspose", inputs, {
          outputs,
          attributes: { ...onnxWindows(attributes), group: groups, output_padding: outputPadding },
        });
    },
    reference({ inputs, attributes }) {
      const [x, kernel] = [inputs[0]!, inputs[1]!];
      const sizes = enlarged(x.shape.slice(2), kernel.shape.slice(2), attributes);
      const shape = [x.shape[0]!, kernel.shape[1]! * attributes.groups, ...sizes];
      return [convolve(x, kernel, shape, attributes, true)];
    },
  },
  (apply) =>
    (x, kernel, { groups = 1, outputPadding = 0, ...options } = {}) => {
      const sizes = x.shape.slice(2);
      const added = typeof outputPadding === "number" ? sizes.map(() => outputPadding) : outputPadding;
      const windows = windowsOf(sizes, kernel.shape.slice(2), options);
      return apply([x, kernel], { ...windows, groups, outputPadding: added })[0]!;
    },
);

/** The windows that were there: padding the output by a stride or more makes room for others. */
function reached({ inputs, emit }: VjpContext<TransposeAttributes>, windows: Tensor): Tensor {
  const sizes = inputs[0]!.shape.slice(2).map(Number);
  if (sizes.every((size, i) => size === windows.shape[i + 2])) return windows;
  const [starts, axes] = [sizes.map(() => 0), sizes.map((_, i) => i + 2)];
  return emit("slice", [windows], { starts, ends: sizes, axes });
}

function enlarged(
  sizes: readonly number[],
  taps: readonly number[],
  { strides, before, after, dilations, outputPadding }: TransposeAttributes,
): number[] {
  return sizes.map((size, i) => {
    const reach = (size - 1) * strides[i]! + dilations[i]! * (taps[i]! - 1) + 1;
    return reach - before[i]! - after[i]! + outputPadding[i]!;
  });
}

/** Windows of the plain convolution that gives the same, with the kernel turned round; undefined where there is none. */
function plainWindows(
  taps: readonly number[],
  { strides, before, after, dilations, outputPadding }: TransposeAttributes,
): Windows | undefined {
  const reach = taps.map((count, i) => dilations[i]! * (count - 1));
  const start = reach.map((length, i) => length - before[i]!);
  const end = reach.map((length, i) => length - after[i]! + outputPadding[i]!);
  if (strides.some((step) => step > 1) || [...start, ...end].some((zeros) => zeros < 0)) return undefined;
  return { strides, before: start, after: end, dilations };
}

/** The kernel `[M, C/G, taps]` as `[C, M/G, taps]` with the last tap first. */
function exchanged(
  { node, inputs, attributes: { groups }, emit, ints }: OnnxContext<TransposeAttributes>,
  taps: readonly number[],
): string {
  const [outputs, width] = node.inputs[1]!.shape.map(Number) as [number, number];
  const axes = taps.map((_, i) => i + 2);
  const ends = taps.map((count) => -count - 1); // one before the first
  const last = ints(axes.map(() => -1));
  const turned =
    product(taps) === 1 ? inputs[1]! : emit("Slice", [inputs[1]!, last, ints(ends), ints(axes), last]);
  if (groups === 1) return emit("Transpose", [turned], { attributes: { perm: [1, 0, ...axes] } });
  const apart = emit("Reshape", [turned, ints([groups, outputs / groups, width, ...taps])]);
  const perm = [0, 2, 1, ...axes.map((axis) => axis + 1)];
  const swapped = emit("Transpose", [apart], { attributes: { perm } });
  return emit("Reshape", [swapped, ints([groups * width, outputs / groups, ...taps])]);
}
