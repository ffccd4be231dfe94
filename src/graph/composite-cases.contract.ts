import { ATTENTION_CASES } from "./attention-cases.contract.js";
import { type OpCase, ints, lines, one, pairs, positive, unary } from "./case-builders.contract.js";
import { IMAGE_COMPOSITE_CASES } from "./image-cases.contract.js";
import { LINEAR_ALGEBRA_COMPOSITE_CASES } from "./linear-algebra-cases.contract.js";
import { RANDOM_COMPOSITE_CASES } from "./random-cases.contract.js";
import { SIZE_COMPOSITE_CASES, together } from "./size-cases.contract.js";
import * as g from "./index.js";
import type { Dim, Tensor } from "./tensor.js";

/** Cases of a normalisation by channel, from x, scale and bias. */
function channels(
  build: (x: Tensor, affine: g.Affine) => Tensor | readonly Tensor[],
  shapes: readonly (readonly Dim[])[],
): OpCase[] {
  return shapes.map((shape) =>
    one(
      `[${shape.join(", ")}]`,
      [{ shape }, { shape: [shape[1]!] }, { shape: [shape[1]!] }],
      ([x, scale, bias]) => build(x!, { scale: scale!, bias: bias! }),
    ),
  );
}

const started = (channel: number, { dtype }: Tensor): g.RunningStatistics => ({
  mean: g.expand(g.scalar(0, dtype), [channel]),
  variance: g.expand(g.scalar(1, dtype), [channel]),
});

function segments(op: (values: Tensor, segments: Tensor, count: number) => Tensor): OpCase[] {
  return [
    one("rows", [{ shape: [5, 2] }, ints([5], 3)], ([x, i]) => op(x!, i!, 4)),
    one("numbers", [{ shape: [4] }, ints([4], 2, "int32")], ([x, i]) => op(x!, i!, 2)),
    one("symbolic rows", [{ shape: ["n", 2] }, ints(["n"], 2)], ([x, i]) => op(x!, i!, 2)),
    one("symbolic columns", [{ shape: [3, "m"] }, ints([3], 2)], ([x, i]) => op(x!, i!, 2)),
    one("no rows", [{ shape: [0, 2] }, ints([0], 1)], ([x, i]) => op(x!, i!, 2)),
  ];
}

