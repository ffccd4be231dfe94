import { codedTable, type CodedOptions } from "../coded-table.js";
import type { InputEncoding } from "../encoding.js";
import type { Table } from "../table.js";
import { inspectTable, type InspectedTable, type InspectOptions } from "../inspect.js";
import type { RawTable } from "../raw-table.js";
import { DataError } from "../../base/errors.js";
import { isPattern } from "./database.js";
import { readDelimited } from "./delimited.js";
import type { DelimitedChoice } from "./delimited-text.js";
import { delimiterNamed } from "./dialect.js";
import { refuseOtherKinds } from "./file-kind.js";
import { formatOf, type TableFormat } from "./formats.js";
import { checkFile, readInput, type InputStream } from "./input-file.js";
import { readFiles } from "./read-files.js";
import { sourceFiles } from "./source-files.js";
import { sourceKind } from "./source-kind.js";

/** Where a table comes from. */
export interface SourceOptions {
  /** The format, for standard input and for names that do not tell it. */
  readonly format?: TableFormat;
  /** What `-` reads; standard input when absent. */
  readonly stream?: InputStream;
  /** The encoding of delimited text, by its name in the Encoding Standard; found from its bytes when absent. */
  readonly encoding?: string;
  /** What divides the cells of delimited text: one sign or its name; found from its first records when absent. */
  readonly delimiter?: string;
  /** Whether the first row of delimited text names the columns; found from its rows when absent. */
  readonly header?: "yes" | "no";
  /** Encoding and delimiter that rows of the same origin had, to be tried before others, and whether they had a header. */
  readonly otherwise?: Pick<SourceOptions, "encoding" | "delimiter" | "header">;
}

/**
 * Reads a table from a file and decides its columns' types: CSV, TSV, Parquet, JSON (an array of objects), JSON Lines, Arrow.
 * A folder or a pattern such as `parts/*.parquet` is read as one table.
 *
 * CSV may use `,`, `;`, tab or `|`; all but Parquet may be gzipped. Rows keep their order. `-` reads standard input.
 *
 * @throws {DataError} for a file that cannot be read or used, with line and column where that helps; {ConfigError} for a
 * type set for a column that is not there.
 */
export async function readTable(
  source: string,
  options: SourceOptions & InspectOptions = {},
): Promise<InspectedTable> {
  return inspectTable(await readRawTable(source, options), options);
}

/**
 * Reads rows for a fitted model: just its inputs, with the types the model has for them.
 *
 * @throws {DataError} for a file that cannot be read, for inputs that are not in it, and for values that cannot be read as
 * the model's types, with their line.
 */
export async function readCodedTable(
  source: string,
  encoding: InputEncoding,
  options: SourceOptions & CodedOptions = {},
): Promise<Table> {
  return codedTable(await readRawTable(source, options), encoding.inputs, options);
}

/**
 * Reads a table as its source gives it, without deciding types: the first half of `readTable`, and of reading rows for a
 * model whose types are known.
 *
 * @throws {DataError} for a file that cannot be read.
 */
export async function readRawTable(source: string, options: SourceOptions = {}): Promise<RawTable> {
  const table = await tableOf(source, options);
  if (table.rows > 0) return table;
  throw noRows(table.source);
}

/** The error of a table without rows. */
export const noRows = (where: string): DataError =>
  new DataError({ where, subject: "the table", problem: "has no rows", fix: "Export it again." });

/** What is known beforehand of delimited text. */
export function textChoice(
  format: "csv" | "tsv",
  { encoding, delimiter = format === "tsv" ? "tab" : undefined, otherwise, ...more }: SourceOptions,
): DelimitedChoice {
  const header = more.header ?? otherwise?.header;
  return {
    ...(header !== undefined && { header }),
    ...(encoding !== undefined && { encoding }),
    ...(delimiter !== undefined && { delimiter }),
    ...(otherwise?.encoding !== undefined && { otherwise: otherwise.encoding }),
    ...(otherwise?.delimiter !== undefined && { preferred: delimiterNamed(otherwise.delimiter) }),
  };
}

const OF_DATABASE: ReadonlySet<TableFormat> = new Set(["parquet", "json", "jsonl"]);

async function tableOf(source: string, options: SourceOptions): Promise<RawTable> {
  const kind = (await isFile(source)) ? "path" : sourceKind(source);
  if (kind === "stream") return readFile(source, options);
  if (kind === "query") {
    const { readQuery } = await import("./read-sql.js");
    return readQuery(source, (file) => readRawTable(file, options));
  }
  if (kind === "sqlite" || kind === "postgres") {
    const { readAttached } = await import("./read-attached.js");
    return readAttached(source, kind);
  }
  const files = await sourceFiles(source);
  if (files === undefined) return readFile(source, options);
  const formats = files.files.map((file) => formatOf(file, options.format));
  if (formats.some(({ format, gzip }) => gzip || !OF_DATABASE.has(format)) || files.files.some(isPattern))
    return readFiles(source, files, (file) => readFile(file, options));
  const { withReaderOf } = await import("./database-file.js");
  return withReaderOf(files.files, (read) =>
    readFiles(source, files, async (file) => {
      await checkFile(file);
      return read(file, formatOf(file, options.format).format);
    }),
  );
}

/** A file may be called as a query begins. */
async function isFile(source: string): Promise<boolean> {
  const { stat } = await import("node:fs/promises");
  return source !== "-" && ((await stat(source).catch(() => undefined))?.isFile() ?? false);
}

/** The table of one file, which may have no rows. */
async function readFile(source: string, options: SourceOptions): Promise<RawTable> {
  const { format, gzip } = formatOf(source, options.format);
  const name = source === "-" ? "standard input" : source;
  if (format === "csv" || format === "tsv") {
    const bytes = await readInput(source, name, options.stream);
    refuseOtherKinds(bytes, name);
    return readDelimited(bytes, name, {
      ...textChoice(format, options),
    });
  }
  if (format === "arrow") {
    const { readArrow } = await import("./arrow-file.js");
    if (source === "-" || gzip) return readArrow(await readInput(source, name, options.stream), name);
    await checkFile(source);
    const { readFile: readBytes } = await import("node:fs/promises");
    return readArrow(await readBytes(source), name);
  }
  const { readStreamWithDatabase, readWithDatabase } = await import("./database-file.js");
  if (source === "-" || gzip)
    return readStreamWithDatabase(await readInput(source, name, options.stream), name, format);
  await checkFile(source);
  return readWithDatabase(source, name, format);
}
