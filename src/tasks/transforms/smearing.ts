const POINTS = 50; // of the residuals' distribution: at a spread of 1 the mean of exp(e) comes out 1 % low, at 0.5 0.1 %

/** Held-out labels from which residuals are kept; fewer would add more noise than they take bias away. */
export const LEAST_RESIDUALS = 10;

/**
 * Compresses residuals to at most 50 points in ascending order: means of groups of equal weight. They are shifted to mean 0, as
 * those of a regression with an intercept are; the mean of a few held-out residuals is mostly chance. Empty for fewer
 * than 10 residuals.
 */
export function residualPoints(residuals: Float64Array): number[] {
  const count = residuals.length;
  if (count < LEAST_RESIDUALS) return [];
  const sorted = residuals.toSorted();
  const mean = sorted.reduce((sum, e) => sum + e / count, 0);
  const points = Math.min(POINTS, count);
  return Array.from({ length: points }, (_, k) => {
    const [from, to] = [(k * count) / points, ((k + 1) * count) / points];
    let sum = 0;
    for (let i = Math.floor(from); i < to; i++) {
      sum += (sorted[i]! - mean) * (Math.min(i + 1, to) - Math.max(i, from)); // a residual may belong to two groups
    }
    return sum / (to - from);
  });
}