const CASES: Readonly<Record<string, readonly OpCase[]>> = {
  batchNorm: [
    ...channels(
      (x, affine) => g.batchNorm(x, affine, started(Number(x.shape[1]), x)).y,
      [
        [4, 2],
        [2, 3, 2],
        ["n", 2, 2, 1],
        [2, 1],
      ],
    ),
    ...channels(
      (x, affine) => {
        const { mean, variance } = g.batchNorm(x, affine, started(2, x), { momentum: 0.3 });
        return [mean, variance];
      },
      [
        [4, 2],
        ["n", 2, 3],
        [1, 2],
      ],
    ).map((each): OpCase => ({ ...each, name: `${each.name}, its statistics`, gradient: false })),
  ],
  batchNormInference: channels(
    (x, affine) =>
      g.batchNormInference(x, affine, {
        mean: g.add(affine.bias, affine.scale),
        variance: g.exp(affine.bias),
      }),
    [
      [4, 2],
      ["n", 3, 2],
      [0, 2],
      [1, 1],
    ],
  ),
  gelu: unary(g.gelu),
  groupNorm: channels(
    (x, affine) => g.groupNorm(x, affine, 2),
    [
      [2, 4],
      [3, 2, 3],
      ["n", 4, 2, 1],
    ],
  ).concat(
    channels((x, affine) => g.groupNorm(x, affine, 1), [[2, 3]]),
    channels((x, affine) => g.groupNorm(x, affine, 3), [[2, 3, 4]]),
  ),
  rmsNorm: [
    one("rows", [{ shape: [4, 3] }, { shape: [3] }], ([x, s]) => g.rmsNorm(x!, s!)),
    one("symbolic rows", [{ shape: ["n", 2, 4] }, { shape: [4] }], ([x, s]) => g.rmsNorm(x!, s!)),
    one("no rows", [{ shape: [0, 2] }, { shape: [2] }], ([x, s]) => g.rmsNorm(x!, s!)),
    one("one feature", [{ shape: [3, 1] }, { shape: [1] }], ([x, s]) => g.rmsNorm(x!, s!)),
  ],
  mod: [
    ...pairs(g.mod, positive),
    one(
      "signs",
      [
        { shape: [4], values: [5.5, -5.5, 5.5, -5.5] },
        { shape: [4], values: [3, 3, -3, -3] },
      ],
      ([a, b]) => g.mod(a!, b!),
    ),
    one(
      "whole numbers",
      [
        { shape: [5], dtype: "int64", values: [7, -7, 7, -7, 6] },
        { shape: [5], dtype: "int64", values: [3, 3, -3, -3, 3] },
      ],
      ([a, b]) => g.mod(a!, b!),
    ),
  ],
  repeat: [
    one("a vector", [{ shape: [3] }], ([x]) => g.repeat(x!, 2, 0)),
    one("columns", [{ shape: [2, 3] }], ([x]) => g.repeat(x!, 3, -1)),
    one("symbolic", [{ shape: ["n", 2] }], ([x]) => g.repeat(x!, 2, 0)),
    one("beside a symbolic size", [{ shape: ["n", 2] }], ([x]) => g.repeat(x!, 2, 1)),
    one("nothing", [{ shape: [0, 2] }], ([x]) => g.repeat(x!, 2, 0)),
  ],
  segmentMean: segments(g.segmentMean),
  segmentSum: segments(g.segmentSum),
  sort: lines((x, axis) => g.sort(x, axis)[0]).concat(
    lines((x, axis) => g.sort(x, axis, { descending: true })[0]),
    one("places", [{ shape: [3, 2] }], ([x]) => g.sort(x!, 0)[1]),
    one("a symbolic axis", [{ shape: ["n", 2] }], ([x]) => g.sort(x!, 0)),
  ),
  sparsemax: lines(g.sparsemax).concat(
    one("far apart", [{ shape: [3], values: [0.5, 40, 39.5] }], ([z]) => g.sparsemax(z!, 0)),
    one("symbolic along", [{ shape: ["n", 2] }], ([z]) => g.sparsemax(z!, 0)),
  ),
  stack: [
    one("vectors", [{ shape: [3] }, { shape: [3] }], (xs) => g.stack(xs, 0)),
    one("columns", [{ shape: ["n"] }, { shape: ["n"] }, { shape: ["n"] }], (xs) => g.stack(xs, -1)),
    one("in the middle", [{ shape: [2, 1] }, { shape: [2, 1] }], (xs) => g.stack(xs, 1)),
    one("scalars", [{ shape: [] }, { shape: [] }], (xs) => g.stack(xs, 0)),
    one("nothing", [{ shape: [0] }, { shape: [0] }], (xs) => g.stack(xs, 1)),
  ],
  tile: [
    one("a vector", [{ shape: [3] }], ([x]) => g.tile(x!, [2])),
    one("a matrix", [{ shape: [2, 1] }], ([x]) => g.tile(x!, [2, 3])),
    one("symbolic rows", [{ shape: ["n", 2] }], ([x]) => g.tile(x!, [2, 2])),
    one("no rows", [{ shape: [0, 2] }], ([x]) => g.tile(x!, [2, 2])),
  ],
  silu: unary(g.silu),
  softsign: unary(g.softsign),
  ...IMAGE_COMPOSITE_CASES,
  ...ATTENTION_CASES,
  ...LINEAR_ALGEBRA_COMPOSITE_CASES,
  ...RANDOM_COMPOSITE_CASES,
};

/** Cases of the functions made of operations, by name. */
export const COMPOSITE_CASES = together(CASES, SIZE_COMPOSITE_CASES);
