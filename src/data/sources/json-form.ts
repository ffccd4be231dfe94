import { DataError } from "../../base/errors.js";
import { isGzip } from "./file-kind.js";

const DEEPEST = 100; // the database calls itself for each level, and some ten thousand end the process
const [QUOTE, BACKSLASH, LETTER_N, LINE_FEED] = [0x22, 0x5c, 0x6e, 0x0a];
const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * Looks over the bytes of JSON or JSON Lines for what the database cannot be given: values nested so deep that it would end
 * the process, records that are null, which it takes for rows without values, text after the end of an array, which it
 * takes for more records, and an array that ends between two records, which it takes for whole.
 *
 * @param parts the bytes, in parts of any size.
 * @param format "any" where the database is to find out whether it is an array or lines: only the depth is looked at.
 * @throws {DataError} naming the record.
 */
export async function checkJsonForm(
  parts: AsyncIterable<Uint8Array>,
  name: string,
  format: "json" | "jsonl" | "any",
): Promise<void> {
  const top = format === "json" ? 1 : 0; // levels around a record
  let [depth, records, inText, escaped, ended, isArray] = [0, 0, false, false, false, false];
  for await (const bytes of parts) {
    for (const byte of bytes) {
      if (inText) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE || byte === LINE_FEED) inText = false; // no text goes on over a line
      } else if (ended && !SPACES.has(byte)) throw goesOn(name, records);
      else if (byte === QUOTE) inText = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (depth === top) records += 1;
        if (depth === 0) isArray = byte === OPEN_BRACKET;
        depth += 1;
        if (depth > DEEPEST) throw tooDeep(name, records);
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        depth = Math.max(0, depth - 1);
        ended = format === "json" && depth === 0 && byte === CLOSE_BRACKET;
      } else if (byte === LETTER_N && depth === top && format !== "any")
        throw isNull(`${name} record ${records + 1}`);
    }
  }
  if (format === "json" && isArray && depth === 1 && !inText) throw isOpen(name, records);
}

/**
 * Looks over a file of JSON that a statement of SQL reads, zipped or not, for values nested too deep.
 *
 * @throws {DataError} naming the record, or for a file of zstd, which is not looked into.
 */
export async function checkJsonDepth(path: string, name: string): Promise<void> {
  const { createReadStream } = await import("node:fs");
  const { createGunzip } = await import("node:zlib");
  const head = await headOf(path);
  if (ZSTD.every((byte, i) => head[i] === byte)) throw isZstd(name);
  const bytes = createReadStream(path, { highWaterMark: 2 ** 20 });
  if (!isGzip(head)) return checkJsonForm(bytes, name, "any");
  const gunzip = createGunzip();
  bytes.on("error", (error) => gunzip.destroy(error));
  try {
    await checkJsonForm(bytes.pipe(gunzip), name, "any");
  } catch (error) {
    if (error instanceof DataError) throw error; // damaged data is told by the database
  } finally {
    bytes.destroy();
    gunzip.destroy();
  }
}

async function headOf(path: string): Promise<Uint8Array> {
  const { open } = await import("node:fs/promises");
  const file = await open(path, "r");
  const head = new Uint8Array(4);
  await file.read(head, 0, head.length, 0).finally(() => file.close());
  return head;
}

function goesOn(name: string, records: number): DataError {
  return new DataError({
    where: `${name} record ${records}`,
    subject: "the array",
    problem: "ends here, and more text follows",
    fix: "Write all records into one array, or name a file of one object a line .jsonl.",
  });
}

function isOpen(name: string, records: number): DataError {
  return new DataError({
    where: records > 0 ? `${name} record ${records}` : name,
    subject: "the array",
    problem: "is not closed before the file ends",
    fix: "Export it again, since records may be missing.",
  });
}

function isZstd(where: string): DataError {
  return new DataError({
    where,
    subject: "the file",
    problem: "is compressed with zstd",
    fix: "Decompress it with unzstd, or compress it with gzip.",
  });
}

function tooDeep(name: string, record: number): DataError {
  return new DataError({
    where: record > 0 ? `${name} record ${record}` : name,
    subject: "a value",
    expected: `nested at most ${DEEPEST} levels deep`,
    got: "more",
    fix: "Flatten nested values into columns of their own.",
  });
}

function isNull(where: string): DataError {
  const expected = "an object with one property for each column";
  return new DataError({
    where,
    subject: "the record",
    expected,
    got: "null",
    fix: "Take it out, or give it its columns.",
  });
}
