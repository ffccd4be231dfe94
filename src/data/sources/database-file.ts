import { DataError } from "../../base/errors.js";
import type { RawColumn, RawTable } from "../raw-table.js";
import { identifier, literal, shortReason, withDatabase } from "./database.js";
import type { TableFormat } from "./formats.js";
import { jsonFault } from "./json-fault.js";
import { withTemporaryFile } from "./temporary-file.js";
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
  const path = resolve(file);
  return withDatabase(path, async (connection) => {
    try {
      const from = scan(path, format);
      const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`);
      const fields = described
        .getRowObjectsJson()
        .map((row) => field(String(row.column_name), String(row.column_type), name));
      const query = `SELECT ${fields.map(({ sql }) => sql).join(", ")} FROM ${from}`;
      const read = await connection.runAndReadAll(query);
      const values = read.getColumnsJS();
      const rows = read.currentRowCount;
      if (rows === 0)
        throw new DataError({
          where: name,
          subject: "the table",
          problem: "has no rows",
          fix: "Export it again.",
        });
      const columns = fields.map((field, i) => rawColumn(field, values[i]!));
      return { source: name, rows, columns, unit: format === "parquet" ? "row" : "record" };
    } catch (cause) {
      throw await unreadable(cause as Error, path, name, format);
    }
  });
}

async function unreadable(cause: Error, path: string, name: string, format: TableFormat): Promise<Error> {
  if (cause instanceof DataError) return cause;
  if (format === "json" || format === "jsonl") {
    const { readInput } = await import("./input-file.js");
    const fault = jsonFault(decodeUtf8(await readInput(path, name, false), name), name, format);
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
};

function scan(path: string, format: TableFormat): string {
  if (format === "parquet") return `read_parquet(${literal(path)})`;
  const shape = format === "json" ? "array" : "newline_delimited";
  return `read_json(${literal(path)}, format = '${shape}', records = 'true', sample_size = -1, compression = 'uncompressed')`;
}

/** How one column is fetched. */
interface Field {
  readonly name: string;
  readonly kind: RawColumn["kind"];
  readonly sql: string;
}

function field(name: string, type: string, source: string): Field {
  const column = identifier(name);
  if (/^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(type)) {
    return { name, kind: "number", sql: `CAST(${column} AS DOUBLE)` };
  }
  if (type === "BOOLEAN") return { name, kind: "boolean", sql: `CAST(CAST(${column} AS INTEGER) AS DOUBLE)` };
  if (/^(?:DATE|TIMESTAMP.*)$/.test(type)) return { name, kind: "date", sql: `epoch(${column}) / 86400` };
  if (type === "JSON") return { name, kind: "text", sql: `${column} ->> '$'` };
  if (/^(?:VARCHAR|UUID|TIME|ENUM\(.*\)|"NULL"|NULL)$/.test(type))
    return { name, kind: "text", sql: `CAST(${column} AS VARCHAR)` };
  throw new DataError({
    where: source,
    subject: `column "${name}"`,
    expected: "strings, numbers, booleans or dates",
    got: type.length > 60 ? `${type.slice(0, 59)}…` : type,
    fix: "Flatten nested values into columns of their own.",
  });
}

function rawColumn({ name, kind }: Field, values: readonly unknown[]): RawColumn {
  if (kind !== "text") {
    return {
      name,
      kind,
      numbers: Float64Array.from(values, (value) => (value === null ? Number.NaN : Number(value))),
    };
  }
  return {
    name,
    kind,
    cells: values.map((value) => (value === null || value === "" ? null : String(value))),
  };
}
