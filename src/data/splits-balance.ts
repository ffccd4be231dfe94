import type { Split } from "./splits-request.js";

/** What one part of a split holds of one target. */
export interface PartBalance {
  readonly rows: number;
  /** Rows with a label. */
  readonly labelled: number;
  /** Mean of the labels, for a target without classes; NaN without a label. */
  readonly mean?: number;
  /** Share of each class among the labelled rows, in [0, 1], in the order of the classes; all 0 without a label. */
  readonly shares?: readonly number[];
}

/**
 * How the labels of one target fall on the parts of a split.
 *
 * @param truth the target in every row of the table, NaN where it is missing: a number, or the index of its class.
 * @param classes how many classes there are; absent for a target that is a number.
 */
export function splitBalance(
  truth: Float64Array,
  split: Split,
  classes?: number,
): Readonly<Record<keyof Split, PartBalance>> {
  const of = (rows: Int32Array): PartBalance => {
    const labels = Float64Array.from(rows, (row) => truth[row]!).filter((label) => !Number.isNaN(label));
    const sizes = { rows: rows.length, labelled: labels.length };
    if (classes === undefined)
      return { ...sizes, mean: labels.reduce((sum, x) => sum + x, 0) / labels.length };
    const counts = Array.from({ length: classes }, () => 0);
    for (const label of labels) counts[label]! += 1;
    return { ...sizes, shares: counts.map((count) => count / Math.max(1, labels.length)) };
  };
  return { train: of(split.train), validation: of(split.validation), test: of(split.test) };
}
