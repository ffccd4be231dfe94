import {
  type WindowOptions,
  type Windows,
  forEachTap,
  onnxWindows,
  windowCounts,
  windowProblem,
  windowsOf,
} from "./convolution.js";
import { accepts } from "./elementwise.js";
import type { Inference, OnnxContext } from "./op.js";
import { type Shape, formatShape, product, staticShape } from "./shape.js";
import type { Tensor } from "./tensor.js";
import { type Value, numbers, value } from "./value.js";

/** Attributes of a pooling over windows. */
export interface PoolAttributes extends Windows {
  readonly kernel: readonly number[];
  readonly [key: string]: readonly number[];
}

/** Reads a pooling's arguments: one size stands for all spatial axes, and strides are the kernel's sizes unless given. */
export function poolOf(
  x: Tensor,
  kernel: number | readonly number[],
  options: WindowOptions = {},
): PoolAttributes {
  const sizes = x.shape.slice(2);
  const window = typeof kernel === "number" ? sizes.map(() => kernel) : kernel;
  return { ...windowsOf(sizes, window, { strides: window, ...options }), kernel: window };
}

/** The shape of one element for each window; throws what `fail` makes where windows do not fit. */
export function pooledShape({ inputs, attributes, fail }: Inference<PoolAttributes>): Shape {
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
  return [...shape.slice(0, 2), ...counts];
}

/** Writes ONNX's MaxPool with these outputs: the elements, and if there is a second, their places. */
export function emitMaxPool(
  { node, inputs, attributes, emit, ints, scalar }: OnnxContext<PoolAttributes>,
  outputs: readonly string[],
): void {
  const { shape, dtype } = node.outputs[0]!;
  const known = staticShape(shape);
  if (known?.includes(0)) {
    emit("Expand", [scalar(0, dtype), ints(known)], { outputs: [outputs.at(-1)!] }); // the one that is wanted
    return;
  }
  emit("MaxPool", inputs, {
    outputs,
    attributes: { ...onnxWindows(attributes), kernel_shape: attributes.kernel },
  });
}

/** The largest element of each window, the first of equal ones, and its place among all elements of x. */
export function largestOfWindows(x: Value, attributes: PoolAttributes): { most: Value; places: Value } {
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
  return { most: value(shape, most), places: value(shape, places) };
}
