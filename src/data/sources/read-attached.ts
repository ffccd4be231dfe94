import type { DuckDBConnection } from "@duckdb/node-api";
import { DataError } from "../../base/errors.js";
import type { RawTable } from "../raw-table.js";
import { readRelation } from "./database-columns.js";
import { identifier, literal, lockTo, openUnlocked, shortReason } from "./database.js";
import { type DatabaseSource, noTable, partsOf } from "./database-source.js";
import { checkFile } from "./input-file.js";
import { readNodeSqlite } from "./node-sqlite.js";
import { runStatement } from "./read-sql.js";
import { shownSource } from "./source-kind.js";
import { parseStatement } from "./sql-statement.js";

/**
 * Reads `sqlite:shop.db#orders`, `sqlite:shop.db?select …`, `postgres://user@host/db#orders` or `postgres://…#select …`. Nothing is
 * written: databases are attached for reading alone.
 *
 * SQLite is read by Node itself where it can (Node 22.13 and later): by the rules of SQLite, whose columns may hold values of
 * several types. Otherwise, and for PostgreSQL, the database's extension is used, where it is installed; none is fetched.
 *
 * @throws {DataError} for an address without a table, a place that cannot be opened, a table that is not there, a missing
 * extension, and as a query over files.
 */
export async function readAttached(source: string, kind: "sqlite" | "postgres"): Promise<RawTable> {
  const parts = partsOf(source, kind);
  if (kind === "sqlite") {
    await checkFile(parts.place);
    const read = await readNodeSqlite(parts);
    if (read !== undefined) return read;
  }
  const { connection, close } = await openUnlocked();
  try {
    const missing = await load(connection, kind);
    if (missing !== undefined) throw absent(source, kind, missing);
    return await readThrough(connection, parts, kind);
  } finally {
    close();
  }
}

/** Loads an extension that is installed; gives the reason if it cannot be. */
async function load(connection: DuckDBConnection, kind: "sqlite" | "postgres"): Promise<Error | undefined> {
  try {
    await connection.run(`LOAD ${kind}`);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

async function readThrough(
  connection: DuckDBConnection,
  { source, place, wanted }: DatabaseSource,
  kind: "sqlite" | "postgres",
): Promise<RawTable> {
  const { resolve } = await import("node:path");
  const path = kind === "sqlite" ? resolve(place) : place;
  const shown = shownSource(source);
  // values of SQLite may be of other types than their column; as text they are all read, and typed like those of a CSV file
  if (kind === "sqlite" && "table" in wanted) await connection.run("SET sqlite_all_varchar = true");
  await attempt(shown, path, () =>
    connection.run(`ATTACH ${literal(path)} AS source (TYPE ${kind}, READ_ONLY)`),
  );
  const beside = ["", "-wal", "-shm", "-journal"].map((ending) => `${path}${ending}`);
  await attempt(shown, path, () => connection.run("USE source"));
  await lockTo(connection, kind === "sqlite" ? beside : []);
  if ("query" in wanted) {
    const statement = await parseStatement(connection, wanted.query, { over: "a database" });
    const isOrdered = statement.isOrdered && (kind === "sqlite" || statement.hasOrder);
    const rewritten = { text: statement.text, back: (at: number) => at };
    return runStatement(connection, { ...statement, isOrdered }, rewritten, shown);
  }
  const table = await attempt(shown, path, () => tableName(connection, wanted.table, shown));
  const columns = kind === "sqlite" ? table : `(SELECT * FROM ${table} ORDER BY ALL)`;
  const read = await attempt(shown, path, () =>
    readRelation(connection, columns, { source: shown, unit: "row" }),
  );
  if (kind === "sqlite") return read;
  const detail = "rows sorted by all columns, since a table of PostgreSQL has no order";
  return { ...read, notes: [{ column: "", action: "sorted", detail }] };
}

/** The table's full name for the database, from `orders` or `schema.orders`. */
async function tableName(connection: DuckDBConnection, name: string, where: string): Promise<string> {
  const read = await connection.runAndReadAll(
    `SELECT schema_name AS s, table_name AS t FROM duckdb_tables() WHERE database_name = 'source' AND NOT internal
     UNION ALL SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = 'source' AND NOT internal`,
  );
  const all = read.getRowObjectsJson().map(({ s, t }) => ({ schema: String(s), table: String(t) }));
  const tables = all.filter(({ schema }) => schema !== "information_schema" && schema !== "pg_catalog");
  const found =
    tables.find(({ table, schema }) => table === name && (schema === "main" || schema === "public")) ??
    tables.find(({ table, schema }) => table === name || `${schema}.${table}` === name);
  if (found) return `source.${identifier(found.schema)}.${identifier(found.table)}`;
  throw noTable(
    where,
    name,
    tables.map(({ table }) => table),
  );
}

async function attempt<T>(where: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    const reason = shortReason(cause as Error, path).replace(' at "the file"', "");
    const problem = `cannot be read: ${reason}`;
    const fix = "Check that it is there, is of this kind and may be read.";
    throw new DataError({ where, subject: "the database", problem, fix, setting: ["data"] }, { cause });
  }
}

function absent(source: string, kind: "sqlite" | "postgres", cause: Error): DataError {
  const other = kind === "sqlite" ? ", or use Node 22.13 or later, which has SQLite built in" : "";
  return new DataError(
    {
      where: shownSource(source),
      subject: `the DuckDB extension ${kind}`,
      problem: "is not installed, and nothing is fetched",
      fix: `Install it once with DuckDB's own command line of the same version: duckdb -c "INSTALL ${kind}"${other}.`,
      setting: ["data"],
    },
    { cause },
  );
}
