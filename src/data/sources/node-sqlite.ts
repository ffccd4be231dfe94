import { DataError } from "../../base/errors.js";
import { rawFromRows, type Row } from "../raw-rows.js";
import type { RawTable } from "../raw-table.js";
import { identifier } from "./database.js";
import { type DatabaseSource, noTable } from "./database-source.js";
import { shownSource } from "./source-kind.js";
import { faultAt } from "./sql-fault.js";

/** What is used of `node:sqlite`, whose types are not among those of Node 20. */
interface NodeSqlite {
  readonly DatabaseSync: new (path: string, options: { readonly readOnly: boolean }) => NodeDatabase;
}

interface NodeDatabase {
  prepare(sql: string): {
    setReadBigInts(on: boolean): void;
    iterate(...values: string[]): Iterable<Row>;
  };
  close(): void;
}

/**
 * Reads a table or query of SQLite by Node itself.
 *
 * @returns undefined where Node has no SQLite.
 * @throws {DataError} for a file that is no database, a table that is not there, a query that fails, and binary values.
 */
export async function readNodeSqlite({
  source,
  place,
  wanted,
}: DatabaseSource): Promise<RawTable | undefined> {
  const name = "node:sqlite"; // a variable, since compilers do not find it in Node 20
  const module = (await import(name).catch(() => undefined)) as NodeSqlite | undefined;
  if (module === undefined) return undefined;
  const where = shownSource(source);
  const database = new module.DatabaseSync(place, { readOnly: true });
  try {
    if ("table" in wanted) refuseUnknown(database, wanted.table, where);
    const sql = "table" in wanted ? `SELECT * FROM ${identifier(wanted.table)}` : wanted.query;
    const statement = database.prepare(sql);
    statement.setReadBigInts(true);
    return rawFromRows(checked(statement.iterate(), where), where);
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    const own = "query" in wanted ? wanted.query : "";
    throw faultAt(own, undefined, {
      reason: (cause as Error).message.replace(/[.\s]+$/, ""),
      cause: cause as Error,
    });
  } finally {
    database.close();
  }
}

function refuseUnknown(database: NodeDatabase, table: string, where: string): void {
  const known = [
    ...database.prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')").iterate(),
  ];
  const names = known.map(({ name }) => String(name));
  if (!names.includes(table)) throw noTable(where, table, names);
}

function* checked(rows: Iterable<Row>, where: string): Generator<Row> {
  let number = 0;
  for (const row of rows) {
    number += 1;
    const binary = Object.keys(row).find((name) => row[name] instanceof Uint8Array);
    if (binary !== undefined) {
      throw new DataError({
        where: `${where} row ${number}`,
        subject: `column "${binary}"`,
        expected: "strings or numbers",
        got: "binary data",
        fix: "Leave the column out by a query.",
      });
    }
    yield row;
  }
}
