import { type OpCase, one, unary } from "./case-builders.contract.js";
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

/** Cases of the functions made of operations, by name. */
export const COMPOSITE_CASES: Readonly<Record<string, readonly OpCase[]>> = {
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
  silu: unary(g.silu),
  softsign: unary(g.softsign),
};
