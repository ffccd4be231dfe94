import type { FileHandle } from "node:fs/promises";
import { ConfigError } from "../../base/errors.js";
import type { OutputColumn } from "../output-column.js";
import { isPattern } from "./database.js";
import type { ParquetStage } from "./output-parquet.js";
import { csvHeader, csvRows, jsonLines } from "./output-text.js";

/** The formats tables are written in. */
export type OutputFormat = "csv" | "jsonl" | "parquet";

/** A stream that takes bytes or text, such as standard output. */
export interface OutputStream {
  write(chunk: Uint8Array | string, done: (error?: Error | null) => void): unknown;
}

/** Writes a table some rows at a time. */
export interface TableWriter {
  /**
   * Writes rows after those before: columns of the same names.
   *
   * @throws {ConfigError} as `writeTable`.
   */
  write(columns: readonly OutputColumn[]): Promise<void>;
  /** Ends the table: a file is now where it was meant to be. */
  finish(): Promise<void>;
  /** Removes what was written, where it is a file. */
  abandon(): Promise<void>;
}

/**
 * Opens a writer of CSV, JSON Lines or Parquet: the same bytes as `writeTable` writes for all rows at once. A file appears whole
 * or not at all; what goes to a stream goes there as it comes, but for Parquet.
 */
export function tableWriter(
  destination: string,
  { format, stream }: { readonly format: OutputFormat; readonly stream?: OutputStream },
): TableWriter {
  if (destination === "-" && !stream)
    throw new ConfigError({ where: "output", subject: "-", problem: "needs a stream to write to" });
  if (format === "parquet") return parquetWriter(destination, stream);
  return destination === "-"
    ? textWriter(format, toStream(stream!))
    : textWriter(format, toFile(destination));
}

/** Where text goes. */
interface Sink {
  put(text: string): Promise<void>;
  finish(): Promise<void>;
  abandon(): Promise<void>;
}

function textWriter(format: "csv" | "jsonl", sink: Sink): TableWriter {
  let begun = false;
  return {
    async write(columns) {
      if (format === "jsonl") return sink.put(jsonLines(columns));
      await sink.put(begun ? csvRows(columns) : csvHeader(columns) + csvRows(columns));
      begun = true;
    },
    finish: () => sink.finish(),
    abandon: () => sink.abandon(),
  };
}

function toStream(stream: OutputStream): Sink {
  const put = (content: string | Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => stream.write(content, (error) => (error ? reject(error) : resolve())));
  return { put, finish: async () => {}, abandon: async () => {} };
}

const partialOf = (destination: string): string => `${destination}.${process.pid}.partial`;

function toFile(destination: string): Sink {
  const partial = partialOf(destination);
  let file: FileHandle | undefined;
  return {
    put: (text) =>
      asConfigError(destination, async () => {
        const { open } = await import("node:fs/promises");
        file ??= await open(partial, "w");
        await file.writeFile(text);
      }),
    finish: () =>
      asConfigError(destination, async () => {
        const { rename } = await import("node:fs/promises");
        await file?.sync();
        await file?.close();
        await rename(partial, destination);
      }),
    async abandon() {
      const { rm } = await import("node:fs/promises");
      await file?.close().catch(() => {}); // it may be closed already
      if (file) await rm(partial, { force: true });
    },
  };
}

function parquetWriter(destination: string, stream?: OutputStream): TableWriter {
  let staged: ParquetStage | undefined;
  let folder: string | undefined;
  const partial = partialOf(destination);
  const stage = async (): Promise<ParquetStage> => {
    const { mkdtemp } = await import("node:fs/promises");
    const { tmpdir } = await import("node:os");
    const { dirname, join, resolve } = await import("node:path");
    const { openParquetStage } = await import("./output-parquet.js");
    const beside = dirname(resolve(partial)); // where the table has to fit anyway
    const place =
      destination === "-" || isPattern(beside) ? join(tmpdir(), "kindred-") : join(beside, ".kindred-");
    folder = await mkdtemp(place);
    return openParquetStage(folder, destination === "-" ? join(folder, "output.parquet") : resolve(partial));
  };
  return {
    write: (columns) =>
      asConfigError(destination, async () => {
        staged ??= await stage();
        await staged.write(columns);
      }),
    finish: () =>
      asConfigError(destination, async () => {
        const { rename, rm } = await import("node:fs/promises");
        const path = await staged!.finish();
        if (destination === "-") await copyTo(path, stream!);
        else await rename(path, destination);
        await rm(folder!, { recursive: true, force: true });
      }),
    async abandon() {
      const { rm } = await import("node:fs/promises");
      staged?.close();
      if (folder === undefined) return;
      await rm(folder, { recursive: true, force: true });
      if (destination !== "-") await rm(partial, { force: true });
    },
  };
}

async function copyTo(path: string, stream: OutputStream): Promise<void> {
  const { createReadStream } = await import("node:fs");
  const { put } = toStream(stream) as { put(content: Uint8Array): Promise<void> } & Sink;
  for await (const part of createReadStream(path, { highWaterMark: 2 ** 20 })) await put(part as Uint8Array);
}

/** Tells in one line why a destination cannot be written. */
export async function asConfigError(destination: string, write: () => Promise<void>): Promise<void> {
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
