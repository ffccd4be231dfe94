/** True if one vector of losses is nowhere above another and somewhere below. */
export const dominates = (one: readonly number[], other: readonly number[]): boolean =>
  one.every((loss, t) => loss <= other[t]!) && one.some((loss, t) => loss < other[t]!);

/** Places of the points that dominate the one at `at`; vectors that are not finite dominate nothing. */
export const dominatorsOf = (points: readonly (readonly number[])[], at: number): number[] =>
  points.flatMap((point, i) => (point.every(Number.isFinite) && dominates(point, points[at]!) ? [i] : []));

/**
 * The volume of all that some point dominates, up to a reference point: larger is better. Points that are not below the reference
 * in every loss add nothing.
 *
 * Cut into slices along the last loss, each of them the volume of the points below it in the losses before.
 *
 * @param points vectors of losses `[N][T]`.
 * @param reference losses `[T]`.
 * @see Zitzler & Thiele 1998, "Multiobjective Optimization Using Evolutionary Algorithms - A Comparative Case Study" (the measure);
 * Knowles 2002, "Local-Search and Hybrid Evolutionary Algorithms for Pareto Optimization" (by slices).
 */
export function hypervolume(points: readonly (readonly number[])[], reference: readonly number[]): number {
  const inside = points.filter((point) => point.every((loss, t) => loss < reference[t]!));
  const last = reference.length - 1;
  if (inside.length === 0) return 0;
  if (last === 0) return reference[0]! - Math.min(...inside.map(([loss]) => loss!));
  const sorted = inside.toSorted((a, b) => a[last]! - b[last]!);
  return sorted.reduce((volume, point, i) => {
    const height = (sorted[i + 1]?.[last] ?? reference[last]!) - point[last]!;
    if (height === 0) return volume;
    const below = sorted.slice(0, i + 1).map((one) => one.slice(0, last));
    return volume + height * hypervolume(below, reference.slice(0, last));
  }, 0);
}
