import type { DuckDBConnection, DuckDBDoubleVector } from "@duckdb/node-api";
import { DataError } from "../../base/errors.js";
import { joinNumbers } from "../../base/join-numbers.js";
import {
  type NumberLists,
  emptyLists,
  listColumns,
  refuseEqualNames,
  unequalLists,
} from "../number-lists.js";
import type { RawColumn, RawTable } from "../raw-table.js";
import { type Field, fieldsOf } from "./database-types.js";
import { columnsOf, identifier } from "./database.js";
import { intern } from "./intern.js";

/** What a relation of the database is to messages. */
export interface RelationNames {
  readonly source: string;
  readonly unit: RawTable["unit"];
  /** The columns' names where the database had to change them; its own when absent. */
  readonly columns?: (own: readonly string[]) => Promise<readonly string[]>;
}

/**
 * Takes a relation out of the database: numbers, booleans, dates and text as columns, arrays of numbers as one column a number.
 *
 * @param from what may stand after FROM; it is read more than once.
 * @throws {DataError} for columns of other types (all are named), and arrays of unequal length.
 */
export async function readRelation(
  connection: DuckDBConnection,
  from: string,
  names: RelationNames,
): Promise<RawTable> {
  const { source, unit } = names;
  const fields = await relationFields(connection, from, names);
  const read = await readFields(connection, fields, from);
  if (read.rows === 0) return { source, rows: 0, columns: [], unit };
  const columns: RawColumn[] = [];
  for (const [i, field] of fields.entries()) {
    const { name, kind } = field;
    const values = read.values[i]!;
    if (kind === "list") {
      const width = widthOf(values as Float64Array, field, { source, unit });
      columns.push(...listColumns(await readLists(connection, from, field, width), read.rows));
    } else if (kind === "text") columns.push({ name, kind, cells: values as (string | null)[] });
    else columns.push({ name, kind, numbers: values as Float64Array });
  }
  refuseEqualNames(columns, source);
  return { source, rows: read.rows, columns, unit };
}

/**
 * How the columns of a relation are fetched.
 *
 * @throws {DataError} for columns of types that no table holds; all are named.
 */
export async function relationFields(
  connection: DuckDBConnection,
  from: string,
  { source, columns: namesOf }: RelationNames,
): Promise<Field[]> {
  const described = await columnsOf(connection, from);
  const own = described.map(({ name }) => name);
  const cut = own.find((name) => name.includes("\0")); // a NUL ends a text of SQL
  if (cut !== undefined) {
    const expected = "names without the sign NUL";
    throw new DataError({ where: source, subject: "column names", expected, got: JSON.stringify(cut) });
  }
  const types = described.map(({ type }) => type);
  return fieldsOf(own, (await namesOf?.(own)) ?? own, types, source);
}

/**
 * How many numbers each array of a column holds.
 *
 * @throws {DataError} for arrays of unequal length, and where none holds a number.
 */
export async function listWidth(
  connection: DuckDBConnection,
  from: string,
  field: Field,
  names: RelationNames,
): Promise<number> {
  const { values } = await readFields(connection, [field], from);
  return widthOf(values[0] as Float64Array, field, names);
}

/** Values by column: numbers, cells, or for arrays their lengths. */
async function readFields(
  connection: DuckDBConnection,
  fields: readonly Field[],
  from: string,
): Promise<{ rows: number; values: (Float64Array | (string | null)[])[] }> {
  const parts = fields.map((): Float64Array[] => []);
  const cells = fields.map((): (string | null)[] => []);
  const shared = fields.map(() => new Map<string, string>());
  let rows = 0;
  const result = await connection.stream(`SELECT ${fields.map(({ sql }) => sql).join(", ")} FROM ${from}`);
  for (let chunk = await result.fetchChunk(); chunk?.rowCount; chunk = await result.fetchChunk()) {
    for (const [c, { kind }] of fields.entries()) {
      if (kind === "text") {
        chunk.visitColumnValues(c, (value) => cells[c]!.push(intern(value as string | null, shared[c]!)));
      } else parts[c]!.push(numbersOf(chunk.getColumnVector(c) as DuckDBDoubleVector, chunk.rowCount));
    }
    rows += chunk.rowCount;
  }
  return {
    rows,
    values: fields.map(({ kind }, c) => (kind === "text" ? cells[c]! : joinNumbers(parts[c]!))),
  };
}

/** The numbers of a vector, NaN where it has none. */
export const numbersOf = (vector: DuckDBDoubleVector, count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => vector.getItem(i) ?? Number.NaN);

function widthOf(
  lengths: Float64Array,
  { name }: Field,
  { source, unit }: Pick<RelationNames, "source" | "unit">,
): number {
  const first = lengths.findIndex((length) => !Number.isNaN(length));
  const width = first < 0 ? 0 : lengths[first]!;
  const odd = lengths.findIndex((length) => !Number.isNaN(length) && length !== width);
  const place = (row: number): string => `${unit} ${row + 1}`;
  if (odd >= 0)
    throw unequalLists(`${source} ${place(odd)}`, name, { width, found: lengths[odd]!, first: place(first) });
  if (width > 0) return width;
  throw emptyLists(source, name, first >= 0);
}

async function readLists(
  connection: DuckDBConnection,
  from: string,
  { own, name }: Field,
  width: number,
): Promise<NumberLists> {
  const column = identifier(own);
  const none = `list_resize([]::DOUBLE[], ${width}, 'nan'::DOUBLE)`;
  const sql = `unnest(CASE WHEN ${column} IS NULL THEN ${none} ELSE CAST(${column} AS DOUBLE[]) END)`;
  const { values } = await readFields(connection, [{ own, name, kind: "number", sql }], from);
  return { name, width, numbers: values[0] as Float64Array };
}
