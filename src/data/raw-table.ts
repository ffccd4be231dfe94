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
  /** For `line`: the 1-based line on which each row begins. */
  readonly lines?: Int32Array;
  /** Columns that had no name in the header and were given one. */
  readonly unnamed?: readonly string[];
}

/** `houses.csv line 812`: where a row is, for messages. */
export function placeOf(table: RawTable, row: number): string {
  return `${table.source} ${table.unit} ${table.lines?.[row] ?? row + 1}`;
}
