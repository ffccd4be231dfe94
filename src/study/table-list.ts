import { type RawTable, type Row, type TableData, rawFromData } from "../data/index.js";
import { type DataNames, stemOf } from "./data-names.js";

/** Several tables of a program: by order or under names, each a file or rows as objects. */
export type TableList =
  | readonly (string | readonly Row[])[]
  | Readonly<Record<string, string | readonly Row[]>>;

/** One of several tables: its name, and its file or its rows. */
export interface ListedTable {
  readonly name: string;
  readonly given: string | readonly Row[];
}

/**
 * The tables of a list or map of tables; undefined for what is one table: rows, or columns by name.
 *
 * A list of tables has files and lists of rows as its items, a map of tables has them as its values; the items of rows are
 * objects, and the values of columns hold none.
 */
export function listedTables(source: TableData | TableList): readonly ListedTable[] | undefined {
  if (typeof source !== "object" || source === null || Symbol.asyncIterator in source) return undefined;
  if (Array.isArray(source)) {
    const items: readonly unknown[] = source;
    if (items.length === 0 || !items.every(isTable)) return undefined;
    return items.map((given, i) => ({
      name: typeof given === "string" ? stemOf(given) : String(i + 1),
      given,
    }));
  }
  if (Symbol.iterator in source) return undefined;
  const values: readonly [string, unknown][] = Object.entries(source);
  if (values.length === 0 || !values.every(([, given]) => isNamedTable(given))) return undefined;
  return values.map(([name, given]) => ({ name, given: given as ListedTable["given"] }));
}

/** The tables as a record of the study names them: by their names, or in order where two have one name. */
export function listedNames(tables: readonly ListedTable[]): DataNames {
  const named = tables.map(({ name, given }) => [name, typeof given === "string" ? given : "rows"] as const);
  if (new Set(named.map(([name]) => name)).size < named.length) return named.map(([, source]) => source);
  return Object.fromEntries(named);
}

/** Rows in memory as a table that messages call by its name. */
export const rawFromListed = (rows: readonly Row[], name: string): Promise<RawTable> =>
  rawFromData(rows, `rows of ${name}`);

const isTable = (given: unknown): given is ListedTable["given"] =>
  typeof given === "string" || Array.isArray(given);

const isNamedTable = (given: unknown): boolean =>
  typeof given === "string" || (Array.isArray(given) && given.length > 0 && isObject(given[0]));

const isObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
