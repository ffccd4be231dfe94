import type { Truth } from "../task-kind.js";

/**
 * Squared error per row, NaN where the truth is missing: `[rows]`.
 *
 * @param values predictions in original units `[rows]`.
 */
export function squaredErrors(truth: Truth, values: Float64Array): Float64Array {
  return truth.map((t, i) => (t - values[i]!) ** 2);
}

/** Root mean squared error over labelled rows, in the target's unit; NaN when no row is labelled. */
export function rmse(truth: Truth, values: Float64Array): number {
  return Math.sqrt(meanOfLabelled(truth, (t, i) => (t - values[i]!) ** 2));
}

/** Mean absolute error over labelled rows, in the target's unit; NaN when no row is labelled. */
export function mae(truth: Truth, values: Float64Array): number {
  return meanOfLabelled(truth, (t, i) => Math.abs(t - values[i]!));
}

/**
 * Coefficient of determination: 1 − Σ(t − p)² / Σ(t − t̄)².
 *
 * Departures: NaN for fewer than two labelled rows or a constant truth, where scikit-learn forces 0 or 1.
 */
export function r2(truth: Truth, values: Float64Array): number {
  const mean = meanOfLabelled(truth, (t) => t);
  const spread = meanOfLabelled(truth, (t) => (t - mean) ** 2);
  const error = meanOfLabelled(truth, (t, i) => (t - values[i]!) ** 2);
  return spread > 0 ? 1 - error / spread : Number.NaN;
}

function meanOfLabelled(truth: Truth, term: (t: number, row: number) => number): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < truth.length; i++) {
    if (Number.isNaN(truth[i]!)) continue;
    sum += term(truth[i]!, i);
    count += 1;
  }
  return count > 0 ? sum / count : Number.NaN;
}
