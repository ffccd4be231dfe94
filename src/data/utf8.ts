import { DataError } from "../base/errors.js";

/**
 * Decodes UTF-8 strictly; a byte order mark is dropped.
 *
 * @throws {DataError} for UTF-16 and for bytes that are not UTF-8, with line and byte offset (from 0).
 */
export function decodeUtf8(bytes: Uint8Array, source: string): string {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new DataError({
      where: source,
      subject: "the file",
      expected: "UTF-8 text",
      got: "UTF-16",
      fix: "Save it again as UTF-8.",
    });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const offset = firstInvalid(bytes);
    let line = 1;
    for (let i = 0; i < offset; i++) if (bytes[i] === 10) line++;
    const got = `byte 0x${(bytes[offset] ?? 0).toString(16).padStart(2, "0")} at offset ${offset}`;
    throw new DataError(
      {
        where: `${source} line ${line}`,
        subject: "the text",
        expected: "UTF-8",
        got,
        fix: "Save the file again as UTF-8.",
      },
      { cause },
    );
  }
}

/** Offset of the first byte that does not begin or continue a valid sequence (Unicode Standard, table 3-7). */
export function firstInvalid(bytes: Uint8Array): number {
  let i = 0;
  while (i < bytes.length) {
    const length = sequenceLength(bytes, i);
    if (length === 0) return i;
    i += length;
  }
  return bytes.length;
}

/** Bytes of the character that begins at an offset; 0 where none does. */
export function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first < 0xe0
      ? 2
      : first >= 0xe0 && first < 0xf0
        ? 3
        : first >= 0xf0 && first < 0xf5
          ? 4
          : 0;
  for (let k = 1; k < length; k++) {
    const byte = bytes[at + k];
    if (byte === undefined || (byte & 0xc0) !== 0x80) return 0;
  }
  const second = bytes[at + 1] ?? 0;
  const overlong = (first === 0xe0 && second < 0xa0) || (first === 0xf0 && second < 0x90);
  const outside = (first === 0xed && second > 0x9f) || (first === 0xf4 && second > 0x8f);
  return overlong || outside ? 0 : length;
}
