import { describe, expect, it } from "vitest";
import { NumericError, ShapeError } from "../base/errors.js";
import * as g from "./index.js";
import type { DType, Dim, Tensor } from "./tensor.js";

const x = (...shape: readonly Dim[]): Tensor => g.input("x", "float32", shape);
const typed = (dtype: DType, ...shape: readonly Dim[]): Tensor => g.input("y", dtype, shape);

describe("what does not fit", () => {
  it.each([
    [
      () => g.layerNorm(x(2, 3), x(2), x(3)),
      "layer-norm inputs must be [.., F], [F] and [F], got [2, 3] and [2] and [3].",
    ],
    [
      () => g.layerNorm(x(2, 3), x(3), typed("float64", 3)),
      "layer-norm inputs must be of one float type, got float32, float32, float64. Cast them.",
    ],
    [() => g.layerNorm(x(3), x(3), x(3), { epsilon: -1 }), "layer-norm epsilon must be at least 0, got -1."],
    [() => g.cumSum(x(2), 1), "cum-sum axis must be inside the rank 1, got 1."],
    [() => g.topK(x(2, 3), 4, 1), "top-k k must be a whole number of at most 3, the size of axis 1, got 4."],
    [
      () => g.topK(x("n", 3), "m", 0),
      "top-k k must be a whole number of at most n, the size of axis 0, got m.",
    ],
    [
      () => g.gatherElements(x(2, 3), typed("int64", 3, 3), 1),
      "gather-elements indices must be of x's shape except along axis 1, got [2, 3] and [3, 3].",
    ],
    [
      () => g.gatherElements(x(2, 3), x(2, 1), 1),
      "gather-elements indices must be of type int32 or int64, got float32. Cast them.",
    ],
    [
      () => g.scatterElements(x(2, 3), typed("int64", 2, 2), x(2, 4), 1),
      "scatter-elements updates and indices must be of one shape, that of like except along axis 1, got [2, 3] and [2, 2] and [2, 4].",
    ],
    [() => g.sort(x(2), 1), "sort axis must be inside the rank 1, got 1."],
    [() => g.stack([x(2), x(2)], 2), "stack axis must be inside the rank 2, got 2."],
    [
      () => g.tile(x(2, 3), [2]),
      "tile copies must be whole numbers from 1 on, one for each axis of [2, 3], got 2.",
    ],
    [() => g.repeat(x(2), 0, 0), "repeat copies must be a whole number from 1 on, got 0."],
    [
      () => g.conv(x(1, 3, 5), x(2, 2, 3)),
      "conv inputs must be [B, C, ..] and [M, C/groups, ..], got [1, 3, 5] and [2, 2, 3]. C and M must divide by groups, here 1.",
    ],
    [
      () => g.conv(x(1, 3, 5), x(3, 2, 3), { groups: 1.5 }),
      "conv inputs must be [B, C, ..] and [M, C/groups, ..], got [1, 3, 5] and [3, 2, 3]. C and M must divide by groups, here 1.5.",
    ],
    [
      () => g.conv(x(1, 1, 2), x(1, 1, 3)),
      "conv sizes must be known, and at least those of the kernel, got [1, 1, 2] and [1, 1, 3]. A symbolic size must stay what it is.",
    ],
    [
      () => g.conv(x(1, 1, "n"), x(1, 1, 3)),
      "conv sizes must be known, and at least those of the kernel, got [1, 1, n] and [1, 1, 3]. A symbolic size must stay what it is.",
    ],
    [
      () => g.conv(x(1, 1, 5), x(1, 1, 3), { strides: 0 }),
      "conv strides must be whole numbers from 1 on for spatial axes, here 1, got [0].",
    ],
    [() => g.conv2d(x(1, 1, 5), x(1, 1, 3)), "conv2d input must be of 4 axes, got [1, 1, 5]."],
    [
      () => g.convTranspose(x(1, 2, 3), x(2, 1, 2), { strides: 2, outputPadding: 2 }),
      "conv-transpose output padding must be fewer than the stride, got [2].",
    ],
    [
      () => g.convTranspose(x(1, 2, 3), x(1, 1, 2)),
      "conv-transpose inputs must be [B, M, ..] and [M, C/groups, ..], got [1, 2, 3] and [1, 1, 2]. M must divide by groups, here 1.",
    ],
    [
      () => g.maxPool(x(1, 1, 4), 2, { padding: 2 }),
      "max-pool padding must be less than the kernel, got [2, 2].",
    ],
    [
      () => g.maxPool(x(1, 1, 4), 2.5),
      "max-pool kernel must be whole numbers from 1 on for spatial axes, here 1, got [2.5].",
    ],
    [
      () => g.resizeLinear(x(1, 1, 4, 4), [2]),
      "resizeLinear sizes must be one whole number for each known size after the second of [1, 1, 4, 4], got [2].",
    ],
    [
      () => g.contract("ij,jk", x(2, 3), x(3, 4)),
      'contract equation must be one letter for each axis, then "->" and the result, got "ij,jk" for [2, 3] and [3, 4].',
    ],
    [
      () => g.contract("ij,jk->ik", x(2, 3), x(4, 4)),
      'contract equation must be such that j has one size, got "ij,jk->ik" for [2, 3] and [4, 4].',
    ],
    [
      () => g.contract("ii->i", x(2, 2)),
      'contract equation must be made of letters that come once in each tensor, got "ii->i" for [2, 2].',
    ],
    [
      () => g.contract("i->j", x(2)),
      'contract equation must be such that j comes on the left, got "i->j" for [2].',
    ],
  ])("is said with what was expected: %#", (build, message) => {
    const inside = (): unknown => g.layer<unknown>("trunk", build);
    expect(inside).toThrow(ShapeError);
    expect(inside).toThrow(`trunk: ${message}`);
  });

  it("is an index outside the axis", () => {
    const indices = g.constant({ dtype: "int64", shape: [1], data: BigInt64Array.of(3n) });
    const y = g.gatherElements(
      g.constant({ dtype: "float32", shape: [2], data: new Float32Array(2) }),
      indices,
      0,
    );
    expect(() => g.evaluate({ y }, {})).toThrow(NumericError);
    expect(() => g.evaluate({ y }, {})).toThrow("gather-elements: index must be in [-2, 1], got 3.");
  });

  it("is a gradient through a convolution along a symbolic size", () => {
    const [image, kernel] = [x(1, 1, "n"), g.input("w", "float32", [1, 1, 3])];
    const loss = g.reduceSum(g.conv(image, kernel, { padding: "same" }), [0, 1, 2]);
    expect(() => g.gradients(loss, [kernel])).toThrow(
      "graph: conv has a gradient along axes of known size only. Give the axis a number instead of a name.",
    );
  });
});
