import { ConfigError, DataError } from "../base/errors.js";
import { firstInvalid, sequenceLength } from "./utf8.js";

/** How bytes become text. */
export interface EncodingChoice {
  /** A name of the Encoding Standard that is to be used whatever the bytes say, such as `shift_jis`. */
  readonly encoding?: string;
  /** The encoding of bytes that are neither UTF-8 nor UTF-16; windows-1252 when absent. */
  readonly otherwise?: string;
}

/** Text as UTF-8 bytes. */
export interface Utf8Text {
  readonly bytes: Uint8Array;
  /** The encoding it was in, as the Encoding Standard calls it. */
  readonly encoding: string;
  /** What has to be said about it; absent for UTF-8 and for an encoding that was asked for. */
  readonly note?: string;
}

const PIECE = 2 ** 20; // bytes decoded at once: no string of the whole file is made
const SAMPLE = 4096; // bytes that show whether NULs alternate
const WESTERN = "windows-1252";

/** What windows-1252 has at 0x80 to 0x9F; some releases of Node leave these bytes as control characters. */
const WESTERN_SIGNS = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

/**
 * Text in any encoding as UTF-8.
 *
 * In this order: the encoding asked for; UTF-8 or UTF-16 by a byte order mark; UTF-16 where every second byte of the
 * beginning is NUL; UTF-8 where all bytes fit; else windows-1252, the commonest of the old encodings of one byte a
 * character, unless the bytes are mostly sound UTF-8 with a few damaged places, hold NULs, or hold bytes that
 * windows-1252 does not use.
 *
 * @throws {DataError} for bytes that fit none of these, or not the encoding asked for; {ConfigError} for a name that the
 * Encoding Standard does not have.
 */
export function utf8Text(
  bytes: Uint8Array,
  source: string,
  { encoding, otherwise }: EncodingChoice = {},
): Utf8Text {
  if (encoding !== undefined) {
    const name = encodingName(encoding);
    return name === "utf-8" ? checkedUtf8(bytes, source) : recoded(bytes, name, source);
  }
  const wide = utf16Of(bytes);
  if (wide) {
    const text = recoded(bytes, wide.encoding, source);
    return { ...text, note: `read as ${wide.encoding}, ${wide.because}` };
  }
  if (isUtf8(bytes)) return { bytes, encoding: "utf-8" };
  const old = otherwise === undefined ? WESTERN : encodingName(otherwise);
  if (old === "utf-8" || !mayBeOld(bytes, old)) return checkedUtf8(bytes, source);
  const line = lineAt(bytes, firstInvalid(bytes));
  return {
    ...recoded(bytes, old, source),
    note: `read as ${old}, since its bytes are not UTF-8 (first on line ${line}); set charset if letters look wrong`,
  };
}

/**
 * The name of an encoding as the Encoding Standard writes it.
 *
 * @throws {ConfigError} for a name it does not have.
 */
export function encodingName(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch (cause) {
    throw new ConfigError(
      {
        where: "study",
        subject: "charset",
        expected: "a name of the Encoding Standard",
        got: JSON.stringify(label),
        fix: "Write for example utf-8, utf-16le, windows-1252, windows-1251, iso-8859-2, shift_jis, gbk or euc-kr.",
        setting: ["charset"],
      },
      { cause },
    );
  }
}

/** True for bytes that are UTF-8 throughout. */
function isUtf8(bytes: Uint8Array): boolean {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    let isBroken = false; // by the end of a piece
    for (let at = 0; at < bytes.length; at += PIECE) {
      const piece = bytes.subarray(at, at + PIECE);
      if (!isBroken && isAscii(piece)) continue;
      decoder.decode(piece, { stream: at + PIECE < bytes.length });
      isBroken = piece.at(-1)! >= 128;
    }
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** True for bytes that are all ASCII, four of them looked at together. */
function isAscii(bytes: Uint8Array): boolean {
  const head = Math.min(bytes.length, -bytes.byteOffset & 3);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + head, (bytes.length - head) >>> 2);
  let all = 0;
  for (let i = 0; i < words.length; i++) all |= words[i]!;
  for (let at = 0; at < head; at++) all |= bytes[at]!;
  for (let at = head + words.length * 4; at < bytes.length; at++) all |= bytes[at]!;
  return (all & 0x80808080) === 0;
}

function checkedUtf8(bytes: Uint8Array, source: string): Utf8Text {
  if (isUtf8(bytes)) return { bytes, encoding: "utf-8" };
  const offset = firstInvalid(bytes);
  throw new DataError({
    where: `${source} line ${lineAt(bytes, offset)}`,
    subject: "the text",
    expected: "UTF-8",
    got: `byte 0x${(bytes[offset] ?? 0).toString(16).padStart(2, "0")} at offset ${offset}`,
    fix: "Save the file again as UTF-8, or set charset.",
  });
}

function recoded(bytes: Uint8Array, encoding: string, source: string): Utf8Text {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  try {
    for (let at = 0; at < bytes.length; at += PIECE) {
      const text = decoder.decode(bytes.subarray(at, at + PIECE), { stream: at + PIECE < bytes.length });
      parts.push(encoder.encode(encoding === WESTERN ? withWesternSigns(text) : text));
    }
  } catch (cause) {
    throw new DataError(
      {
        where: source,
        subject: "the text",
        expected: encoding,
        got: "bytes that are not",
        fix: "Save the file again as UTF-8, or set another charset.",
      },
      { cause: cause as Error },
    );
  }
  return { bytes: joined(parts), encoding };
}

const withWesternSigns = (text: string): string =>
  text.replaceAll(/[\u0080-\u009f]/g, (sign) => WESTERN_SIGNS[sign.charCodeAt(0) - 0x80]!);

/** UTF-16 by its byte order mark, or by NULs in every second place where Latin letters and digits have theirs. */
function utf16Of(bytes: Uint8Array): { encoding: string; because: string } | undefined {
  const mark = "by its byte order mark";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: "utf-16le", because: mark };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { encoding: "utf-16be", because: mark };
  const size = Math.min(SAMPLE, bytes.length) & ~1;
  if (size < 4 || bytes.length % 2 === 1) return undefined;
  const nuls = [0, 0] as [number, number];
  for (let at = 0; at < size; at++) if (bytes[at] === 0) nuls[(at % 2) as 0 | 1]++;
  const [even, odd] = nuls.map((count) => count / (size / 2)) as [number, number];
  const because = "since every second byte is NUL";
  if (odd > 0.6 && even < 0.02) return { encoding: "utf-16le", because };
  return even > 0.6 && odd < 0.02 ? { encoding: "utf-16be", because } : undefined;
}

const UNUSED: ReadonlySet<number> = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]); // in windows-1252

/** Whether bytes that are not UTF-8 may be text of an old encoding rather than damaged UTF-8 or no text at all. */
function mayBeOld(bytes: Uint8Array, encoding: string): boolean {
  let [faults, sequences] = [0, 0];
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at]!;
    if (byte === 0) return false;
    const length = byte < 0x80 ? 1 : sequenceLength(bytes, at);
    if (length === 0 && encoding === WESTERN && UNUSED.has(byte)) return false;
    if (length === 0) faults++;
    else if (length > 1) sequences++;
    at += length || 1;
  }
  return encoding !== WESTERN || faults > sequences;
}

function lineAt(bytes: Uint8Array, offset: number): number {
  let line = 1;
  for (let at = 0; at < offset; at++) if (bytes[at] === 10) line++;
  return line;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
