import { type CaseInput, type OpCase, one } from "./case-builders.contract.js";
import * as g from "./index.js";
import type { Dim } from "./tensor.js";

const floats = (...shapes: readonly (readonly Dim[])[]): CaseInput[] => shapes.map((shape) => ({ shape }));

const EQUATIONS: readonly (readonly [string, ...(readonly Dim[])[]])[] = [
  ["bij,bjk->bik", [2, 3, 2], [2, 2, 4]],
  ["ij->ji", [2, 3]],
  ["ij->i", [2, 3]],
  ["ij->", [2, 3]],
  ["i,j->ij", [3], [2]],
  ["i,i->", [3], [3]],
  ["i,i->i", [3], [3]],
  ["ij,kj->ki", [2, 3], [4, 3]],
  ["ijk,jl->ik", [2, 3, 2], [3, 2]],
  ["ij,jk,kl->il", [2, 3], [3, 2], [2, 4]],
  ["ij,j,i->j", [2, 3], [3], [2]],
  ["bhqd,bhkd->bhqk", ["n", 2, 3, 2], ["n", 2, 1, 2]],
  ["ni,io->no", ["n", 3], [3, 2]],
  ["ni,no->io", ["n", 3], ["n", 2]],
  ["nti,tio->nto", ["n", 2, 3], [2, 3, 2]],
  ["ij,jk->ik", [0, 3], [3, 2]],
  ["ij,jk->ik", [2, 0], [0, 2]],
  [",i->i", [], [3]],
];

/** Cases of attention and contraction, by name. */
export const ATTENTION_CASES: Readonly<Record<string, readonly OpCase[]>> = {
  attention: [
    one("matrices", floats([3, 2], [4, 2], [4, 3]), ([q, k, v]) => g.attention(q!, k!, v!)),
    one("heads of symbolic rows", floats(["n", 2, 3, 4], ["n", 2, 3, 4], ["n", 2, 3, 2]), ([q, k, v]) =>
      g.attention(q!, k!, v!, { scale: 0.3 }),
    ),
    one(
      "a mask",
      [
        ...floats([2, 3, 2], [2, 3, 2], [2, 3, 1]),
        { shape: [3, 3], dtype: "bool", values: [1, 0, 0, 1, 1, 0, 0, 0, 0] },
      ],
      ([q, k, v, mask]) => g.attention(q!, k!, v!, { mask: mask! }),
    ),
    one("one place", floats([1, 1], [1, 1], [1, 2]), ([q, k, v]) => g.attention(q!, k!, v!)),
    one("no queries", floats([0, 2], [3, 2], [3, 2]), ([q, k, v]) => g.attention(q!, k!, v!)),
  ],
  contract: EQUATIONS.map(([equation, ...shapes]) =>
    one(`${equation} [${shapes.map((shape) => shape.join(", ")).join("] [")}]`, floats(...shapes), (xs) =>
      g.contract(equation, ...xs),
    ),
  ),
};
