import type { Random } from "../base/random.js";
import { quantile } from "../base/sorted.js";

/** What one model contributes: a number per test row (NaN where unlabelled) and the way from their mean to the metric. */
export interface Contributions {
  readonly rows: Float64Array;
  finish(mean: number): number;
}

/** Two models judged on the same test rows. */
export interface PairedBootstrapOptions {
  readonly multi: Contributions;
  readonly single: Contributions;
  /** Which way the metric is better. */
  readonly better: "lower" | "higher";
  /** Resamples of the test rows; default 2000. */
  readonly resamples?: number;
  /** Coverage of the interval, 0 to 1; default 0.95. */
  readonly level?: number;
  readonly random: Random;
}

/** Gain of multi-task over single-task in the metric's unit, positive where multi-task is better, with its interval. */
export interface GainInterval {
  readonly gain: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 2000; // the 2.5 % ends then rest on 50 resamples each
const LEVEL = 0.95;

/**
 * Paired bootstrap: the gain, and the percentile interval of the gain over test rows drawn with replacement.
 *
 * Both models see the same draw, so what makes a row hard for both cancels. Only rows where both contributions are
 * finite take part; with none of them, gain and interval are NaN.
 *
 * @throws {RangeError} if the two models do not have the same number of rows.
 * @see Efron & Tibshirani 1993, "An Introduction to the Bootstrap", section 13.3.
 */
export function pairedBootstrap(options: PairedBootstrapOptions): GainInterval {
  const { multi, single, better, resamples = RESAMPLES, level = LEVEL, random } = options;
  const { first, second } = finitePairs(multi.rows, single.rows);
  const gainOf = (multiMean: number, singleMean: number): number => {
    const [ahead, behind] = better === "higher" ? [multi, single] : [single, multi];
    const [aheadMean, behindMean] = better === "higher" ? [multiMean, singleMean] : [singleMean, multiMean];
    return ahead.finish(aheadMean) - behind.finish(behindMean);
  };

  const rows = first.length;
  if (rows === 0) return { gain: Number.NaN, low: Number.NaN, high: Number.NaN };
  const gains = new Float64Array(resamples);
  for (let b = 0; b < resamples; b++) {
    let multiSum = 0;
    let singleSum = 0;
    for (let i = 0; i < rows; i++) {
      const row = random.integer(rows);
      multiSum += first[row]!;
      singleSum += second[row]!;
    }
    gains[b] = gainOf(multiSum / rows, singleSum / rows);
  }
  gains.sort();
  const tail = (1 - level) / 2;
  return {
    gain: gainOf(mean(first), mean(second)),
    low: quantile(gains, tail),
    high: quantile(gains, 1 - tail),
  };
}

function finitePairs(
  multi: Float64Array,
  single: Float64Array,
): { first: Float64Array; second: Float64Array } {
  if (multi.length !== single.length) {
    throw new RangeError(
      `paired bootstrap: both models must have the same rows, got ${multi.length} and ${single.length}`,
    );
  }
  const both = (i: number): boolean => Number.isFinite(multi[i]) && Number.isFinite(single[i]);
  return { first: multi.filter((_, i) => both(i)), second: single.filter((_, i) => both(i)) };
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
