import {
  type WindowOptions,
  type Windows,
  forEachTap,
  onnxWindows,
  windowCounts,
  windowProblem,
  windowsOf,
} from "../convolution.js";
import { accepts } from "../elementwise.js";
import { defineOp } from "../op.js";
import { formatShape, product, productDim, staticShape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { numbers, value } from "../value.js";

interface PoolAttributes extends Windows {
  readonly kernel: readonly number[];
  readonly [key: string]: readonly number[];
}

/**
 * The largest element of each window over the spatial axes; padding never wins, and of equal elements the first takes the
 * gradient.
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
    infer({ inputs, attributes, fail }) {
      const { shape, dtype } = inputs[0]!;
      if (!accepts("float", dtype)) throw fail("input", "of type float32 or float64", "Cast it.", dtype);
      const rank = shape.length - 2;
      if (rank < 1) throw fail("input", "[B, C, ..]");
      const { kernel, before, after } = attributes;
      if (kernel.length !== rank || kernel.some((size) => !Number.isInteger(size) || size < 1))
        throw fail(
          "kernel",
          `whole numbers from 1 on for spatial axes, here ${rank}`,
          undefined,
          formatShape(kernel),
        );
      const problem = windowProblem(attributes, rank);
      if (problem) throw fail(problem[0], problem[1], undefined, problem[2]);
      if (kernel.some((size, i) => before[i]! >= size || after[i]! >= size))
        throw fail("padding", "less than the kernel", undefined, formatShape([...before, ...after]));
      const counts = windowCounts(shape.slice(2), kernel, attributes);
      if (!counts) throw fail("sizes", "known, and at least those of the kernel");
      const found = [...shape.slice(0, 2), ...counts];
      return [
        { shape: found, dtype },
        { shape: found, dtype: "int64" },
      ];
    },
    vjp({ inputs, outputs, attributes, g, full, emit }) {
      const [x, places] = [inputs[0]!, outputs[1]!];
      const all = full(g, outputs[0]!);
      if (apart(attributes)) return [emit("max-unpool", [all, places, x])];
      const flat = (t: Tensor): Tensor => emit("reshape", [t], { shape: [productDim(t.shape)] });
      const sums = emit("scatter-add", [flat(all), flat(places), flat(x)], { axis: 0 });
      return [emit("reshape", [sums], { shape: x.shape })];
    },
    onnx({ node, inputs, outputs, attributes, emit, ints, scalar }) {
      const known = staticShape(node.outputs[0]!.shape);
      if (known?.includes(0)) {
        node.outputs.forEach(({ dtype }, i) => {
          emit("Expand", [scalar(0, dtype), ints(known)], { outputs: [outputs[i]!] });
        });
        return;
      }
      emit("MaxPool", inputs, {
        outputs,
        attributes: { ...onnxWindows(attributes), kernel_shape: attributes.kernel },
      });
    },
    reference({ inputs, attributes }) {
      const x = inputs[0]!;
      const [source, sizes] = [numbers(x), x.shape.slice(2)];
      const counts = windowCounts(sizes, attributes.kernel, attributes) as readonly number[]; // real sizes
      const shape = [...x.shape.slice(0, 2), ...counts];
      const most = new Float64Array(product(shape)).fill(Number.NEGATIVE_INFINITY);
      const places = new Float64Array(most.length);
      const [windows, elements] = [product(counts), product(sizes)];
      for (let image = 0; image < x.shape[0]! * x.shape[1]!; image++) {
        forEachTap(counts, sizes, attributes.kernel, attributes, (window, element) => {
          const [to, from] = [image * windows + window, image * elements + element];
          if (!(source[from]! > most[to]!)) return;
          most[to] = source[from]!;
          places[to] = from;
        });
      }
      return [value(shape, most), value(shape, places)];
    },
  },
  (apply) =>
    (x, kernel, options = {}) => {
      const sizes = x.shape.slice(2);
      const window = typeof kernel === "number" ? sizes.map(() => kernel) : kernel;
      return apply([x], { ...windowsOf(sizes, window, { strides: window, ...options }), kernel: window })[0]!;
    },
);

/** Whether no element lies in two windows, nor a window outside. */
function apart({ kernel, strides, dilations }: PoolAttributes): boolean {
  return kernel.every((size, i) => dilations[i] === 1 && size <= strides[i]!);
}
