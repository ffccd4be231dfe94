import type { DuckDBConnection } from "@duckdb/node-api";
import { DataError } from "../../base/errors.js";
import type { RawTable } from "../raw-table.js";
import { FOR_NO_NAME, namesInFile } from "./case-names.js";
import { type RelationNames, readRelation } from "./database-columns.js";
import {
  columnsOf,
  identifier,
  isPattern,
  literal,
  lockTo,
  openDatabase,
  openUnlocked,
  shortReason,
  withDatabase,
} from "./database.js";
import type { TableFormat } from "./formats.js";
import { checkJsonForm } from "./json-form.js";
import { jsonFault } from "./json-fault.js";
import { type OpenRelation, openRelation } from "./relation-chunks.js";
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
  await checkForm(path, name, format);
  try {
    return await readRelation(connection, ...(await relationOf(connection, path, name, format)));
  } catch (cause) {
    throw await unreadable(cause as Error, path, name, format);
  }
}

/**
 * Opens a file of Parquet, JSON or JSON Lines as a relation, to be read some rows at a time.
 *
 * @param file a name that is no pattern.
 * @returns the relation, and what closes the database.
 * @throws {DataError} as `readWithDatabase`; reading it later throws what `fault` explains.
 */
export async function openWithDatabase(
  file: string,
  format: TableFormat,
): Promise<{
  readonly relation: OpenRelation;
  /** How many rows it has, where the file tells. */
  readonly rows?: number;
  readonly fault: (cause: unknown) => Promise<Error>;
  close(): void;
}> {
  const { resolve } = await import("node:path");
  const path = resolve(file);
  const fault = (cause: unknown): Promise<Error> => unreadable(cause as Error, path, file, format);
  await checkForm(path, file, format);
  const { connection, close } = await openDatabase(path, { memory: MEMORY });
  try {
    const relation = await openRelation(connection, ...(await relationOf(connection, path, file, format)));
    if (format !== "parquet") return { relation, fault, close };
    const count = await connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM ${scan(path, format)}`);
    return { relation, rows: Number(count.getRows()[0]![0]), fault, close };
  } catch (cause) {
    close();
    throw await fault(cause);
  }
}

const MEMORY = 512; // MiB of the database where a table is read some rows at a time

async function checkForm(path: string, name: string, format: TableFormat): Promise<void> {
  if (format !== "json" && format !== "jsonl") return;
  const { createReadStream } = await import("node:fs");
  await checkJsonForm(createReadStream(path, { highWaterMark: 2 ** 20 }), name, format);
}

async function relationOf(
  connection: DuckDBConnection,
  path: string,
  name: string,
  format: TableFormat,
): Promise<[from: string, names: RelationNames]> {
  const from = format === "parquet" ? scan(path, format) : await typedScan(connection, path, format);
  const unit = format === "parquet" ? "row" : "record";
  return [from, { source: name, unit, columns: (own) => namesInFile(connection, path, format, own) }];
}

async function unreadable(cause: Error, path: string, name: string, format: TableFormat): Promise<Error> {
  if (cause instanceof DataError) return cause;
  if (format === "json" || format === "jsonl") {
    const { readInput } = await import("./input-file.js");
    const input = await readInput(path, name).catch(() => undefined); // too large to be looked through
    const fault = input && jsonFault(decodeUtf8(input, name), name, format);
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

/**
 * A scan of JSON with the types that the database finds, but for texts, which stay as they are written: it takes the words
 * `Infinity` and `epoch` for days of 1900, and writes times and UUIDs anew.
 */
async function typedScan(connection: DuckDBConnection, path: string, format: TableFormat): Promise<string> {
  const columns = await columnsOf(connection, scan(path, format));
  const own = columns.map(({ name }) => name);
  if (own.some((name) => name.includes("\0"))) return scan(path, format); // will be refused
  const names = await namesInFile(connection, path, format, own);
  // names that only the database has find no key: every value is taken as JSON, and becomes what it is then
  if (own.some((name) => FOR_NO_NAME.test(name)) || names.some((name, i) => name !== own[i])) {
    const values = columns.map(({ name, type }) => ofJson(identifier(name), type));
    return `(SELECT ${values.join(", ")} FROM ${scan(path, format, ", maximum_depth = 1")})`;
  }
  const types = columns.map(
    ({ name, type }) => `${literal(name)}: ${literal(TEXTUAL.test(type) ? "VARCHAR" : type)}`,
  );
  return scan(path, format, `, columns = {${types.join(", ")}}`);
}

const TEXTUAL = /^(?:DATE|TIMESTAMP.*|TIME|UUID)$/; // of texts, since JSON has no such values

/** A column of JSON values as one of a type, under its own name. */
function ofJson(column: string, type: string): string {
  if (type === "JSON") return column;
  const isText = type === "VARCHAR" || TEXTUAL.test(type);
  return `${isText ? `${column} ->> '$'` : `CAST(${column} AS ${type})`} AS ${column}`;
}

function scan(path: string, format: TableFormat, more = ""): string {
  if (format === "parquet") return `read_parquet(${literal(path)}, hive_partitioning = false)`;
  const shape = format === "json" ? "array" : "newline_delimited";
  return `read_json(${literal(path)}, format = '${shape}', records = 'true', sample_size = -1, map_inference_threshold = -1, hive_partitioning = false, compression = 'uncompressed'${more})`;
}
