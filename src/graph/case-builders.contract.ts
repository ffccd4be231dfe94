import type { DType, Dim, Tensor } from "./tensor.js";

/** One input of a case; `float` is float32 against ONNX Runtime and float64 where gradients are checked. */
export interface CaseInput {
  readonly shape: readonly Dim[];
  readonly dtype?: "float" | Exclude<DType, "float32" | "float64">;
  /** Range the values are drawn from; floats are uniform in [-2, 2] unless given. */
  readonly range?: readonly [number, number];
  readonly values?: readonly (number | string)[];
}

/** One use of an operation. Symbolic sizes are those of `SIZES`. */
export interface OpCase {
  readonly name: string;
  readonly inputs: readonly CaseInput[];
  readonly build: (inputs: readonly Tensor[]) => Tensor | readonly Tensor[];
  /** `false` where the case has no gradient to check: kinks, or sizes that are not known. */
  readonly gradient?: false;
}

/** What symbolic sizes are in the cases. */
export const SIZES: Readonly<Record<string, number>> = { n: 3, m: 2, "2*n": 6 };

/** A range away from 0. */
export const positive = [0.3, 2] as const;

/** From one tensor. */
export type Unary = (x: Tensor) => Tensor;
/** From two tensors. */
export type Pair = (a: Tensor, b: Tensor) => Tensor;

/** Cases of an operation on each element. */
export function unary(op: Unary, range?: readonly [number, number]): OpCase[] {
  const shapes: (readonly Dim[])[] = [[], [4], [1, 3], [0, 2], ["n", 2]];
  return shapes.map((shape) => ({
    name: `[${shape.join(", ")}]`,
    inputs: [{ shape, ...(range && { range }) }],
    build: ([x]) => op(x!),
  }));
}

/** Cases of an operation on pairs of elements, with broadcasting. */
export function pairs(
  op: Pair,
  range?: readonly [number, number],
  dtype: CaseInput["dtype"] = "float",
): OpCase[] {
  const shapes: (readonly [readonly Dim[], readonly Dim[]])[] = [
    [[3], [3]],
    [[2, 3], [3]],
    [[], [2, 2]],
    [
      [2, 1, 3],
      [4, 1],
    ],
    [
      [0, 3],
      [1, 3],
    ],
    [["n", 2], [2]],
    [
      ["n", 1],
      ["n", 4],
    ],
    [[1], ["n", 1]],
  ];
  return shapes.map(([a, b]) => ({
    name: `[${a.join(", ")}] and [${b.join(", ")}]`,
    inputs: [a, b].map((shape) => ({ shape, dtype, ...(range && { range }) })),
    build: ([x, y]) => op(x!, y!),
  }));
}

/** Over axes. */
export type Reduce = (x: Tensor, axes: readonly number[], options?: { keepDims?: boolean }) => Tensor;

/** Cases of a reduction; `empty` where a group may have no element. */
export function reductions(op: Reduce, empty: boolean): OpCase[] {
  const settings: (readonly [readonly Dim[], readonly number[], boolean])[] = [
    [[4], [0], false],
    [[2, 3], [1], false],
    [[2, 3], [-1], true],
    [[2, 3, 2], [0, 2], false],
    [[2, 3, 2], [1], false],
    [[2, 1, 3], [0, 1, 2], false],
    [["n", 2], [0], false],
    [["n", 2], [1], true],
    [[2, 0], [0], false],
    ...(empty ? [[[0, 3], [0], false] as const] : []),
  ];
  return settings.map(([shape, axes, keepDims]) => ({
    name: `[${shape.join(", ")}] over ${axes.join(", ")}${keepDims ? ", kept" : ""}`,
    inputs: [{ shape }],
    build: ([x]) => op(x!, axes, { keepDims }),
  }));
}

/** Cases of an operation along one axis. */
export function lines(op: (x: Tensor, axis: number) => Tensor): OpCase[] {
  const settings: (readonly [readonly Dim[], number])[] = [
    [[4], 0],
    [[2, 3], -1],
    [[2, 3, 2], 1],
    [[2, 3, 2], 0],
    [["n", 4], 1],
    [[0, 3], 1],
    [[3, 1], 1],
  ];
  return settings.map(([shape, axis]) => ({
    name: `[${shape.join(", ")}] along ${axis}`,
    inputs: [{ shape, range: [-3, 3] }],
    build: ([x]) => op(x!, axis),
  }));
}

/** One case. */
export const one = (
  name: string,
  inputs: readonly CaseInput[],
  build: OpCase["build"],
  gradient?: false,
): OpCase => ({
  name,
  inputs,
  build,
  ...(gradient === false && { gradient }),
});

/** Whole numbers below a limit. */
export const ints = (
  shape: readonly Dim[],
  below: number,
  dtype: "int32" | "int64" = "int64",
): CaseInput => ({
  shape,
  dtype,
  range: [0, below - 1],
});

/** A range in which equal numbers are likely. */
export const wholeNumbers = [0, 3] as const;
