import { formatShape, product, strides as stridesOf } from "./shape.js";
import type { Dim } from "./tensor.js";
import { type Value, numbers, value } from "./value.js";

/** How windows lie over the spatial axes: one number for each axis. */
export interface Windows {
  /** Steps between windows. */
  readonly strides: readonly number[];
  /** Padding before. */
  readonly before: readonly number[];
  /** Padding after. */
  readonly after: readonly number[];
  /** Steps between the taps of a window. */
  readonly dilations: readonly number[];
}

/** How windows are asked for; one number stands for all spatial axes. */
export interface WindowOptions {
  /** Steps between windows; 1 by default. */
  readonly strides?: number | readonly number[];
  /** Zeros on both sides of each axis; `"same"`: as many as keep ⌈size / stride⌉, the odd one after. 0 by default. */
  readonly padding?: number | readonly number[] | "same";
  /** Steps between the taps of a window; 1 by default. */
  readonly dilations?: number | readonly number[];
}

/** Attributes of a convolution and its transpose. */
export interface ConvAttributes extends Windows {
  readonly groups: number;
  readonly [key: string]: number | readonly number[];
}

/** Reads options for the spatial sizes of an input and a kernel. */
export function windowsOf(sizes: readonly Dim[], kernel: readonly Dim[], options: WindowOptions): Windows {
  const { strides = 1, padding = 0, dilations = 1 } = options;
  const each = (given: number | readonly number[]): readonly number[] =>
    typeof given === "number" ? sizes.map(() => given) : given;
  const [steps, gaps] = [each(strides), each(dilations)];
  if (padding !== "same")
    return { strides: steps, before: each(padding), after: each(padding), dilations: gaps };
  const total = sizes.map((size, i) => {
    const reach = (gaps[i] ?? 1) * (Number(kernel[i]) - 1);
    if (typeof size === "string") return reach;
    const step = steps[i] ?? 1;
    return Math.max((Math.ceil(size / step) - 1) * step + reach + 1 - size, 0);
  });
  const before = total.map((zeros) => Math.floor(zeros / 2));
  return { strides: steps, before, after: total.map((zeros, i) => zeros - before[i]!), dilations: gaps };
}

/** What is wrong with windows over `rank` spatial axes, as subject and expectation; undefined if nothing. */
export function windowProblem(windows: Windows, rank: number): readonly [string, string, string] | undefined {
  for (const [name, least] of [
    ["strides", 1],
    ["dilations", 1],
    ["before", 0],
    ["after", 0],
  ] as const) {
    const list = windows[name];
    if (list.length === rank && list.every((n) => Number.isInteger(n) && n >= least)) continue;
    const subject = name === "before" || name === "after" ? "padding" : name;
    return [subject, `whole numbers from ${least} on for spatial axes, here ${rank}`, formatShape(list)];
  }
  return undefined;
}

/** Windows along each axis; undefined where there is none, or where a symbolic size would change. */
export function windowCounts(
  sizes: readonly Dim[],
  kernel: readonly number[],
  { strides, before, after, dilations }: Windows,
): readonly Dim[] | undefined {
  const counts = sizes.map((size, i): Dim => {
    const spare = before[i]! + after[i]! - dilations[i]! * (kernel[i]! - 1);
    if (typeof size === "string") return spare === 0 && strides[i] === 1 ? size : 0;
    return Math.floor((size + spare - 1) / strides[i]!) + 1;
  });
  return counts.every((count) => typeof count === "string" || count > 0) ? counts : undefined;
}

/** ONNX's attributes of windows. */
export const onnxWindows = ({ strides, before, after, dilations }: Windows) => ({
  strides,
  dilations,
  pads: [...before, ...after],
});

/** Calls `visit` for every tap of every window that lies inside, with flat places of window, element and tap. */
export function forEachTap(
  counts: readonly number[],
  sizes: readonly number[],
  kernel: readonly number[],
  { strides, before, dilations }: Windows,
  visit: (window: number, element: number, tap: number) => void,
): void {
  const [byWindow, byElement, byTap] = [stridesOf(counts), stridesOf(sizes), stridesOf(kernel)];
  const [windows, taps] = [product(counts), product(kernel)];
  for (let window = 0; window < windows; window++) {
    for (let tap = 0; tap < taps; tap++) {
      const place = sizes.map((_, i) => {
        const start = (Math.floor(window / byWindow[i]!) % counts[i]!) * strides[i]! - before[i]!;
        return start + (Math.floor(tap / byTap[i]!) % kernel[i]!) * dilations[i]!;
      });
      if (place.every((at, i) => at >= 0 && at < sizes[i]!))
        visit(
          window,
          place.reduce((sum, at, i) => sum + at * byElement[i]!, 0),
          tap,
        );
    }
  }
}

/**
 * Either direction of a convolution by its definition: `narrow` `[N, M, windows]` and `wide` `[N, C, sizes]` are tied by the
 * kernel `[M, C/groups, taps]`; from the wide side it sums into the narrow one, transposed the other way round.
 */
export function convolve(
  from: Value,
  kernel: Value,
  shape: readonly number[],
  attributes: ConvAttributes,
  transposed: boolean,
): Value {
  const [x, w, y] = [numbers(from), numbers(kernel), new Float64Array(product(shape))];
  const [narrow, wide] = transposed ? [from.shape, shape] : [shape, from.shape];
  const [outputs, inputs] = [narrow[1]!, wide[1]!];
  const [width, perGroup] = [kernel.shape[1]!, outputs / attributes.groups];
  const [counts, sizes, taps] = [narrow.slice(2), wide.slice(2), kernel.shape.slice(2)];
  const [countSize, elementSize, tapSize] = [counts, sizes, taps].map(product) as [number, number, number];
  forEachTap(counts, sizes, taps, attributes, (window, element, tap) => {
    for (let pair = 0; pair < narrow[0]! * outputs * width; pair++) {
      const [n, m, c] = [
        Math.floor(pair / (outputs * width)),
        Math.floor(pair / width) % outputs,
        pair % width,
      ];
      const channel = Math.floor(m / perGroup) * width + c;
      const small = (n * outputs + m) * countSize + window;
      const large = (n * inputs + channel) * elementSize + element;
      const weight = w[(m * width + c) * tapSize + tap]!;
      if (transposed) y[large]! += x[small]! * weight;
      else y[small]! += x[large]! * weight;
    }
  });
  return value(shape, y);
}
