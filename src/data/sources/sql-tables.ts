import type { DuckDBConnection } from "@duckdb/node-api";
import type { RawColumn, RawTable } from "../raw-table.js";
import { identifier, literal } from "./database.js";

const CHUNK = 2048; // rows the database takes at once

/**
 * Puts a table into the database under a name: numbers as DOUBLE, booleans, dates as TIMESTAMP, and text as the narrowest of
 * BIGINT, DOUBLE, DATE, TIMESTAMP, BOOLEAN that holds all its values as written, else VARCHAR. Numbers that begin with a
 * needless 0 are codes and stay text.
 */
export async function createTable(
  connection: DuckDBConnection,
  name: string,
  table: RawTable,
): Promise<void> {
  const { DuckDBDataChunk, DOUBLE, VARCHAR } = await import("@duckdb/node-api");
  const columns = table.columns.map((column, i) => ({ column, place: `c${i}` }));
  const loaded = `${name} as read`;
  const types = columns.map(({ column }) => (column.kind === "text" ? VARCHAR : DOUBLE));
  const fields = columns.map(
    ({ column, place }) => `${place} ${column.kind === "text" ? "VARCHAR" : "DOUBLE"}`,
  );
  await connection.run(`CREATE TEMP TABLE ${identifier(loaded)} (${fields.join(", ")})`);
  const appender = await connection.createAppender(loaded, "main", "temp");
  for (let from = 0; from < table.rows; from += CHUNK) {
    const count = Math.min(CHUNK, table.rows - from);
    const chunk = DuckDBDataChunk.create(types, count);
    columns.forEach(({ column }, c) => chunk.setColumnValues(c, valuesOf(column, from, count)));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
  const casts: string[] = [];
  for (const { column, place } of columns)
    casts.push(`${await cast(connection, column, place, identifier(loaded))} AS ${identifier(column.name)}`);
  await connection.run(
    `CREATE TEMP TABLE ${identifier(name)} AS SELECT ${casts.join(", ")} FROM ${identifier(loaded)}`,
  );
  await connection.run(`DROP TABLE ${identifier(loaded)}`);
}

function valuesOf(column: RawColumn, from: number, count: number): (string | number | null)[] {
  if (column.kind === "text") return column.cells.slice(from, from + count);
  return Array.from(column.numbers.subarray(from, from + count), (x) => (Number.isNaN(x) ? null : x));
}

async function cast(
  connection: DuckDBConnection,
  column: RawColumn,
  place: string,
  from: string,
): Promise<string> {
  if (column.kind === "boolean") return `CAST(${place} AS BOOLEAN)`;
  if (column.kind === "date") return `make_timestamp(CAST(round(${place} * 86400000000) AS BIGINT))`;
  if (column.kind === "number") return place;
  const types = Object.keys(FORMS);
  const checks = types.map((type, i) => `${fits(place, type)} AS t${i}`);
  const read = await connection.runAndReadAll(`SELECT ${checks.join(", ")} FROM ${from}`);
  const [row] = read.getRowObjectsJson();
  const found = types.find((_, i) => row![`t${i}`] === true);
  return found === undefined ? place : `CAST(${place} AS ${found})`;
}

/** How values of a type are written, narrowest type first. */
const FORMS: Readonly<Record<string, string>> = {
  BIGINT: String.raw`-?(0|[1-9]\d*)`,
  DOUBLE: String.raw`[+-]?(0|[1-9]\d*)?(\.\d*)?([eE][+-]?\d+)?`,
  DATE: String.raw`\d{4}-\d{2}-\d{2}`,
  TIMESTAMP: String.raw`\d{4}-\d{2}-\d{2}[ T]\d{2}:.*`,
  BOOLEAN: "(?i:true|false)",
};

/** Whether a column has values and all are of a type, as written. */
function fits(place: string, type: string): string {
  const is = `TRY_CAST(${place} AS ${type}) IS NOT NULL AND regexp_full_match(${place}, ${literal(FORMS[type]!)})`;
  return `coalesce(bool_and(${is}) FILTER (WHERE ${place} IS NOT NULL), false)`;
}

/** A view of Parquet or JSON files under a name, read as they are named: union of their columns by name. */
export async function createView(
  connection: DuckDBConnection,
  name: string,
  { paths, reader }: { readonly paths: readonly string[]; readonly reader: "read_parquet" | "read_json" },
): Promise<void> {
  const list = `[${paths.map(literal).join(", ")}]`;
  const hive = paths.length > 1 ? "" : ", hive_partitioning = false";
  const whole = reader === "read_json" ? ", sample_size = -1" : "";
  await connection.run(
    `CREATE TEMP VIEW ${identifier(name)} AS SELECT * FROM ${reader}(${list}, union_by_name = true${hive}${whole})`,
  );
}
