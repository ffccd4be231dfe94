import {
  type Tensor,
  add,
  concat,
  div,
  matmul,
  mul,
  reduceSum,
  reshape,
  scalar,
  split,
  sqrt,
  square,
} from "../../graph/index.js";
import { type Parameter, sizeOf } from "../../model/parameter.js";
import type { Transform } from "../transform.js";

const [A, B, C] = [3.4445, -4.775, 2.0315]; // the paper's quintic: steep at 0, so that five iterations lift small singular values
const ITERATIONS = 5;
const EPSILON = 1e-7; // keeps the quotient finite for an update of zero
const ADAM_LIKE = 0.2; // root mean square of a usual step of Adam in learning rates (Liu et al. 2025, section 2.2)

/** Whether a parameter is a weight matrix of its own, `[n, m]`. */
export const isMatrix = ({ shape, decay }: Parameter): boolean => decay && shape.length === 2;

/**
 * Makes the update of each weight matrix `[n, m]` orthogonal by five iterations of Newton and Schulz, times 0.2·√max(n, m); other
 * parameters' updates stay.
 *
 * Departures: the scale is 0.2·√max(n, m) instead of √max(1, n/m), so that one learning rate and one weight decay serve
 * matrices and Adam's parameters alike (Liu et al. 2025, "Muon is Scalable for LLM Training", eq. 4).
 *
 * @see Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks".
 */
export const orthogonalize: Transform = {
  state: [],
  elementwise: false,
  apply: ({ update, layout }) => {
    const sizes = layout.map(({ shape }) => sizeOf(shape));
    const parts = split(update, sizes, 0).map((part, i) => {
      const parameter = layout[i]!;
      if (!isMatrix(parameter)) return part;
      const along = orthogonalized(reshape(part, parameter.shape));
      const size = scalar(ADAM_LIKE * Math.sqrt(Math.max(...parameter.shape)), update.dtype);
      return mul(reshape(along, [sizes[i]!]), size);
    });
    return { update: parts.length === 1 ? parts[0]! : concat(parts, 0) };
  },
};

/**
 * A matrix `[n, m]` with its singular values moved to about 1 (0.7 to 1.2), the singular vectors kept: X ← aX + (bA + cA²)X
 * with A = XXᵀ, from X = G/‖G‖.
 */
function orthogonalized(g: Tensor): Tensor {
  const [rows, columns] = g.shape as readonly [number, number]; // the layout's shapes are numbers
  const wide = rows <= columns;
  const number = (x: number): Tensor => scalar(x, g.dtype);
  const norm = add(sqrt(reduceSum(square(g), [0, 1])), number(EPSILON));
  let x = div(g, norm);
  for (let i = 0; i < ITERATIONS; i++) {
    const gram = matmul(x, x, wide ? { transposeB: true } : { transposeA: true }); // over the shorter side
    const inner = add(mul(gram, number(B)), mul(matmul(gram, gram), number(C)));
    x = add(mul(x, number(A)), wide ? matmul(inner, x) : matmul(x, inner));
  }
  return x;
}
