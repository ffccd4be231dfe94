import { ConfigError } from "../../base/errors.js";
import type { OutputColumn } from "../output-column.js";
import { type OutputFormat, type OutputStream, tableWriter } from "./write-chunks.js";

export type { OutputFormat, OutputStream };

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
  const writer = tableWriter(destination, { format: chosen, ...(stream && { stream }) });
  try {
    await writer.write(columns);
    await writer.finish();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
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
