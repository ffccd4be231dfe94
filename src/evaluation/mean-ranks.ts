/** Results of all variants on one task with one seed; undefined where a variant has none. */
export interface RankedBlock {
  readonly values: readonly (number | undefined)[];
  readonly better: "lower" | "higher";
}

/**
 * Ranks from 1, the best; equal values share the mean of their ranks, and what has no finite value comes last.
 *
 * @see Demšar 2006, "Statistical Comparisons of Classifiers over Multiple Data Sets", section 3.2.2.
 */
export function ranksOf({ values, better }: RankedBlock): number[] {
  const cost = values.map((value) => {
    if (value === undefined || !Number.isFinite(value)) return Number.POSITIVE_INFINITY;
    return better === "lower" ? value : -value;
  });
  return cost.map((own) => {
    const below = cost.filter((other) => other < own).length;
    const equal = cost.filter((other) => other === own).length;
    return below + (equal + 1) / 2;
  });
}

/** Mean rank of each variant over blocks, in the order of the values; NaN without blocks. */
export function meanRanks(blocks: readonly RankedBlock[], variants: number): number[] {
  const ranks = blocks.map(ranksOf);
  return Array.from(
    { length: variants },
    (_, v) => ranks.reduce((sum, block) => sum + block[v]!, 0) / ranks.length,
  );
}
