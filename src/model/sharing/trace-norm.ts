import {
  type Tensor,
  add,
  div,
  matmul,
  mul,
  reduceSum,
  scalar,
  sqrt,
  stopGradient,
  sub,
  transpose,
} from "../../graph/index.js";
import { fixed } from "./stitch.js";

const FLOOR = 1e-5; // of the trace of W·Wᵀ, added to each eigenvalue: above what single precision leaves of products
const STEPS = 20; // the root of the floor, 0.003 of the largest, grows by half in each step: 15 until 1, and a few to settle

/**
 * The trace norm of a matrix: the sum of its singular values, which is the trace of (W·Wᵀ)^½.
 *
 * The root A^½ and its inverse are found by Newton's iteration for both, Y ← ½·Y·(3I − Z·Y), Z ← ½·(3I − Z·Y)·Z, from Y = A / tr A
 * and Z = I, by small matrix products alone. A is W·Wᵀ with 10⁻⁵ of its trace added to every eigenvalue. The gradient is that of tr A^½, ½·A^(−½), and does not go through the iteration.
 *
 * @param rows W, `[T, N]`; costs 3·20 products of T × T matrices.
 * @returns a scalar.
 * @see Higham 2008, "Functions of Matrices", eq. 6.35 (the coupled Newton-Schulz iteration).
 */
export function traceNorm(rows: Tensor): Tensor {
  const T = rows.shape[0] as number; // rows are counted
  const number = (value: number): Tensor => scalar(value, rows.dtype);
  const identity = fixed(
    rows,
    [T, T],
    Array.from({ length: T * T }, (_, i) => (i % (T + 1) === 0 ? 1 : 0)),
  );
  const products = matmul(rows, transpose(rows, [1, 0])); // [T, T]
  const trace = reduceSum(mul(products, identity), [0, 1]);
  const floor = add(mul(trace, number(FLOOR)), number(1e-20)); // weights may all be zero
  const A = add(products, mul(identity, floor));
  const size = stopGradient(add(trace, mul(floor, number(T)))); // at least the largest eigenvalue
  let [Y, Z] = [stopGradient(div(A, size)), identity];
  for (let step = 0; step < STEPS; step++) {
    const middle = mul(sub(mul(identity, number(3)), matmul(Z, Y)), number(0.5));
    [Y, Z] = [matmul(Y, middle), matmul(middle, Z)];
  }
  const inverse = div(Z, sqrt(size)); // A^(−½)
  const half = mul(reduceSum(mul(inverse, A), [0, 1]), number(0.5));
  const rest = mul(mul(reduceSum(mul(Y, identity), [0, 1]), sqrt(size)), number(0.5));
  return add(half, stopGradient(rest));
}
