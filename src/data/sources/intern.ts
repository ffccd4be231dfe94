const INTERNED = 5000; // distinct cells after which a column is no category and sharing its cells saves nothing

/**
 * A cell as a column keeps it: null for an empty one, else one string for equal cells of a column.
 *
 * @param shared the column's strings so far.
 */
export function intern(cell: string | null, shared: Map<string, string>): string | null {
  if (cell === null || cell === "") return null;
  const known = shared.get(cell);
  if (known !== undefined) return known;
  if (shared.size < INTERNED) shared.set(cell, cell);
  return cell;
}
