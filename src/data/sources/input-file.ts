import { DataError } from "../../base/errors.js";
import { didYouMean } from "../../base/nearest.js";
import { isGzip } from "./file-kind.js";
import { unzip } from "./unzip.js";

/** A stream of bytes, such as standard input. */
export type InputStream = AsyncIterable<Uint8Array | string>;

/** Most bytes of text that are read at once: characters of the longest string. */
export const LARGEST_TEXT = 2 ** 29 - 24;

/**
 * Checks that a file is there, is a file and is not empty.
 *
 * @throws {DataError} as `readInput`.
 */
export async function checkFile(source: string): Promise<void> {
  const { open } = await import("node:fs/promises");
  try {
    const file = await open(source, "r");
    const status = await file.stat().finally(() => file.close());
    if (status.isDirectory()) throw Object.assign(new Error("is a folder"), { code: "EISDIR" });
    if (status.size > 0) return;
  } catch (cause) {
    throw await unreadable(source, cause);
  }
  throw emptyFile(source);
}

/**
 * All bytes of a file, or of standard input for `-`; what is gzipped, by its first bytes, is unzipped.
 *
 * @throws {DataError} for a file that is missing (with the nearest names), a folder, empty, too large (told before it is
 * read), truncated, or a gzip file that grows beyond all measure.
 */
export async function readInput(source: string, name: string, stream?: InputStream): Promise<Uint8Array> {
  const bytes =
    source === "-" ? await readStream(stream ?? process.stdin, name) : await readFileBytes(source, name);
  const content = isGzip(bytes) ? await unzip(bytes, name, LARGEST_TEXT) : bytes;
  if (content.length === 0) throw emptyFile(name);
  return content;
}

const emptyFile = (where: string): DataError =>
  new DataError({ where, subject: "the file", problem: "is empty", fix: "Export the table again." });

/** The error for text of more bytes than fit in memory as a table. */
function tooLarge(where: string, bytes: number): DataError {
  return new DataError({
    where,
    subject: "the file",
    expected: "smaller than 512 MiB as text",
    got: bytes > 2 ** 40 ? "no end" : `${Math.round(bytes / 2 ** 20)} MiB`,
    fix: "Convert it to Parquet.",
  });
}

async function readFileBytes(source: string, name: string): Promise<Uint8Array> {
  const { open } = await import("node:fs/promises");
  try {
    const file = await open(source, "r");
    try {
      const { size } = await file.stat(); // 0 for a pipe
      if (size > LARGEST_TEXT) throw tooLarge(name, size);
      if (size > 0) return await file.readFile();
      return await readStream(file.createReadStream({ autoClose: false }), name);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw cause instanceof DataError ? cause : await unreadable(source, cause);
  }
}

async function readStream(stream: InputStream, name: string): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream) {
    parts.push(Buffer.from(part));
    size += part.length;
    if (size > LARGEST_TEXT) throw tooLarge(name, size);
  }
  return Buffer.concat(parts);
}

async function unreadable(source: string, cause: unknown): Promise<DataError> {
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  if (code === "EISDIR") {
    return new DataError(
      { where: source, subject: "the path", problem: "is a folder", fix: "Name the table's file." },
      { cause },
    );
  }
  if (code !== "ENOENT") {
    const problem = `cannot be read (${code})`;
    return new DataError(
      { where: source, subject: "the file", problem, fix: "Check its permissions." },
      { cause },
    );
  }
  const fix = (await nearestFiles(source)) ?? "Check the path.";
  const parts = { where: source, subject: "the file", problem: "does not exist", fix };
  return new DataError({ ...parts, setting: ["data"] }, { cause });
}

async function nearestFiles(source: string): Promise<string | undefined> {
  const { readdir } = await import("node:fs/promises");
  const { basename, dirname } = await import("node:path");
  const names = await readdir(dirname(source)).catch(() => undefined);
  if (names === undefined) return `The folder ${dirname(source)} does not exist either.`;
  return didYouMean(basename(source), names);
}
