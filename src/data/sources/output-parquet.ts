import type { DuckDBAppender } from "@duckdb/node-api";
import type { OutputColumn } from "../output-column.js";
import { identifier, literal, withDatabase } from "./database.js";

/**
 * Writes columns as a Parquet file (Snappy), rows in order. Names that differ only in case, or not at all, get a number behind:
 * readers of Parquet often take them for the same.
 */
export async function writeParquet(path: string, columns: readonly OutputColumn[]): Promise<void> {
  await withDatabase(path, async (connection) => {
    const fields = columns.map(({ type }, i) => `${place(i)} ${SQL_TYPE[type]}`);
    await connection.run(`CREATE TABLE output (${fields.join(", ")})`);
    const appender = await connection.createAppender("output");
    const rows = columns[0]?.values.length ?? 0;
    for (let row = 0; row < rows; row++) {
      for (const column of columns) append(appender, column, row);
      appender.endRow();
    }
    appender.closeSync();
    const named = columns.map(({ name }, i) => `${place(i)} AS ${identifier(name)}`);
    await connection.run(
      `COPY (SELECT ${named.join(", ")} FROM output) TO ${literal(path)} (FORMAT parquet, USE_TMP_FILE false)`,
    );
  });
}

const place = (index: number): string => `column_${index}`; // the database's own names are blind to case

const SQL_TYPE: Readonly<Record<OutputColumn["type"], string>> = {
  number: "DOUBLE",
  integer: "BIGINT",
  boolean: "BOOLEAN",
  string: "VARCHAR",
};

function append(appender: DuckDBAppender, { type, values }: OutputColumn, row: number): void {
  const value = values[row] ?? null;
  if (value === null || Number.isNaN(value)) appender.appendNull();
  else if (typeof value === "string") appender.appendVarchar(value);
  else if (typeof value === "boolean") appender.appendBoolean(value);
  else if (type === "integer") appender.appendBigInt(BigInt(value));
  else appender.appendDouble(value);
}
