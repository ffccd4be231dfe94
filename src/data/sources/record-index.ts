const QUOTE = 34;
const SPACE = 32;
const RETURN = 13;
const FEED = 10;
const MARK = [0xef, 0xbb, 0xbf] as const; // the byte order mark in UTF-8
const DELIMITERS = [",", ";", "\t", "|"] as const;
const HEADER = 1_000_000; // bytes; a header longer than this is not one

/** Where the records of delimited text stand, up to the first that is not well formed. The header is the first. */
export interface RecordIndex {
  /** 1-based line on which each record begins; wholly empty lines are no records. */
  readonly lines: Int32Array;
  /** Cells of the header. */
  readonly cells: number;
  /** Bytes of the longest record. */
  readonly longest: number;
  /** How all records end; "mixed" when they do not end alike. */
  readonly ends: LineEnd | "mixed";
  /** Offsets of the CRs that end lines, with or without an LF. */
  readonly returns: readonly number[];
  readonly fault?: RecordFault;
}

/** What ends a line. */
export type LineEnd = "\n" | "\r\n" | "\r";

/** Why a record cannot be read; lines are 1-based. */
export type RecordFault =
  | { readonly kind: "other cells"; readonly line: number; readonly found: number }
  | { readonly kind: "endless quote" | "text after quote"; readonly line: number };

/**
 * Where a byte stands: outside records, first in a cell, after one space (after which the database still takes a quote for
 * an opening one), in a plain cell, in a quoted cell, after its quote.
 */
type Place = "outside" | "first" | "spaced" | "plain" | "quoted" | "closed";

/**
 * Counts the records of UTF-8 text, their lines and their cells, by the quoting of RFC 4180; lines end in LF, CRLF or CR.
 * It takes no cell out: that is the database's part.
 *
 * @param delimiter one ASCII character.
 */
export function recordIndex(bytes: Uint8Array, delimiter: string): RecordIndex {
  const separator = delimiter.charCodeAt(0);
  const lines: number[] = [];
  const returns: number[] = [];
  const ends = new Set<LineEnd>();
  let [header, longest, cells, begin] = [0, 0, 0, 0];
  let [line, recordLine, quoteLine] = [1, 1, 1];
  let place: Place = "outside";
  const upTo = (fault?: RecordFault): RecordIndex => ({
    lines: Int32Array.from(lines),
    cells: header,
    longest,
    ends: ends.size > 1 ? "mixed" : ([...ends][0] ?? "\n"),
    returns,
    ...(fault && { fault }),
  });
  for (let at = afterMark(bytes); at <= bytes.length; at++) {
    const byte = bytes[at]; // undefined at the end, which ends a record as a line break does
    if (endsLine(bytes, at)) line++;
    if (place === "quoted") {
      if (byte === undefined) return upTo({ kind: "endless quote", line: quoteLine });
      if (byte !== QUOTE) continue;
      if (bytes[at + 1] === QUOTE) at++;
      else place = "closed";
    } else if (byte === undefined || byte === FEED || byte === RETURN) {
      if (byte === RETURN) returns.push(at);
      if (byte === RETURN) ends.add(bytes[at + 1] === FEED ? "\r\n" : "\r");
      else if (byte === FEED && bytes[at - 1] !== RETURN) ends.add("\n");
      if (place === "outside") continue;
      if (lines.length === 0) header = cells;
      if (cells !== header) return upTo({ kind: "other cells", line: recordLine, found: cells });
      lines.push(recordLine);
      longest = Math.max(longest, at - begin);
      place = "outside";
    } else {
      if (place === "outside") {
        [recordLine, begin, cells] = [line, at, 1];
        place = "first";
      }
      if (byte === separator) {
        cells++;
        place = "first";
      } else if (place === "closed") {
        return upTo({ kind: "text after quote", line });
      } else if (byte === QUOTE && (place === "first" || place === "spaced")) {
        place = "quoted";
        quoteLine = line;
      } else place = place === "first" && byte === SPACE ? "spaced" : "plain";
    }
  }
  return upTo();
}

/** The text with LF for every CR that ends a line; the LFs after them then end empty lines, which are no records. */
export function withLineFeeds(bytes: Uint8Array, { returns }: RecordIndex): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (const at of returns) copy[at] = FEED;
  return copy;
}

/**
 * The delimiter that occurs most often outside quotes in the header; the comma when none does.
 *
 * The database's own search is not used: it may skip a header that fits the rows badly, and takes the comma for
 * `1,5;2,5`.
 */
export function delimiterOf(bytes: Uint8Array): string {
  const counts = new Map<string, number>();
  let quoted = false;
  let seen = false;
  for (const byte of bytes.subarray(afterMark(bytes), HEADER)) {
    if (byte === QUOTE) quoted = !quoted;
    if (quoted) continue;
    const lineBreak = byte === FEED || byte === RETURN;
    if (lineBreak && seen) break;
    seen ||= !lineBreak;
    const character = String.fromCharCode(byte);
    counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  const count = (delimiter: string): number => counts.get(delimiter) ?? 0;
  return DELIMITERS.reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}

const afterMark = (bytes: Uint8Array): number => (MARK.every((byte, i) => bytes[i] === byte) ? 3 : 0);

/** True for LF and for a CR that no LF follows. */
const endsLine = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === FEED || (bytes[at] === RETURN && bytes[at + 1] !== FEED);
