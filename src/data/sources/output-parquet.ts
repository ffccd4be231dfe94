import type { DuckDBAppender } from "@duckdb/node-api";
import type { OutputColumn } from "../output-column.js";
import { identifier, literal, lockTo } from "./database.js";

/** Rows on their way into a Parquet file. */
export interface ParquetStage {
  write(columns: readonly OutputColumn[]): Promise<void>;
  /** Writes the file, and tells where. */
  finish(): Promise<string>;
  close(): void;
}

const MEMORY = "512MiB";

/**
 * Opens what writes columns as a Parquet file (Snappy), rows in order. Names that differ only in case, or not at all, get a number
 * behind: readers of Parquet often take them for the same. Rows wait in a database on disk, since their kinds are known at the end:
 * a column of numbers is one of integers if all its parts are.
 *
 * @param folder where the database is; the caller removes it.
 * @param path the file.
 */
export async function openParquetStage(folder: string, path: string): Promise<ParquetStage> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const { join } = await import("node:path");
  const instance = await DuckDBInstance.create(join(folder, "rows.duckdb"), {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    preserve_insertion_order: "true",
    threads: "2",
    memory_limit: MEMORY,
  });
  const connection = await instance.connect();
  let types: OutputColumn["type"][] | undefined;
  let names: readonly string[] = [];
  await lockTo(connection, [path]);
  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    connection.closeSync();
    instance.closeSync();
  };
  return {
    async write(columns) {
      if (types === undefined) {
        names = columns.map(({ name }) => name);
        types = columns.map(({ type }) => type);
        const fields = columns.map(({ type }, i) => `${place(i)} ${STAGED[type]}`);
        await connection.run(`CREATE TABLE output (${fields.join(", ")})`);
      }
      types = types.map((type, i) => (columns[i]!.type === "number" ? "number" : type));
      const appender = await connection.createAppender("output");
      const rows = columns[0]?.values.length ?? 0;
      for (let row = 0; row < rows; row++) {
        for (const column of columns) append(appender, column, row);
        appender.endRow();
      }
      appender.closeSync();
    },
    async finish() {
      const named = names.map(
        (name, i) => `CAST(${place(i)} AS ${SQL_TYPE[types![i]!]}) AS ${identifier(name)}`,
      );
      await connection.run(
        `COPY (SELECT ${named.join(", ")} FROM output) TO ${literal(path)} (FORMAT parquet, USE_TMP_FILE false)`,
      );
      close();
      return path;
    },
    close,
  };
}

const place = (index: number): string => `column_${index}`; // the database's own names are blind to case

const SQL_TYPE: Readonly<Record<OutputColumn["type"], string>> = {
  number: "DOUBLE",
  integer: "BIGINT",
  boolean: "BOOLEAN",
  string: "VARCHAR",
};

/** How values wait: whole numbers and others alike. */
const STAGED: Readonly<Record<OutputColumn["type"], string>> = { ...SQL_TYPE, integer: "DOUBLE" };

function append(appender: DuckDBAppender, { values }: OutputColumn, row: number): void {
  const value = values[row] ?? null;
  if (value === null || Number.isNaN(value)) appender.appendNull();
  else if (typeof value === "string") appender.appendVarchar(value);
  else if (typeof value === "boolean") appender.appendBoolean(value);
  else appender.appendDouble(value);
}
