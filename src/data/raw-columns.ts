import { DataError } from "../base/errors.js";
import { emptyColumn, finishedColumns, pushValue } from "./growing-column.js";
import { refuseEqualNames } from "./number-lists.js";
import type { RawColumn, RawTable } from "./raw-table.js";

/** A value of a column in memory; null, undefined and NaN are missing. */
export type ColumnValue = string | number | bigint | boolean | Date | ArrayLike<number> | null | undefined;

/** The values of a column: a typed array, or an array of values. */
export type ColumnValues =
  | readonly ColumnValue[]
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** A table in memory by column: names with arrays of equal length. */
export type TableColumns = Readonly<Record<string, ColumnValues>>;

/**
 * Raw table from columns in memory, in the order of their names' appearance. Typed arrays are copied once.
 *
 * @throws {DataError} for no columns, columns that are no arrays or of unequal length, no rows, and values that no column can
 * hold.
 */
export function rawFromColumns(columns: TableColumns, source = "columns"): RawTable {
  const names = Object.keys(columns);
  const rows = names.length === 0 ? 0 : lengthOf(columns, names, source);
  if (rows === 0) throw new DataError({ where: source, subject: "the table", problem: "has no rows" });
  const raw = names.flatMap((name) => rawColumns(name, columns[name]!, source));
  refuseEqualNames(raw, source);
  return { source, rows, unit: "row", columns: raw };
}

function lengthOf(columns: TableColumns, names: readonly string[], source: string): number {
  const first = names[0]!;
  for (const name of names) {
    const values: unknown = columns[name];
    if (!isArrayOfValues(values)) {
      throw new DataError({
        where: source,
        subject: `column "${name}"`,
        expected: "an array or a typed array",
        got: values === null ? "null" : `${typeof values === "object" ? "an" : "a"} ${typeof values}`,
      });
    }
    if (values.length === columns[first]!.length) continue;
    throw new DataError({
      where: source,
      subject: `column "${name}"`,
      expected: `as long as column "${first}" (${columns[first]!.length})`,
      got: String(values.length),
    });
  }
  return columns[first]!.length;
}

const isArrayOfValues = (values: unknown): values is ColumnValues =>
  Array.isArray(values) || (ArrayBuffer.isView(values) && !(values instanceof DataView));

function rawColumns(name: string, values: ColumnValues, source: string): RawColumn[] {
  if (!Array.isArray(values)) {
    const numbers = Float64Array.from(values as ArrayLike<number | bigint>, Number);
    return [{ name, kind: "number", numbers }];
  }
  const column = emptyColumn(name, true);
  for (let row = 0; row < values.length; row++) pushValue(column, values[row], row, source);
  return finishedColumns([column], values.length, source);
}
