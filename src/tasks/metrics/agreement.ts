import type { Truth } from "../task-kind.js";

/**
 * Normalised mutual information of two partitions, by the arithmetic mean of their entropies; 0 to 1.
 *
 * Rows without a reference label are left out; NaN when none is left. Two partitions of one group each agree: 1.
 *
 * @see Vinh, Epps & Bailey 2010, "Information Theoretic Measures for Clusterings Comparison", table 2 (NMI_sum).
 */
export function normalisedMutualInformation(reference: Truth, assignment: ArrayLike<number>): number {
  const { cells, rows, columns, total } = contingency(reference, assignment);
  if (total === 0) return Number.NaN;
  if (rows.length === 1 && columns.length === 1) return 1;

  let information = 0;
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < columns.length; j++) {
      const count = cells[i * columns.length + j]!;
      if (count > 0) information += (count / total) * Math.log((count * total) / (rows[i]! * columns[j]!));
    }
  }
  if (information <= Number.EPSILON) return 0;
  return (2 * information) / (entropy(rows, total) + entropy(columns, total));
}

/**
 * Rand index of two partitions, adjusted for chance: 1 for equal partitions, about 0 for independent ones.
 *
 * Rows without a reference label are left out; NaN when none is left.
 *
 * @see Hubert & Arabie 1985, "Comparing partitions", eq. 5.
 */
export function adjustedRand(reference: Truth, assignment: ArrayLike<number>): number {
  const { cells, rows, columns, total } = contingency(reference, assignment);
  if (total === 0) return Number.NaN;
  const together = pairs(cells);
  const inReference = pairs(rows);
  const inClusters = pairs(columns);
  if (together === inReference && together === inClusters) return 1;

  const expected = (inReference * inClusters) / pairs([total]);
  return (together - expected) / ((inReference + inClusters) / 2 - expected);
}

const pairs = (counts: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += (counts[i]! * (counts[i]! - 1)) / 2;
  return sum;
};

function entropy(counts: readonly number[], total: number): number {
  let sum = 0;
  for (const count of counts) sum -= (count / total) * Math.log(count / total);
  return sum;
}

function contingency(reference: Truth, assignment: ArrayLike<number>) {
  const labelled = Array.from(reference.keys()).filter((i) => !Number.isNaN(reference[i]!));
  const groups = new Map<number, number>();
  const clusters = new Map<number, number>();
  for (const i of labelled) {
    if (!groups.has(reference[i]!)) groups.set(reference[i]!, groups.size);
    if (!clusters.has(assignment[i]!)) clusters.set(assignment[i]!, clusters.size);
  }
  const rows = Array.from({ length: groups.size }, () => 0);
  const columns = Array.from({ length: clusters.size }, () => 0);
  const cells = new Float64Array(groups.size * clusters.size);
  for (const i of labelled) {
    const row = groups.get(reference[i]!)!;
    const column = clusters.get(assignment[i]!)!;
    rows[row]! += 1;
    columns[column]! += 1;
    cells[row * clusters.size + column]! += 1;
  }
  return { cells, rows, columns, total: labelled.length };
}
