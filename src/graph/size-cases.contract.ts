import { type OpCase, ints, one } from "./case-builders.contract.js";
import * as g from "./index.js";
import type { Tensor } from "./tensor.js";

const floats = (...shapes: readonly (readonly number[])[]) => shapes.map((shape) => ({ shape }));

/** A case without elements and one of a single element, from an input's shape. */
const noneAndOne = (
  build: (x: Tensor) => Tensor | readonly Tensor[],
  none: readonly number[],
  single: readonly number[],
  gradient?: false,
): OpCase[] => [
  one("no elements", floats(none), ([x]) => build(x!), gradient),
  one("one element", floats(single), ([x]) => build(x!), gradient),
];

const truths = (build: (x: Tensor) => Tensor): OpCase[] => [
  one("no truths", [{ shape: [0, 2], dtype: "bool" }], ([x]) => build(x!)),
  one("one truth", [{ shape: [1], dtype: "bool" }], ([x]) => build(x!)),
];

const grown = (x: Tensor): Tensor[] => {
  const { carried, scans } = g.loop({
    trips: g.scalar(2, "int64"),
    carried: [x],
    body: (_, [c]) => ({ carried: [g.sin(c!)], scans: [g.square(c!)] }),
  });
  return [...carried, ...scans];
};

const scattered = ([u, i, like]: readonly Tensor[]): Tensor => g.scatterAdd(u!, i!, like!, 0);

/** Sizes 0 and 1 for operations whose other cases have none, by slug. */
export const SIZE_CASES: Readonly<Record<string, readonly OpCase[]>> = {
  "arg-max": [one("no rows", floats([0, 3]), ([x]) => g.argMax(x!, 1))],
  "axis-size": noneAndOne((x) => g.axisSize(x, [0, 1]), [0, 3], [1, 1]),
  cast: [one("one element", floats([1]), ([x]) => g.cast(x!, "float64"))],
  "dynamic-slice": [
    one("no rows", [{ shape: [0, 4] }, ints([], 3)], ([x, start]) => g.dynamicSlice(x!, start!, 2, 1)),
    one("all there is", [{ shape: [1] }, ints([], 1)], ([x, start]) => g.dynamicSlice(x!, start!, 1)),
  ],
  expand: [one("no rows", floats([0, 1]), ([x]) => g.expand(x!, [2, 0, 3]))],
  "expand-like": [
    one("to nothing", floats([1, 2], [0, 2]), ([x, like]) => g.expandLike(x!, like!)),
    one("to one element", floats([], [1, 1]), ([x, like]) => g.expandLike(x!, like!)),
  ],
  gather: [one("of one row", [{ shape: [1, 2] }, ints([1], 1)], ([x, i]) => g.gather(x!, i!, 0))],
  "is-nan": noneAndOne((x) => g.isNaN(x), [0], [1]),
  "number-encode": [
    one("no numbers", [{ shape: [0] }], ([x]) => g.numberEncode(g.cast(x!, "float64"), [1], 1)),
    one("one number", [{ shape: [1] }], ([x]) => g.numberEncode(g.cast(x!, "float64"), [1], 1)),
  ],
  "word-counts": [
    one("no texts", [{ shape: [0], dtype: "string", values: [] }], ([x]) => g.wordCounts(x!, ["a"], [0], 2)),
    one("one text", [{ shape: [1], dtype: "string", values: ["a b a"] }], ([x]) =>
      g.wordCounts(x!, ["a"], [0], 1),
    ),
  ],
  "label-encode": [
    one("no texts", [{ shape: [0], dtype: "string", values: [] }], ([x]) => g.labelEncode(x!, ["a"], 1)),
    one("one text", [{ shape: [1], dtype: "string", values: ["a"] }], ([x]) => g.labelEncode(x!, ["a"], 1)),
  ],
  loop: noneAndOne(grown, [0, 2], [1]),
  not: truths((x) => g.not(x)),
  "one-hot": [
    one("no rows", [ints([0], 1)], ([i]) => g.oneHot(i!, 3, "float32")),
    one("one row, one place", [ints([1], 1)], ([i]) => g.oneHot(i!, 1, "float32")),
  ],
  pad: [one("of nothing", floats([0, 2]), ([x]) => g.pad(x!, [1, 0], [0, 1]))],
  "scatter-add": [
    one("no rows", [{ shape: [0, 2] }, ints([0], 1), { shape: [3, 2] }], scattered),
    one("one row", [{ shape: [1, 2] }, ints([1], 1), { shape: [1, 2] }], scattered),
  ],
  "scatter-elements": [
    one("one element", [{ shape: [1, 1] }, ints([1, 1], 1), { shape: [1, 1] }], ([u, i, like]) =>
      g.scatterElements(u!, i!, like!, 0),
    ),
  ],
  slice: noneAndOne((x) => g.slice(x, [0], [1], [1]), [0, 3], [1, 1]),
  split: noneAndOne((x) => g.split(x, [1, 1], 1), [0, 2], [1, 2]),
  "stop-gradient": noneAndOne((x) => g.stopGradient(x), [0], [1], false),
  "top-k": [one("of one element", floats([1]), ([x]) => g.topK(x!, 1, 0))],
  where: [
    one("no rows", [{ shape: [0, 1], dtype: "bool" }, ...floats([0, 2], [2])], ([c, a, b]) =>
      g.where(c!, a!, b!),
    ),
  ],
};

/** The same for functions made of operations, by name. */
export const SIZE_COMPOSITE_CASES: Readonly<Record<string, readonly OpCase[]>> = {
  conv1d: [one("no rows", floats([0, 1, 4], [2, 1, 3]), ([x, kernel]) => g.conv1d(x!, kernel!))],
  groupNorm: [
    one("no rows", floats([0, 4], [4], [4]), ([x, scale, bias]) =>
      g.groupNorm(x!, { scale: scale!, bias: bias! }, 2),
    ),
  ],
  repeat: [one("one row", floats([1, 2]), ([x]) => g.repeat(x!, 2, 0))],
  segmentMean: [one("one row", [{ shape: [1, 2] }, ints([1], 2)], ([x, i]) => g.segmentMean(x!, i!, 2))],
  segmentSum: [one("one row", [{ shape: [1, 2] }, ints([1], 2)], ([x, i]) => g.segmentSum(x!, i!, 2))],
};

/** Two tables of cases as one. */
export function together(
  a: Readonly<Record<string, readonly OpCase[]>>,
  b: Readonly<Record<string, readonly OpCase[]>>,
): Readonly<Record<string, readonly OpCase[]>> {
  const slugs = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(slugs.map((slug) => [slug, [...(a[slug] ?? []), ...(b[slug] ?? [])]]));
}
