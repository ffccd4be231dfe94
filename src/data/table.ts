import { DataError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";

/**
 * What a column is, as inferred from its values or set by the user.
 *
 * `ordinal` is a column of few whole numbers, or of words that have an order; `embedding` is one coordinate of a vector
 * whose columns belong together; `identifier` is set aside, not used as input.
 */
export type ColumnType =
  | "numeric"
  | "ordinal"
  | "boolean"
  | "category"
  | "date"
  | "embedding"
  | "identifier"
  | "text";

/** What a user may set for a column: a type, or its values from the lowest to the highest for an ordinal of words. */
export type TypeSetting = ColumnType | readonly string[];

/** A column whose values are numbers: missing is NaN, booleans are 0 and 1, dates are days since 1970-01-01. */
export interface NumberColumn {
  readonly name: string;
  readonly type: "numeric" | "ordinal" | "boolean" | "date" | "embedding";
  readonly numbers: Float64Array;
}

/** A column whose values are strings: missing is null. */
export interface StringColumn {
  readonly name: string;
  readonly type: "category" | "ordinal" | "identifier" | "text";
  readonly strings: readonly (string | null)[];
  /** For `ordinal`: every value from the lowest to the highest. */
  readonly order?: readonly string[];
  /** For `category`: true where the values are numbers, each written the shortest way, so that `1` and `1.0` are one. */
  readonly codes?: boolean;
}

/** A typed column in memory. */
export type Column = NumberColumn | StringColumn;

/** A table in memory, by column. */
export interface Table {
  /** Where it came from, as the user named it. */
  readonly source: string;
  readonly rows: number;
  readonly columns: readonly Column[];
}

/** True for columns that hold numbers. */
export const isNumberColumn = (column: Column): column is NumberColumn => "numbers" in column;

/**
 * The column of that name.
 *
 * @throws {DataError} when the table has none, with the nearest names.
 */
export function columnOf(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column) return column;
  const names = table.columns.map((candidate) => candidate.name);
  throw new DataError({
    where: table.source,
    subject: `column "${name}"`,
    problem: "is not in the table",
    fix: didYouMean(name, names) ?? `The columns are ${names.slice(0, 20).join(", ")}.`,
  });
}
