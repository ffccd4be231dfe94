/** The output of a forward pass that holds the loss of every task in every row `[R, T]`, 0 where a row has no label. */
export const ROW_LOSSES = "rowLosses";

const STANDARD_ERRORS = 2; // with one, the best of many epochs is too often lower by chance

/** Writes NaN over the losses `[R, T]` of labels that rows do not have, `mask` `[N, T]` being 0 there. */
export function forgetUnlabelled(losses: Float32Array, mask: Float32Array, rows: Int32Array): void {
  const tasks = losses.length / rows.length;
  rows.forEach((row, i) => {
    for (let t = 0; t < tasks; t++) if (mask[row * tasks + t] === 0) losses[i * tasks + t] = Number.NaN;
  });
}

/** The losses of some rows `[R, T]` in two epochs, NaN where a row has no label. */
export interface TwoEpochs {
  readonly lower: Float32Array;
  readonly than: Float32Array;
  /** T. */
  readonly tasks: number;
}

/**
 * Whether a task's mean loss is lower in one epoch than in another by more than two standard errors of the difference:
 * d̄ > 2·s/√n, d the n differences of its labelled rows' losses and s their standard deviation. Rows are paired, so what
 * makes some rows harder than others in both epochs does not count. With fewer than two labelled rows it never is.
 *
 * @param task its column.
 * Departures: trees are pruned by one standard error of a tree's own error. Here it is that of the difference on the same
 * rows, and two of them, since the lower epoch is the best of many.
 * @see Breiman, Friedman, Olshen & Stone 1984, "Classification and Regression Trees", sec. 3.4.3 (the one standard error rule).
 */
export function clearlyLower({ lower, than, tasks }: TwoEpochs, task: number): boolean {
  let [count, mean, squares] = [0, 0, 0];
  for (let at = task; at < lower.length; at += tasks) {
    const difference = than[at]! - lower[at]!;
    if (Number.isNaN(difference)) continue;
    count += 1;
    const off = difference - mean;
    mean += off / count;
    squares += off * (difference - mean); // Welford's update: no difference of large sums
  }
  return count > 1 && mean > STANDARD_ERRORS * Math.sqrt(squares / (count - 1) / count);
}
