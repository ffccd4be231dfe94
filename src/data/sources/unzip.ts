import { DataError } from "../../base/errors.js";

const SMALL = 2 ** 26; // bytes; text up to this size may be as dull as it likes
const MOST_FOLD = 250; // times its size; tables of numbers and words shrink 3 to 50 times, a bomb about 1000 times

/**
 * Unzips gzip data, of one member or several, piece by piece.
 *
 * @param largest bytes of text after which it stops.
 * @throws {DataError} for data that is truncated or damaged, that grows beyond `largest`, or that beyond 64 MiB is more
 * than 250 times as large as it was zipped, which no table is.
 */
export async function unzip(bytes: Uint8Array, name: string, largest: number): Promise<Uint8Array> {
  return (
    (await unzipped(bytes, name, { largest, stopsHolding: true })) ??
    (await unzipped(bytes, name, { largest }))!
  );
}

/**
 * @param stopsHolding whether text is only counted from where it has grown as that of a bomb; what goes on otherwise must
 * then be unzipped once more.
 * @returns undefined where it was counted.
 */
async function unzipped(
  bytes: Uint8Array,
  name: string,
  { largest, stopsHolding = false }: { readonly largest: number; readonly stopsHolding?: boolean },
): Promise<Uint8Array | undefined> {
  const { createGunzip } = await import("node:zlib");
  const gunzip = createGunzip({ chunkSize: 2 ** 18 });
  let parts: Buffer[] | undefined = [];
  let size = 0;
  const isBomb = (read: number): boolean => size > SMALL && size > MOST_FOLD * read;
  gunzip.end(bytes);
  try {
    for await (const part of gunzip) {
      size += (part as Buffer).length;
      if (size > largest || isBomb(bytes.length)) throw overgrown(name, size, bytes);
      if (stopsHolding && isBomb(gunzip.bytesWritten)) parts = undefined;
      parts?.push(part as Buffer);
    }
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    const cut = (cause as NodeJS.ErrnoException).code === "Z_BUF_ERROR";
    const problem = cut
      ? "ends before its zipped data does"
      : "cannot be unzipped: its zipped data is damaged";
    throw new DataError(
      { where: name, subject: "the file", problem, fix: "Fetch or zip it again." },
      { cause: cause as Error },
    );
  } finally {
    gunzip.destroy();
  }
  return parts && Buffer.concat(parts);
}

function overgrown(where: string, size: number, { length }: Uint8Array): DataError {
  const times = Math.round(size / length);
  return new DataError({
    where,
    subject: "the zipped file",
    expected: `a table of at most 512 MiB and ${MOST_FOLD} times its zipped size`,
    got: `more than ${Math.round(size / 2 ** 20)} MiB, ${times} times its size`,
    fix: "Unzip it and convert it to Parquet, if it is a table.",
  });
}
