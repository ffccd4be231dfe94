import type { DuckDBConnection } from "@duckdb/node-api";
import { DataError } from "../../base/errors.js";
import type { RawTable } from "../raw-table.js";
import { namesInFile } from "./case-names.js";
import { readRelation } from "./database-columns.js";
import { isPattern, literal, lockTo, openUnlocked, shortReason, withDatabase } from "./database.js";
import type { TableFormat } from "./formats.js";
import { jsonFault } from "./json-fault.js";
import { withLinkTo, withTemporaryFile } from "./temporary-file.js";
import { decodeUtf8 } from "../utf8.js";

/**
 * Reads bytes of Parquet, JSON or JSON Lines, by way of a temporary file.
 *
 * @throws {DataError} as `readWithDatabase`.
 */
export async function readStreamWithDatabase(
  bytes: Uint8Array,
  name: string,
  format: TableFormat,
): Promise<RawTable> {
  return withTemporaryFile(bytes, format, (path) => readWithDatabase(path, name, format));
}

/**
 * Reads a file of Parquet, JSON or JSON Lines through the database.
 *
 * @param name what messages call the file.
 * @throws {DataError} for a corrupt file, for nested columns and for a file without rows.
 */
export async function readWithDatabase(file: string, name: string, format: TableFormat): Promise<RawTable> {
  const { resolve } = await import("node:path");
  const real = resolve(file);
  return isPattern(real)
    ? withLinkTo(real, format, (path) => readPath(path, name, format))
    : readPath(real, name, format);
}

async function readPath(path: string, name: string, format: TableFormat): Promise<RawTable> {
  return withDatabase(path, (connection) => readOver(connection, path, name, format));
}

/**
 * Runs `use` with what reads several files through one database, which is quicker than one for each.
 *
 * @param files Parquet, JSON or JSON Lines, with names that are no patterns.
 */
export async function withReaderOf<T>(
  files: readonly string[],
  use: (read: (file: string, format: TableFormat) => Promise<RawTable>) => Promise<T>,
): Promise<T> {
  const { resolve } = await import("node:path");
  const { connection, close } = await openUnlocked();
  try {
    await lockTo(
      connection,
      files.map((file) => resolve(file)),
    );
    return await use((file, format) => readOver(connection, resolve(file), file, format));
  } finally {
    close();
  }
}

async function readOver(
  connection: DuckDBConnection,
  path: string,
  name: string,
  format: TableFormat,
): Promise<RawTable> {
  try {
    return await readRelation(connection, scan(path, format), {
      source: name,
      unit: format === "parquet" ? "row" : "record",
      columns: (own) => namesInFile(connection, path, format, own),
    });
  } catch (cause) {
    throw await unreadable(cause as Error, path, name, format);
  }
}

async function unreadable(cause: Error, path: string, name: string, format: TableFormat): Promise<Error> {
  if (cause instanceof DataError) return cause;
  if (format === "json" || format === "jsonl") {
    const { readInput } = await import("./input-file.js");
    const fault = jsonFault(decodeUtf8((await readInput(path, name)).bytes, name), name, format);
    if (fault) return fault;
  }
  const problem = `cannot be read as ${LABEL[format]}: ${shortReason(cause, path)}`;
  return new DataError(
    { where: name, subject: "the file", problem, fix: "Export the table again." },
    { cause },
  );
}

const LABEL: Readonly<Record<TableFormat, string>> = {
  csv: "CSV",
  tsv: "TSV",
  parquet: "Parquet",
  json: "JSON (an array of objects)",
  jsonl: "JSON Lines",
  arrow: "Arrow",
};

function scan(path: string, format: TableFormat): string {
  if (format === "parquet") return `read_parquet(${literal(path)}, hive_partitioning = false)`;
  const shape = format === "json" ? "array" : "newline_delimited";
  return `read_json(${literal(path)}, format = '${shape}', records = 'true', sample_size = -1, hive_partitioning = false, compression = 'uncompressed')`;
}
