import { DataError } from "../base/errors.js";
import { inspectTable, type InspectedTable, type InspectOptions } from "./inspect.js";
import type { RawTable } from "./raw-table.js";
import { rowCollector } from "./row-collector.js";

/**
 * One row of a table as an object: strings, numbers, booleans, dates, arrays of numbers; null, undefined and NaN are missing.
 */
export type Row = Readonly<Record<string, unknown>>;

/**
 * Typed table from an array of objects, with the same inference as a file.
 *
 * @throws {DataError} as `inspectTable`, and for values that are objects.
 */
export function tableFromRows(
  rows: Iterable<Row>,
  options: InspectOptions & { readonly source?: string } = {},
): InspectedTable {
  return inspectTable(rawFromRows(rows, options.source), options);
}

/**
 * Raw table from objects, one a row: an array, a generator, a set. Columns are all keys, in order of appearance; a
 * property that is an array of numbers becomes the columns `name[0]`, `name[1]`, ….
 *
 * @param only the columns whose values are read; others are there by name alone, without a cell. All when absent.
 * @throws {DataError} for no rows, rows that are no objects, values that are objects, and arrays of unequal length.
 */
export function rawFromRows(rows: Iterable<Row>, source = "rows", only?: ReadonlySet<string>): RawTable {
  const collector = rowCollector(source, only);
  for (const row of rows) collector.add(row);
  return filled(collector.table());
}

/**
 * Raw table from rows that arrive one by one: an asynchronous generator, a database cursor, a stream of objects. No row is
 * kept, only its values in columns.
 *
 * @throws {DataError} as `rawFromRows`; what the iterator throws is thrown on.
 */
export async function rawFromAsyncRows(
  rows: AsyncIterable<Row> | Iterable<Row>,
  source = "rows",
): Promise<RawTable> {
  const collector = rowCollector(source);
  for await (const row of rows) collector.add(row);
  return filled(collector.table());
}

function filled(table: RawTable): RawTable {
  if (table.rows > 0) return table;
  throw new DataError({ where: table.source, subject: "the table", problem: "has no rows" });
}
