import { DataError } from "../../base/errors.js";
import { didYouMean } from "../../base/nearest.js";

/** A stream of bytes, such as standard input. */
export type InputStream = AsyncIterable<Uint8Array | string>;

const LARGEST_TEXT = 2 ** 29 - 24; // characters of the longest string

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
 * All bytes of a file, or of standard input for `-`.
 *
 * @throws {DataError} for a file that is missing (with the nearest names), a folder, an empty, too large or unreadable file.
 */
export async function readInput(
  source: string,
  name: string,
  gzip: boolean,
  stream?: InputStream,
): Promise<Uint8Array> {
  const bytes = source === "-" ? await readStream(stream ?? process.stdin) : await readFileBytes(source);
  const content = gzip ? await unzip(bytes, name) : bytes;
  if (content.length === 0) throw emptyFile(name);
  if (content.length <= LARGEST_TEXT) return content;
  throw new DataError({
    where: name,
    subject: "the file",
    expected: "smaller than 512 MiB as text",
    got: `${Math.round(content.length / 2 ** 20)} MiB`,
    fix: "Convert it to Parquet.",
  });
}

const emptyFile = (where: string): DataError =>
  new DataError({ where, subject: "the file", problem: "is empty", fix: "Export the table again." });

async function readFileBytes(source: string): Promise<Uint8Array> {
  const { readFile } = await import("node:fs/promises");
  try {
    return await readFile(source);
  } catch (cause) {
    throw await unreadable(source, cause);
  }
}

async function readStream(stream: InputStream): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

async function unzip(bytes: Uint8Array, name: string): Promise<Uint8Array> {
  const { gunzipSync } = await import("node:zlib");
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    const problem = `cannot be unzipped: ${(cause as Error).message}`;
    throw new DataError(
      { where: name, subject: "the file", problem, fix: "Fetch or zip it again." },
      { cause },
    );
  }
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
