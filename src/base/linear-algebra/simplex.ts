/**
 * The point of the simplex (entries at least 0, of sum 1) nearest to `values`.
 *
 * @see Held, Wolfe & Crowder 1974, "Validation of subgradient optimization", sec. 3.
 */
export function ontoSimplex(values: Float64Array): Float64Array {
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const moved = values.map((value) => value - most); // the same point; sums of the largest stay small
  const sorted = moved.toSorted((a, b) => b - a);
  let [sum, level] = [0, Number.NEGATIVE_INFINITY];
  sorted.forEach((value, k) => {
    sum += value;
    level = Math.max(level, (sum - 1) / (k + 1)); // largest where the entries above it are just those that stay
  });
  return moved.map((value) => Math.max(0, value - level));
}
