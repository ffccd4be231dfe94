import { ConfigError } from "../../base/errors.js";
import type { OutputColumn } from "../output-column.js";
import { csvText, jsonLines } from "./output-text.js";

/** The formats tables are written in. */
export type OutputFormat = "csv" | "jsonl" | "parquet";

/** A stream that takes bytes or text, such as standard output. */
export interface OutputStream {
  write(chunk: Uint8Array | string, done: (error?: Error | null) => void): unknown;
}

/** How a table is written. */
export interface WriteOptions {
  /** The format; by the destination's ending when absent, CSV for `-`. */
  readonly format?: OutputFormat;
  /** Where `-` writes. */
  readonly stream?: OutputStream;
}

/**
 * Writes columns as a table: CSV, JSON Lines or Parquet. A file appears whole or not at all.
 *
 * @param destination a file, or `-` for `stream`.
 * @throws {ConfigError} for an ending that tells no format, a folder that is not there or cannot be written, columns of
 * unequal length, `-` without a stream.
 */
export async function writeTable(
  destination: string,
  columns: readonly OutputColumn[],
  { format, stream }: WriteOptions = {},
): Promise<void> {
  checkLengths(destination, columns);
  const chosen = format ?? formatByEnding(destination);
  if (destination === "-") return writeStream(columns, chosen, stream);
  await asConfigError(destination, async () => {
    const { rename, rm } = await import("node:fs/promises");
    const partial = `${destination}.${process.pid}.partial`;
    try {
      await writeFile(partial, columns, chosen);
      await rename(partial, destination);
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  });
}

/**
 * The format that a destination's ending tells; CSV for `-`.
 *
 * @throws {ConfigError} for any other ending.
 */
export function formatByEnding(destination: string): OutputFormat {
  if (destination === "-") return "csv";
  const ending = /\.([^./\\]+)$/.exec(destination)?.[1]?.toLowerCase() ?? "";
  if (ending === "csv" || ending === "jsonl" || ending === "parquet") return ending;
  if (ending === "ndjson") return "jsonl";
  throw new ConfigError({
    where: "output",
    subject: destination,
    expected: "a name that ends in .csv, .jsonl or .parquet",
    got: ending === "" ? "no ending" : `.${ending}`,
  });
}

async function writeFile(
  path: string,
  columns: readonly OutputColumn[],
  format: OutputFormat,
): Promise<void> {
  const files = await import("node:fs/promises");
  await files.writeFile(
    path,
    format === "parquet" ? "" : format === "csv" ? csvText(columns) : jsonLines(columns),
    { flush: true },
  );
  if (format !== "parquet") return;
  const { writeParquet } = await import("./output-parquet.js");
  const { resolve } = await import("node:path");
  await writeParquet(resolve(path), columns);
}

async function writeStream(
  columns: readonly OutputColumn[],
  format: OutputFormat,
  stream?: OutputStream,
): Promise<void> {
  if (!stream)
    throw new ConfigError({ where: "output", subject: "-", problem: "needs a stream to write to" });
  const content =
    format === "csv"
      ? csvText(columns)
      : format === "jsonl"
        ? jsonLines(columns)
        : await parquetBytes(columns);
  await new Promise<void>((resolve, reject) =>
    stream.write(content, (error) => (error ? reject(error) : resolve())),
  );
}

async function parquetBytes(columns: readonly OutputColumn[]): Promise<Uint8Array> {
  const { mkdtemp, readFile, rm } = await import("node:fs/promises");
  const { tmpdir } = await import("node:os");
  const { join } = await import("node:path");
  const { writeParquet } = await import("./output-parquet.js");
  const folder = await mkdtemp(join(tmpdir(), "kindred-"));
  try {
    const path = join(folder, "output.parquet");
    await writeParquet(path, columns);
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function asConfigError(destination: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const { dirname } = await import("node:path");
    const problems: Record<string, string> = {
      ENOENT: `cannot be written: the folder ${dirname(destination)} does not exist`,
      ENOTDIR: `cannot be written: ${dirname(destination)} is not a folder`,
      EACCES: `cannot be written: no permission in ${dirname(destination)}`,
      EROFS: `cannot be written: ${dirname(destination)} is read-only`,
      EISDIR: "cannot be written: it is a folder",
      ENOSPC: "cannot be written: the disk is full",
    };
    const problem = code === undefined ? undefined : problems[code];
    if (problem === undefined) throw cause;
    const fix = code === "ENOENT" ? "Make the folder first." : "Choose another place.";
    throw new ConfigError({ where: "output", subject: destination, problem, fix }, { cause });
  }
}

function checkLengths(destination: string, columns: readonly OutputColumn[]): void {
  const rows = columns[0]?.values.length;
  const odd = columns.find(({ values }) => values.length !== rows);
  if (rows !== undefined && !odd) return;
  throw new ConfigError({
    where: "output",
    subject: destination,
    expected: odd ? `columns of ${rows} rows` : "at least one column",
    got: odd ? `${odd.values.length} in column "${odd.name}"` : "none",
  });
}
