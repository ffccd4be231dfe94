/** One task's primary metric under both ways of training. */
export interface MetricPair {
  readonly multi: number;
  readonly single: number;
  readonly better: "lower" | "higher";
}

/**
 * Relative gain of multi-task over single-task in percent of the single-task metric: 100·s·(multi − single)/|single|,
 * s = 1 where higher is better and −1 where lower is; NaN when the single-task metric is 0 and the other is not.
 */
export function percentGain({ multi, single, better }: MetricPair): number {
  if (multi === single) return 0;
  if (single === 0) return Number.NaN;
  return (100 * (better === "higher" ? multi - single : single - multi)) / Math.abs(single);
}

/**
 * Δm: the mean over tasks of the relative gain in percent; positive means multi-task is better on the whole.
 *
 * Tasks whose gain is not finite are left out; NaN when none is left.
 *
 * @param gains percent per task, as from `percentGain`.
 * Departures: many papers after it report Δm as a drop, lower being better; here, as in the source, higher is better.
 * The denominator is taken by size, so that a metric below 0 (a silhouette) keeps its direction. Log losses are compared as
 * e^(−log loss), the typical probability given to what happened: relative to a log loss near 0 any change is huge.
 * @see Maninis, Radosavovic & Kokkinos 2019, "Attentive Single-Tasking of Multiple Tasks", eq. 4.
 */
export function deltaM(gains: readonly number[]): number {
  const finite = gains.filter((gain) => Number.isFinite(gain));
  return finite.length > 0 ? finite.reduce((sum, gain) => sum + gain / finite.length, 0) : Number.NaN;
}
