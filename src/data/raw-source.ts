import { DataError } from "../base/errors.js";
import { type TableColumns, rawFromColumns } from "./raw-columns.js";
import { type Row, rawFromAsyncRows, rawFromRows } from "./raw-rows.js";
import type { RawTable } from "./raw-table.js";

/**
 * A table in memory: rows as objects (an array, a generator, a cursor or stream that is read asynchronously), or columns by
 * name.
 */
export type TableData = Iterable<Row> | AsyncIterable<Row> | TableColumns;

/** What a table in memory is called in messages and records. */
export const dataName = (data: TableData): "rows" | "columns" => (isRows(data) ? "rows" : "columns");

/**
 * Raw table from data in memory, of whichever form.
 *
 * @throws {DataError} as `rawFromRows` and `rawFromColumns`, and for what is none of these.
 */
export async function rawFromData(data: TableData, source?: string): Promise<RawTable> {
  if (typeof data !== "object" || data === null) {
    throw new DataError({
      where: source ?? "data",
      subject: "the table",
      expected: "a file's name, rows as objects or columns by name",
      got: data === null ? "null" : `a ${typeof data}`,
    });
  }
  if (Symbol.asyncIterator in data) return rawFromAsyncRows(data as AsyncIterable<Row>, source);
  if (Symbol.iterator in data) return rawFromRows(data as Iterable<Row>, source);
  return rawFromColumns(data, source);
}

const isRows = (data: TableData): boolean =>
  typeof data !== "object" || data === null || Symbol.asyncIterator in data || Symbol.iterator in data;
