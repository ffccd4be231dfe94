import {
  type Tensor,
  abs,
  concat,
  div,
  exp,
  greater,
  matmul,
  maximum,
  minimum,
  mul,
  reduceMax,
  reduceMin,
  reduceSum,
  reshape,
  scalar,
  slice,
  sqrt,
  square,
  sub,
  where,
} from "../graph/index.js";

/** Stands for 0 below a line, or for the logarithm of 0: no number that means anything in float32 is less. */
export const LEAST_SHARE = 1e-30;

/** Row `row` of what is remembered of tasks: `[n, T]` → `[T]`. */
export const memoryRow = (memory: Tensor, row: number): Tensor =>
  reshape(slice(memory, [row], [row + 1], [0]), [memory.shape[1]!]);

/** Rows `[T]` as what is remembered of tasks: `[n, T]`. */
export const memoryOf = (...rows: readonly Tensor[]): Tensor =>
  concat(
    rows.map((row) => reshape(row, [1, row.shape[0]!])),
    0,
  );

/** A number of each task `[T]` as a column `[T, 1]`, to go with rows `[T, P]`. */
export const column = (values: Tensor): Tensor => reshape(values, [values.shape[0]!, 1]);

/** The Euclidean norm of each row: `[T, P]` → `[T]`; squares neither overflow nor vanish. */
export function rowNorms(rows: Tensor): Tensor {
  const largest = reduceMax(abs(rows), [1], { keepDims: true });
  const unit = div(rows, maximum(largest, scalar(LEAST_SHARE, rows.dtype)));
  return mul(reshape(largest, [rows.shape[0]!]), sqrt(reduceSum(square(unit), [1])));
}

/** The part of each present task in what present tasks hold together, and that whole: equal parts where it is 0. */
export function presentShares(
  held: Tensor,
  present: Tensor,
): { readonly shares: Tensor; readonly whole: Tensor } {
  const { dtype } = held;
  const own = mul(held, present);
  const whole = reduceSum(own, [0]);
  const count = maximum(reduceSum(present, [0]), scalar(1, dtype));
  const parts = div(own, maximum(whole, scalar(LEAST_SHARE, dtype)));
  return { shares: where(greater(whole, scalar(LEAST_SHARE, dtype)), parts, div(present, count)), whole };
}

/** softmax over the present tasks `[T]`, 0 for absent ones. */
export function presentSoftmax(logits: Tensor, present: Tensor): Tensor {
  const powers = mul(exp(minimum(sub(logits, largest(logits, present)), scalar(0, logits.dtype))), present);
  return div(powers, maximum(reduceSum(powers, [0]), scalar(LEAST_SHARE, logits.dtype)));
}

/** The largest value of the present tasks `[1]`; the least of all where there is none. */
const largest = (values: Tensor, present: Tensor): Tensor => {
  const here = greater(present, scalar(0, present.dtype));
  const least = reduceMin(values, [0], { keepDims: true });
  return reduceMax(where(here, values, least), [0], { keepDims: true });
};

/**
 * The point of the simplex of present tasks that is nearest to `values` `[T]`; 0 for absent ones.
 *
 * It is max(v − τ, 0) with τ the largest over k of (the sum of the k largest − 1)/k: sums up to each entry need no sorting.
 *
 * @see Held, Wolfe & Crowder 1974, "Validation of subgradient optimization", sec. 3.
 */
export function ontoSimplex(values: Tensor, present: Tensor): Tensor {
  const { dtype } = values;
  const T = values.shape[0]!;
  const [zero, one] = [scalar(0, dtype), scalar(1, dtype)];
  const v = sub(values, largest(values, present)); // the same point; the sums of the largest stay small
  const atLeast = where(greater(reshape(v, [T, 1]), reshape(v, [1, T])), zero, one); // [T, T]: entry j is at least entry i
  const sums = matmul(atLeast, column(mul(v, present)));
  const counts = maximum(matmul(atLeast, column(present)), one);
  const levels = reshape(div(sub(sums, one), counts), [T]);
  return mul(maximum(sub(v, largest(levels, present)), zero), present);
}
