import {
  type OpCase,
  ints,
  lines,
  one,
  pairs,
  positive,
  reductions,
  unary,
  wholeNumbers,
} from "./case-builders.contract.js";
import { ACTIVATION_CASES } from "./activation-cases.contract.js";
import { INDEXING_CASES } from "./indexing-cases.contract.js";
import { LINEAR_ALGEBRA_CASES } from "./linear-algebra-cases.contract.js";
import { RANDOM_CASES } from "./random-cases.contract.js";
import { IMAGE_CASES } from "./image-cases.contract.js";
import { SIZE_CASES, together } from "./size-cases.contract.js";
import * as g from "./index.js";
import type { Dim, Tensor } from "./tensor.js";

function products(): OpCase[] {
  const settings: (readonly [readonly Dim[], readonly Dim[], boolean, boolean])[] = [
    [[2, 3], [3, 4], false, false],
    [[3, 2], [3, 4], true, false],
    [[2, 3], [4, 3], false, true],
    [[3, 2], [4, 3], true, true],
    [["n", 2], [2, 4], false, false],
    [[0, 2], [2, 3], false, false],
    [[1, 1], [1, 1], false, false],
    [[2, 2, 3], [3, 2], false, false],
    [[2, 2, 3], [2, 3], false, true],
    [[2, 3, 2], [3, 2], true, false],
    [[2, 3], [4, 3, 2], false, false],
    [[2, 1, 2, 3], [4, 3, 2], false, false],
    [[2, 3, 2], [2, 4, 3], true, true],
    [[2, "n", 3], [3, 2], false, false],
    [[1, 2, 3], [1, 3, 2], false, false],
    [[1, "n", 3], [1, 2, 3], false, true],
    [[2, "n", 3], [2, 3, 2], false, false],
    [[2, 3, 0], [2, 0, 2], false, false],
    [[3, 0, 2], [3, 0, 4], true, false],
    [[2, 3, 4], [2, 3, 2], true, false],
    [[2, 3, 4], [3, 3], true, false],
    [[3, 4], [2, 3, 2], true, false],
    [[2, 0, 4], [2, 0, 2], true, false],
    [[2, "n", 4], [2, "n", 2], true, false],
  ];
  return settings.map(([a, b, transposeA, transposeB]) => ({
    name: `[${a.join(", ")}]${transposeA ? "ᵀ" : ""} and [${b.join(", ")}]${transposeB ? "ᵀ" : ""}`,
    inputs: [{ shape: a }, { shape: b }],
    build: ([x, y]) => g.matmul(x!, y!, { transposeA, transposeB }),
  }));
}

