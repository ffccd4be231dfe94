import { mean, sampleVariance } from "simple-statistics";
import { twoSided, withinStudent } from "./student-t.js";

/** What repeated splits say about a difference. */
export interface ResampledTest {
  /** Mean difference over splits. */
  readonly mean: number;
  /** Two-sided p value; NaN with fewer than two splits. */
  readonly p: number;
  /** Interval of the mean difference. */
  readonly low: number;
  readonly high: number;
}

/**
 * Corrected resampled t test of differences over random splits of the same rows: their mean is divided by the root of
 * (1/J + n₂/n₁)·s². Splits share training rows, so their differences are not independent, and the plain test (1/J alone)
 * finds differences where there are none.
 *
 * @param differences one for each split, J of them.
 * @param testShare n₂/n₁: test rows by rows that the models learned from.
 * @param level coverage of the interval.
 * @see Nadeau & Bengio 2003, "Inference for the Generalization Error", section 5 (corrected resampled t-test).
 */
export function correctedResampledTest(
  differences: readonly number[],
  testShare: number,
  level = 0.95,
): ResampledTest {
  const splits = differences.length;
  if (splits === 0) return { mean: Number.NaN, p: Number.NaN, low: Number.NaN, high: Number.NaN };
  const middle = mean([...differences]);
  if (splits === 1) return { mean: middle, p: Number.NaN, low: Number.NaN, high: Number.NaN };
  const error = Math.sqrt((1 / splits + testShare) * sampleVariance([...differences]));
  const reach = error === 0 ? 0 : withinStudent(level, splits - 1) * error;
  const p = error === 0 && middle === 0 ? 1 : twoSided(middle / error, splits - 1);
  return { mean: middle, p, low: middle - reach, high: middle + reach };
}

/**
 * Holm's correction of p values for their number: as small as each may be so that the chance of one false finding among all
 * stays at the level.
 *
 * @returns in the order given; NaN stays NaN and is not counted.
 * @see Holm 1979, "A Simple Sequentially Rejective Multiple Test Procedure".
 */
export function holm(values: readonly number[]): number[] {
  const order = values
    .flatMap((p, i) => (Number.isNaN(p) ? [] : [i]))
    .sort((a, b) => values[a]! - values[b]!);
  const corrected = values.map(() => Number.NaN);
  let least = 0;
  order.forEach((index, rank) => {
    least = Math.max(least, Math.min(1, (order.length - rank) * values[index]!));
    corrected[index] = least;
  });
  return corrected;
}
