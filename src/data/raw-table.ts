import type { CleaningNote } from "./cleaning.js";

/** A column of cells as written: null where there is none. */
export interface RawTextColumn {
  readonly name: string;
  readonly kind: "text";
  readonly cells: readonly (string | null)[];
}

/** A column that its source already holds as numbers: missing is NaN, booleans 0 and 1, dates days since 1970-01-01. */
export interface RawNumberColumn {
  readonly name: string;
  readonly kind: "number" | "boolean" | "date";
  readonly numbers: Float64Array;
}

/** A column as its source gives it, before its type is decided. */
export type RawColumn = RawTextColumn | RawNumberColumn;

/** A table as its source gives it, before types are decided. */
export interface RawTable {
  /** Where it came from, as the user named it. */
  readonly source: string;
  readonly rows: number;
  readonly columns: readonly RawColumn[];
  /** What one row is called in messages: a line of a text file, a record of JSON, a row otherwise. */
  readonly unit: "line" | "record" | "row";
  /** For `line`: the 1-based line on which each row begins. For other units the rows' numbers, where they do not begin with 1. */
  readonly lines?: Int32Array;
  /** Columns that had no name in the header and were given one. */
  readonly unnamed?: readonly string[];
  /** What reading it did before types are decided; of the whole table where the column is the empty string. */
  readonly notes?: readonly CleaningNote[];
  /** For delimited text: what divides its cells. */
  readonly delimiter?: string;
  /** The tables whose rows these are one after another, in order; absent for a table of one source. */
  readonly parts?: readonly TablePart[];
}

/** Where some rows of a united table come from. */
export interface TablePart extends Pick<RawTable, "source" | "rows" | "unit" | "lines"> {
  /** The first of its rows in the united table. */
  readonly from: number;
}

/** `houses.csv line 812`: where a row is, for messages. */
export function placeOf(table: RawTable, row: number): string {
  const part = table.parts?.findLast(({ from }) => from <= row);
  const { source, unit, lines } = part ?? table;
  const own = row - (part?.from ?? 0);
  return `${source} ${unit} ${lines?.[own] ?? own + 1}`;
}
