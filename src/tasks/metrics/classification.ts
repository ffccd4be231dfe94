import type { Truth } from "../task-kind.js";

/** Probabilities of `classes` classes, row-major `[rows, classes]`. */
export interface Probabilities {
  readonly probabilities: Float64Array;
  readonly classes: number;
}

/** The most probable class per row `[rows]`; the first of equals, as an argmax in the graph gives. */
export function mostProbable({ probabilities, classes }: Probabilities): Int32Array {
  const rows = Math.floor(probabilities.length / classes);
  const best = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    let at = 0;
    for (let k = 1; k < classes; k++) {
      if (probabilities[i * classes + k]! > probabilities[i * classes + at]!) at = k;
    }
    best[i] = at;
  }
  return best;
}

/** Counts `[classes, classes]` row-major: truth by prediction, labelled rows only. */
export function confusion(truth: Truth, prediction: Probabilities): Float64Array {
  const { classes } = prediction;
  const predicted = mostProbable(prediction);
  const counts = new Float64Array(classes * classes);
  for (let i = 0; i < truth.length; i++) {
    if (!Number.isNaN(truth[i]!)) counts[truth[i]! * classes + predicted[i]!]! += 1;
  }
  return counts;
}

/** Share of labelled rows whose most probable class is the true one; NaN when no row is labelled. */
export function accuracy(counts: Float64Array, classes: number): number {
  let right = 0;
  let all = 0;
  for (let k = 0; k < classes; k++) right += counts[k * classes + k]!;
  for (const count of counts) all += count;
  return all > 0 ? right / all : Number.NaN;
}

/** Mean recall over the classes that occur in the truth; NaN when no row is labelled. */
export function balancedAccuracy(counts: Float64Array, classes: number): number {
  return meanOverClasses(classes, (k) => {
    const { hits, actual } = marginals(counts, classes, k);
    return actual > 0 ? hits / actual : undefined;
  });
}

/** Mean F1 over the classes that occur in the truth or among the predictions; NaN when no row is labelled. */
export function macroF1(counts: Float64Array, classes: number): number {
  return meanOverClasses(classes, (k) => {
    const { hits, actual, predicted } = marginals(counts, classes, k);
    return actual + predicted > 0 ? (2 * hits) / (actual + predicted) : undefined;
  });
}

const PROBABILITY_FLOOR = Number.EPSILON; // keeps the log finite; the same bound as scikit-learn's for float64

/** Minus the log probability of the true class per row, NaN where the truth is missing: `[rows]`. */
export function logLosses(truth: Truth, { probabilities, classes }: Probabilities): Float64Array {
  return truth.map((t, i) => {
    if (Number.isNaN(t)) return Number.NaN;
    const p = probabilities[i * classes + t]!;
    return -Math.log(Math.min(Math.max(p, PROBABILITY_FLOOR), 1 - PROBABILITY_FLOOR));
  });
}

/** Mean of the finite numbers; NaN for none. */
export function meanOfFinite(values: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    sum += value;
    count += 1;
  }
  return count > 0 ? sum / count : Number.NaN;
}

function marginals(counts: Float64Array, classes: number, k: number) {
  let actual = 0;
  let predicted = 0;
  for (let j = 0; j < classes; j++) {
    actual += counts[k * classes + j]!;
    predicted += counts[j * classes + k]!;
  }
  return { hits: counts[k * classes + k]!, actual, predicted };
}

function meanOverClasses(classes: number, value: (k: number) => number | undefined): number {
  let sum = 0;
  let count = 0;
  for (let k = 0; k < classes; k++) {
    const term = value(k);
    if (term === undefined) continue;
    sum += term;
    count += 1;
  }
  return count > 0 ? sum / count : Number.NaN;
}