const CASES: Readonly<Record<string, readonly OpCase[]>> = {
  abs: unary(g.abs, positive).concat(one("negative", [{ shape: [3], range: [-2, -1] }], ([x]) => g.abs(x!))),
  add: pairs(g.add).concat(one("whole numbers", [ints([3], 9), ints([], 9)], ([a, b]) => g.add(a!, b!))),
  and: pairs(g.and, [0, 1], "bool"),
  "arg-max": lines(g.argMax).filter(({ name }) => !name.startsWith("[0")),
  "axis-size": [
    one("symbolic", [{ shape: ["n", 2] }], ([x]) => g.axisSize(x!, [0, 1])),
    one("none", [{ shape: [2] }], ([x]) => g.axisSize(x!, [])),
  ],
  cast: [
    one("float to whole", [{ shape: [4] }], ([x]) => g.cast(x!, "int64")),
    one("float to bool", [{ shape: [3], values: [0, 1.5, -2] }], ([x]) => g.cast(x!, "bool")),
    one("bool to whole", [{ shape: [3], dtype: "bool", range: [0, 1] }], ([x]) => g.cast(x!, "int32")),
    one("float to float", [{ shape: [0, 2] }], ([x]) => g.cast(x!, "float64")),
  ],
  clip: unary((x) => g.clip(x, -1, 0.5)).concat(
    one("open below", [{ shape: [5] }], ([x]) => g.clip(x!, Number.NEGATIVE_INFINITY, 1)),
  ),
  concat: [
    one("two along 0", [{ shape: [1, 2] }, { shape: [3, 2] }], (xs) => g.concat(xs, 0)),
    one("three along -1", [{ shape: [2, 1] }, { shape: [2, 0] }, { shape: [2, 2] }], (xs) =>
      g.concat(xs, -1),
    ),
    one("symbolic beside", [{ shape: ["n", 1] }, { shape: ["n", 2] }], (xs) => g.concat(xs, 1)),
    one("symbolic along", [{ shape: ["n"] }, { shape: [2] }], (xs) => g.concat(xs, 0), false),
    one("one alone", [{ shape: [3] }], (xs) => g.concat(xs, 0)),
    one("text", [{ shape: [2], dtype: "string", values: ["a", ""] }], ([x]) => g.concat([x!, x!], 0)),
    one("one with a gradient", [{ shape: [2] }], ([x]) => g.concat([g.stopGradient(x!), x!], 0), false),
  ],
  div: pairs(g.div, positive).concat(
    one(
      "whole numbers",
      [
        { shape: [3], dtype: "int64", values: [7, -7, 6] },
        { shape: [], dtype: "int64", values: [2] },
      ],
      ([a, b]) => g.div(a!, b!),
    ),
  ),
  "dynamic-slice": [
    one("a vector", [{ shape: [6] }, ints([], 3)], ([x, start]) => g.dynamicSlice(x!, start!, 4)),
    one("along 1", [{ shape: [2, 5] }, ints([], 2)], ([x, start]) => g.dynamicSlice(x!, start!, 3, 1)),
    one("symbolic", [{ shape: ["n", 2] }, ints([], 2)], ([x, start]) => g.dynamicSlice(x!, start!, 2)),
  ],
  equal: pairs(g.equal, wholeNumbers, "int64"),
  exp: unary(g.exp),
  expand: [
    one("new axes", [{ shape: [3] }], ([x]) => g.expand(x!, [2, 2, 3])),
    one("a size of 1", [{ shape: [2, 1] }], ([x]) => g.expand(x!, [2, 4])),
    one("to nothing", [{ shape: [1, 2] }], ([x]) => g.expand(x!, [0, 2])),
    one("beside a symbolic size", [{ shape: ["n", 1] }], ([x]) => g.expand(x!, [2, "n", 3])),
  ],
  "expand-like": [
    one("symbolic", [{ shape: [2] }, { shape: ["n", 2] }], ([x, like]) => g.expandLike(x!, like!)),
    one("a scalar", [{ shape: [] }, { shape: ["n"] }], ([x, like]) => g.expandLike(x!, like!)),
  ],
  gather: [
    one("rows", [{ shape: [4, 2] }, ints([3], 4)], ([x, i]) => g.gather(x!, i!, 0)),
    one(
      "rows from the end",
      [{ shape: [4, 2] }, { shape: [3], dtype: "int64", values: [-1, 2, -4] }],
      ([x, i]) => g.gather(x!, i!, 0),
    ),
    one("one row", [{ shape: [4, 2] }, ints([], 4, "int32")], ([x, i]) => g.gather(x!, i!, 0)),
    one("twice the same", [{ shape: [2, 3] }, ints([2, 3], 3)], ([x, i]) => g.gather(x!, i!, -1)),
    one("in the middle", [{ shape: [2, 3, 2] }, ints([4], 3, "int32")], ([x, i]) => g.gather(x!, i!, 1)),
    one("symbolic rows", [{ shape: ["n", 2] }, ints([2], 3)], ([x, i]) => g.gather(x!, i!, 0)),
    one("nothing", [{ shape: [2, 2] }, ints([0], 1)], ([x, i]) => g.gather(x!, i!, 0)),
    one("text", [{ shape: [2], dtype: "string", values: ["b", "a"] }, ints([3], 2)], ([x, i]) =>
      g.gather(x!, i!, 0),
    ),
  ],
  greater: pairs(g.greater),
  "is-nan": [one("one of three", [{ shape: [3], values: [1, Number.NaN, 0] }], ([x]) => g.isNaN(x!))],
  "label-encode": [
    one("known and unknown", [{ shape: [4], dtype: "string", values: ["b", "", "x", "a"] }], ([x]) =>
      g.labelEncode(x!, ["a", "b", ""], 3),
    ),
    one("no keys", [{ shape: [2], dtype: "string", values: ["b", "a"] }], ([x]) => g.labelEncode(x!, [], 7)),
  ],
  "number-encode": [
    one("known, unknown and none", [{ shape: [4], values: [98_101, 0.5, Number.NaN, 7] }], ([x]) =>
      g.numberEncode(g.cast(x!, "float64"), [0.5, 16_777_217, 98_101], 4),
    ),
    one("no keys", [{ shape: [2], values: [1, 2] }], ([x]) => g.numberEncode(g.cast(x!, "float64"), [], 7)),
  ],
  "word-counts": [
    one(
      "spellings, scripts, signs and nothing",
      [
        {
          shape: [6],
          dtype: "string",
          values: [
            "The cat, the\tcat!",
            "",
            "Grün 日本語 😀 don't",
            "a\u00a0cat\u2003THE",
            "e\u0301t",
            "x2 2x",
          ],
        },
      ],
      ([x]) =>
        g.wordCounts(
          x!,
          ["The", "the", "cat", "Grün", "日本語", "don", "e\u0301t", "x2"],
          [0, 0, 1, 2, 3, 4, 5, 6],
          7,
        ),
    ),
    one("only empty texts", [{ shape: [2], dtype: "string", values: ["", " "] }], ([x]) =>
      g.wordCounts(x!, ["a"], [0], 2),
    ),
  ],
  less: pairs(g.less),
  log: unary(g.log, positive),
  "log-softmax": lines(g.logSoftmax),
  "log-sum-exp": lines(g.logSumExp),
  loop: [
    one("a running sum", [{ shape: [2] }, { shape: [] }], ([x, y]) => {
      const { carried, scans } = g.loop({
        trips: g.scalar(3, "int64"),
        carried: [x!],
        body: (i, [sum]) => ({
          carried: [g.add(sum!, g.mul(y!, g.cast(i, sum!.dtype)))],
          scans: [sum!, i, y!],
        }),
      });
      return [...carried, ...scans];
    }),
    one("no trip", [{ shape: [2] }, ints([], 1)], ([x, trips]) => {
      const result = g.loop({
        trips: trips!,
        carried: [x!],
        body: (_, [c]) => ({ carried: [g.neg(c!)], scans: [g.abs(c!)] }),
      });
      return [...result.carried, ...result.scans];
    }),
    one("a loop in a loop", [{ shape: [2] }], ([x]) => {
      const trips = g.scalar(2, "int64");
      const inner = (from: Tensor, step: Tensor): Tensor =>
        g.loop({ trips, carried: [from], body: (_, [c]) => ({ carried: [g.add(g.mul(c!, step), x!)] }) })
          .carried[0]!;
      return g.loop({
        trips,
        carried: [x!],
        body: (i, [c]) => ({ carried: [inner(c!, g.cast(i, x!.dtype))] }),
      }).carried[0]!;
    }),
  ],
  matmul: products(),
  maximum: pairs(g.maximum),
  minimum: pairs(g.minimum),
  mul: pairs(g.mul),
  neg: unary(g.neg),
  not: [one("three", [{ shape: [3], dtype: "bool", range: [0, 1] }], ([x]) => g.not(x!))],
  "one-hot": [
    one("rows", [ints([4], 3)], ([i]) => g.oneHot(i!, 3, "float32")),
    one("outside", [{ shape: [3], dtype: "int64", values: [-1, 3, 1] }], ([i]) => g.oneHot(i!, 3, "float32")),
    one("a table of int32", [ints([2, 2], 2, "int32")], ([i]) => g.oneHot(i!, 2, "bool")),
  ],
  pad: [
    one("both sides", [{ shape: [2, 2] }], ([x]) => g.pad(x!, [1, 0], [0, 2])),
    one("beside a symbolic size", [{ shape: ["n", 1] }], ([x]) => g.pad(x!, [0, 1], [0, 2])),
  ],
  pow: [
    ...unary((x) => g.pow(x, 3)),
    ...unary((x) => g.pow(x, 2)),
    ...unary((x) => g.pow(x, -1), positive),
    ...unary((x) => g.pow(x, 0.5), positive),
    ...unary((x) => g.pow(x, 1.7), positive),
  ],
  reciprocal: unary(g.reciprocal, positive),
  "reduce-max": reductions(g.reduceMax, false),
  "reduce-mean": reductions(g.reduceMean, false),
  "reduce-sum": reductions(g.reduceSum, true),
  relu: unary(g.relu),
  reshape: [
    one("flat", [{ shape: [2, 3] }], ([x]) => g.reshape(x!, [-1])),
    one("empty", [{ shape: [0, 3] }], ([x]) => g.reshape(x!, [3, 0])),
    one("to a scalar", [{ shape: [1, 1] }], ([x]) => g.reshape(x!, [])),
    one("symbolic kept", [{ shape: ["n", 4] }], ([x]) => g.reshape(x!, ["n", 2, 2])),
    one("symbolic moved", [{ shape: ["n", 1] }], ([x]) => g.reshape(x!, [1, "n"])),
    one("symbolic merged", [{ shape: ["n", 2] }], ([x]) => g.reshape(x!, [-1])),
    one("two symbolic sizes", [{ shape: ["n", "m", 2] }], ([x]) => g.reshape(x!, [2, "n", "m"])),
  ],
  "scatter-add": [
    one("rows", [{ shape: [3, 2] }, ints([3], 2), { shape: [4, 2] }], ([u, i, like]) =>
      g.scatterAdd(u!, i!, like!, 0),
    ),
    one(
      "in the middle",
      [{ shape: [2, 4, 2] }, ints([4], 3, "int32"), { shape: [2, 3, 2] }],
      ([u, i, like]) => g.scatterAdd(u!, i!, like!, 1),
    ),
    one("a table of indices", [{ shape: [2, 2, 3] }, ints([2, 3], 2), { shape: [2, 2] }], ([u, i, like]) =>
      g.scatterAdd(u!, i!, like!, 1),
    ),
    one("symbolic", [{ shape: [2, 2] }, ints([2], 3), { shape: ["n", 2] }], ([u, i, like]) =>
      g.scatterAdd(u!, i!, like!, 0),
    ),
  ],
  sigmoid: unary(g.sigmoid, [-30, 30]),
  sign: unary(g.sign),
  slice: [
    one("rows", [{ shape: [4, 3] }], ([x]) => g.slice(x!, [1], [3], [0])),
    one("from the end", [{ shape: [4, 3] }], ([x]) => g.slice(x!, [-2, 0], [99, -1], [-2, 1])),
    one("nothing", [{ shape: [4] }], ([x]) => g.slice(x!, [3], [1], [0])),
    one("beside a symbolic size", [{ shape: ["n", 4] }], ([x]) => g.slice(x!, [1], [3], [1])),
    one("along a symbolic size", [{ shape: ["n", 2] }], ([x]) => g.slice(x!, [1], [3], [0]), false),
  ],
  softmax: lines(g.softmax),
  softplus: unary(g.softplus, [-20, 20]),
  split: [
    one("columns", [{ shape: [2, 4] }], ([x]) => g.split(x!, [1, 0, 3], -1)),
    one("one used", [{ shape: [5] }], ([x]) => g.split(x!, [2, 3], 0)[1]!),
    one("one alone", [{ shape: [3] }], ([x]) => g.split(x!, [3], 0)),
    one("beside a symbolic size", [{ shape: ["n", 3] }], ([x]) => g.split(x!, [1, 2], 1)[0]!),
  ],
  sqrt: unary(g.sqrt, positive),
  square: unary(g.square),
  "stop-gradient": [one("added to itself", [{ shape: [3] }], ([x]) => g.stopGradient(x!), false)],
  sub: pairs(g.sub),
  tanh: unary(g.tanh),
  transpose: [
    one("a matrix", [{ shape: [2, 3] }], ([x]) => g.transpose(x!, [1, 0])),
    one("three axes", [{ shape: [2, 3, 1] }], ([x]) => g.transpose(x!, [2, 0, 1])),
    one("symbolic", [{ shape: ["n", 0, 2] }], ([x]) => g.transpose(x!, [2, 0, 1])),
    one("text", [{ shape: [1, 2], dtype: "string", values: ["a", "b"] }], ([x]) => g.transpose(x!, [1, 0])),
  ],
  where: [
    one(
      "broadcast",
      [{ shape: [2, 1], dtype: "bool", range: [0, 1] }, { shape: [3] }, { shape: [2, 3] }],
      ([c, a, b]) => g.where(c!, a!, b!),
    ),
    one(
      "a scalar",
      [{ shape: ["n", 2], dtype: "bool", range: [0, 1] }, { shape: [] }, { shape: [2] }],
      ([c, a, b]) => g.where(c!, a!, b!),
    ),
    one(
      "text",
      [
        { shape: [2], dtype: "bool", values: [1, 0] },
        { shape: [2], dtype: "string", values: ["a", "b"] },
        { shape: [], dtype: "string", values: ["c"] },
      ],
      ([c, a, b]) => g.where(c!, a!, b!),
    ),
  ],
  ...ACTIVATION_CASES,
  ...IMAGE_CASES,
  ...INDEXING_CASES,
  ...LINEAR_ALGEBRA_CASES,
  ...RANDOM_CASES,
};

/** Cases of every operation, by slug. */
export const OP_CASES = together(CASES, SIZE_CASES);
