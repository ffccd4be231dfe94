import { type CaseInput, type OpCase, one } from "./case-builders.contract.js";
import * as g from "./index.js";
import type { Dim, Tensor } from "./tensor.js";

const matrices: readonly (readonly Dim[])[] = [
  [1, 1],
  [2, 2],
  [4, 4],
  [2, 3, 3],
  [0, 2, 2],
  ["n", 2, 2],
  [2, 1, 3, 3],
];

const floats = (...shapes: readonly (readonly Dim[])[]): CaseInput[] => shapes.map((shape) => ({ shape }));
const named = (...shapes: readonly (readonly Dim[])[]): string =>
  shapes.map((shape) => `[${shape.join(", ")}]`).join(" and ");

/** Away from singular: random elements with some more on the diagonal. */
const regular = (x: Tensor): Tensor => g.add(x, scaledIdentity(x, 5));

/** Positive definite for elements within [-2, 2]. */
const definite = (x: Tensor): Tensor => g.add(g.matmul(x, x, { transposeB: true }), scaledIdentity(x, 2));

function scaledIdentity({ shape, dtype }: Tensor, factor: number): Tensor {
  const n = Number(shape.at(-1));
  const data = Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? factor : 0));
  return g.cast(g.constant({ dtype: "float64", shape: [n, n], data }), dtype);
}

/** A matrix whose first pivot is 0, so that rows must be exchanged. */
const EXCHANGE: CaseInput = { shape: [3, 3], values: [0, 2, 1, 1, 0, 0.5, -3, 1, 0.1] };

/** Cases of linear algebra on small matrices, by slug. */
export const LINEAR_ALGEBRA_CASES: Readonly<Record<string, readonly OpCase[]>> = {
  cholesky: matrices.map((shape) => one(named(shape), floats(shape), ([x]) => g.cholesky(definite(x!)))),
  det: [
    ...matrices.map((shape) => one(named(shape), floats(shape), ([x]) => g.det(regular(x!)))),
    one("with rows to exchange", [EXCHANGE], ([x]) => g.det(x!)),
    one("singular", [{ shape: [2, 2], values: [1, 2, 2, 4] }], ([x]) => g.det(x!), false),
  ],
  solve: [
    ...(
      [
        [
          [1, 1],
          [1, 1],
        ],
        [
          [3, 3],
          [3, 2],
        ],
        [
          [2, 3, 3],
          [2, 3, 1],
        ],
        [
          ["n", 2, 2],
          ["n", 2, 3],
        ],
        [
          [2, 2],
          [3, 2, 2],
        ],
        [
          [0, 2, 2],
          [0, 2, 1],
        ],
        [
          [2, 2],
          [2, 0],
        ],
      ] satisfies (readonly [readonly Dim[], readonly Dim[]])[]
    ).map(([a, b]) => one(named(a, b), floats(a, b), ([x, y]) => g.solve(regular(x!), y!))),
    one("with rows to exchange", [EXCHANGE, { shape: [3, 2] }], ([x, y]) => g.solve(x!, y!)),
  ],
};

/** Cases of functions of linear algebra, by name. */
export const LINEAR_ALGEBRA_COMPOSITE_CASES: Readonly<Record<string, readonly OpCase[]>> = {
  inverse: matrices.map((shape) => one(named(shape), floats(shape), ([x]) => g.inverse(regular(x!)))),
  diagonal: [...matrices, [2, 3], [3, 2], [0, 2]].map((shape) =>
    one(named(shape), floats(shape), ([x]) => g.diagonal(x!)),
  ),
  trace: [...matrices, [2, 3]].map((shape) => one(named(shape), floats(shape), ([x]) => g.trace(x!))),
  outer: (
    [
      [[2], [3]],
      [[1], [1]],
      [
        ["n", 2],
        ["n", 3],
      ],
      [[3], [2, 2]],
      [["n"], [2]],
      [[0], [2]],
    ] satisfies (readonly [readonly Dim[], readonly Dim[]])[]
  ).map(([a, b]) => one(named(a, b), floats(a, b), ([x, y]) => g.outer(x!, y!))),
};
