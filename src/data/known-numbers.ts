import type { RawTextColumn } from "./raw-table.js";

const known = new WeakMap<RawTextColumn, Float64Array>();

/** Keeps the numbers of a text column in which every cell is empty (NaN) or a plain number, found while it was read. */
export function withKnownNumbers(column: RawTextColumn, numbers: Float64Array): RawTextColumn {
  known.set(column, numbers);
  return column;
}

/** The numbers of a text column where they are known without its cells; not to be written to. */
export const knownNumbers = (column: RawTextColumn): Float64Array | undefined => known.get(column);
