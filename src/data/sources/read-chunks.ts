import type { RawTable } from "../raw-table.js";
import { isPattern } from "./database.js";
import { isGzip } from "./file-kind.js";
import { formatOf, type TableFormat } from "./formats.js";
import { checkFile } from "./input-file.js";
import { noRows, readRawTable, type SourceOptions, textChoice } from "./read-table.js";

/** A table that is read some rows at a time. */
export interface ChunkedTable {
  readonly source: string;
  /** Its columns, in order. */
  readonly names: readonly string[];
  /** How many rows it has, where that is known. */
  readonly rows?: number;
  readonly notes?: RawTable["notes"];
  /**
   * The rows in order, with some of the columns at least. To be read once.
   *
   * @throws {DataError} for a file that cannot be read.
   */
  chunks(wanted: ReadonlySet<string>): AsyncIterable<RawTable>;
  close(): void;
}

/** How much is read at a time. */
export interface ChunkOptions {
  /** Rows of every chunk but the last are a multiple of this number; 4096 when absent. */
  readonly multiple?: number;
  /** Most values of a chunk, about; 4 million when absent. */
  readonly values?: number;
  /** Bytes of a chunk of delimited text, about; 16 MiB when absent. */
  readonly bytes?: number;
  /** Bytes from which delimited text is read in chunks; 64 MiB when absent. Smaller text is read at once. */
  readonly smallest?: number;
}

/**
 * Opens a table as `readRawTable` reads it, to be read some rows at a time: one file of Parquet, JSON or JSON Lines, and
 * large delimited text in UTF-8, none of them gzipped. Every other source is one chunk, in memory.
 *
 * @throws {DataError} as `readRawTable`.
 */
export async function openChunks(
  source: string,
  options: SourceOptions = {},
  { multiple = 4096, values = 2 ** 22, bytes = 2 ** 24, smallest = 2 ** 26 }: ChunkOptions = {},
): Promise<ChunkedTable> {
  const format = await chunkedFormat(source, options.format);
  if (format === "csv" || format === "tsv") {
    const { stat } = await import("node:fs/promises");
    if ((await stat(source)).size < smallest) return inMemory(source, options);
    const { openTextPieces } = await import("./text-pieces.js");
    const text = await openTextPieces(source, textChoice(format, options), { bytes, multiple });
    if (text === undefined) return inMemory(source, options);
    const { names, rows, notes } = text;
    const chunks = async function* (): AsyncGenerator<RawTable> {
      for (const piece of text.pieces) yield await text.read(piece);
    };
    return { source, names, rows, notes, chunks, close: () => {} };
  }
  if (format === undefined) return inMemory(source, options);
  const { openWithDatabase } = await import("./database-file.js");
  const { relation, rows: count, fault, close } = await openWithDatabase(source, format);
  const { names } = relation;
  return {
    source,
    names,
    ...(count !== undefined && { rows: count }),
    async *chunks(wanted) {
      const rows = multiple * Math.max(1, Math.floor(values / wanted.size / multiple));
      let found = false;
      try {
        for await (const chunk of relation.chunks(wanted, rows)) {
          found = true;
          yield chunk;
        }
      } catch (cause) {
        throw await fault(cause);
      }
      if (!found) throw noRows(source);
    },
    close,
  };
}

/** The format of a source that can be read some rows at a time; undefined for others. */
async function chunkedFormat(source: string, given?: TableFormat): Promise<TableFormat | undefined> {
  const { open, stat } = await import("node:fs/promises");
  const { resolve } = await import("node:path");
  const isFile = source !== "-" && ((await stat(source).catch(() => undefined))?.isFile() ?? false);
  if (!isFile) return undefined; // standard input, a pipe, a folder, a query; or nothing, which reading it tells
  const { format, gzip } = formatOf(source, given);
  if (gzip || format === "arrow") return undefined;
  await checkFile(source);
  if (format !== "csv" && format !== "tsv") return isPattern(resolve(source)) ? undefined : format;
  const file = await open(source, "r");
  const { buffer } = await file.read(new Uint8Array(4), 0, 4, 0).finally(() => file.close());
  return isGzip(buffer) ? undefined : format;
}

async function inMemory(source: string, options: SourceOptions): Promise<ChunkedTable> {
  const table = await readRawTable(source, options);
  return {
    source: table.source,
    names: table.columns.map(({ name }) => name),
    rows: table.rows,
    ...(table.notes && { notes: table.notes }),
    async *chunks() {
      yield table;
    },
    close: () => {},
  };
}
