import { type OpCase, ints, lines, one, pairs, reductions, unary } from "./case-builders.contract.js";
import * as g from "./index.js";

const HALVES = { shape: [8], values: [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.2, 1.8] };

/** Cases of sorting, running sums, indexing by element, roundings and further reductions, by slug. */
export const INDEXING_CASES: Readonly<Record<string, readonly OpCase[]>> = {
  ceil: unary(g.ceil),
  "cum-sum": [
    ...lines((x, axis) => g.cumSum(x, axis)),
    ...lines((x, axis) => g.cumSum(x, axis, { exclusive: true })),
    ...lines((x, axis) => g.cumSum(x, axis, { reverse: true })),
    one("whole numbers", [ints([2, 3], 9)], ([x]) => g.cumSum(x!, 1, { exclusive: true, reverse: true })),
    one("a symbolic axis", [{ shape: ["n", 2] }], ([x]) => g.cumSum(x!, 0)),
  ],
  floor: unary(g.floor).concat(one("halves", [HALVES], ([x]) => g.floor(x!))),
  "gather-elements": [
    one("columns", [{ shape: [2, 4] }, ints([2, 3], 4)], ([x, i]) => g.gatherElements(x!, i!, -1)),
    one("rows", [{ shape: [3, 2] }, ints([1, 2], 3, "int32")], ([x, i]) => g.gatherElements(x!, i!, 0)),
    one("in the middle", [{ shape: [2, 3, 2] }, ints([2, 5, 2], 3)], ([x, i]) => g.gatherElements(x!, i!, 1)),
    one("symbolic rows", [{ shape: ["n", 3] }, ints(["n", 1], 3)], ([x, i]) => g.gatherElements(x!, i!, 1)),
    one("nothing", [{ shape: [2, 3] }, ints([2, 0], 1)], ([x, i]) => g.gatherElements(x!, i!, 1)),
    one("from the end", [{ shape: [3] }, { shape: [2], dtype: "int64", values: [-1, -3] }], ([x, i]) =>
      g.gatherElements(x!, i!, 0),
    ),
  ],
  or: pairs(g.or, [0, 1], "bool"),
  "reduce-min": reductions(g.reduceMin, false),
  "reduce-prod": [
    ...reductions(g.reduceProd, true),
    one("zeros", [{ shape: [3, 3], values: [0, 2, 3, 0, 0, 5, 1.5, -2, 0.5] }], ([x]) =>
      g.reduceProd(x!, [1]),
    ),
  ],
  round: unary(g.round).concat(one("halves", [HALVES], ([x]) => g.round(x!))),
  "scatter-elements": [
    one("columns", [{ shape: [2, 3] }, ints([2, 3], 4), { shape: [2, 4] }], ([u, i, like]) =>
      g.scatterElements(u!, i!, like!, 1),
    ),
    one("rows", [{ shape: [4, 2] }, ints([4, 2], 3, "int32"), { shape: [3, 2] }], ([u, i, like]) =>
      g.scatterElements(u!, i!, like!, 0),
    ),
    one("symbolic", [{ shape: ["n", 2] }, ints(["n", 2], 3), { shape: ["n", 3] }], ([u, i, like]) =>
      g.scatterElements(u!, i!, like!, -1),
    ),
    one("nothing", [{ shape: [2, 0] }, ints([2, 0], 1), { shape: [2, 3] }], ([u, i, like]) =>
      g.scatterElements(u!, i!, like!, 1),
    ),
  ],
  "scatter-rows": [
    one(
      "two of four",
      [{ shape: [4, 3] }, { shape: [2], dtype: "int32", values: [3, 1] }, { shape: [2, 3] }],
      ([x, i, u]) => g.scatterRows(x!, i!, u!),
    ),
    one(
      "a vector, one counted from its end",
      [{ shape: [3] }, { shape: [2], dtype: "int64", values: [-1, 0] }, { shape: [2] }],
      ([x, i, u]) => g.scatterRows(x!, i!, u!),
    ),
    one(
      "the only row",
      [{ shape: [1, 2] }, { shape: [1], dtype: "int64", values: [0] }, { shape: [1, 2] }],
      ([x, i, u]) => g.scatterRows(x!, i!, u!),
    ),
    one("none", [{ shape: [2, 2] }, ints([0], 1), { shape: [0, 2] }], ([x, i, u]) =>
      g.scatterRows(x!, i!, u!),
    ),
    one(
      "symbolic",
      [{ shape: ["n", 2] }, { shape: ["m"], dtype: "int64", values: [2, 0] }, { shape: ["m", 2] }],
      ([x, i, u]) => g.scatterRows(x!, i!, u!),
    ),
  ],
  "top-k": [
    one("of a vector", [{ shape: [5] }], ([x]) => g.topK(x!, 2, 0)),
    one("of rows", [{ shape: [3, 4] }], ([x]) => g.topK(x!, 3, -1)),
    one("the smallest in the middle", [{ shape: [2, 4, 2] }], ([x]) => g.topK(x!, 2, 1, { largest: false })),
    one("of equal ones", [{ shape: [5], values: [1, 2, 1, 2, 2] }], ([x]) => g.topK(x!, 4, 0), false),
    one("of whole numbers", [ints([2, 4], 5)], ([x]) => g.topK(x!, 1, 1)),
    one("of symbolic rows", [{ shape: ["n", 3] }], ([x]) => g.topK(x!, 2, 1)),
    one("along a symbolic axis", [{ shape: ["n", 2] }], ([x]) => g.topK(x!, "n", 0)),
    one("fewer along a symbolic axis", [{ shape: ["n", 2] }], ([x]) => g.topK(x!, 2, 0)[0]),
    one("no rows", [{ shape: [0, 3] }], ([x]) => g.topK(x!, 2, 1)),
    one("none", [{ shape: [2, 3] }], ([x]) => g.topK(x!, 0, 1)),
  ],
};
