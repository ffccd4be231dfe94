import type { RawTextColumn } from "./raw-table.js";

/** What is known of a text column of numbers without its cells. Not to be written to. */
export interface KnownNumbers {
  /** Plain numbers, also with blanks around them; NaN for a cell that is empty or no plain number. */
  readonly numbers: Float64Array;
  /** The cells that are neither empty nor plain numbers, trimmed, in order of appearance, and in how many rows each is. */
  readonly others: ReadonlyMap<string, number>;
  /** How many cells have blanks around them. */
  readonly trimmed: number;
  /** How many of them are blanks alone. */
  readonly blank: number;
}

const known = new WeakMap<RawTextColumn, KnownNumbers>();

/** Keeps what was found of a text column of numbers while it was read. */
export function withKnownNumbers(column: RawTextColumn, numbers: KnownNumbers): RawTextColumn {
  known.set(column, numbers);
  return column;
}

/** What is known of the numbers of a text column without its cells. */
export const knownNumbers = (column: RawTextColumn): KnownNumbers | undefined => known.get(column);

/** Whether every cell of a column is empty or a plain number. */
export const arePlain = ({ others, trimmed }: KnownNumbers): boolean => others.size === 0 && trimmed === 0;
