const QUOTE = 34;
const SPACE = 32;
const RETURN = 13;
const FEED = 10;
const MARK = [0xef, 0xbb, 0xbf] as const; // the byte order mark in UTF-8
const LONGEST = 2 ** 24; // bytes of a record; more are several that ran together

/** Where the records of delimited text stand, up to the first that is not well formed. The header is the first. */
export interface RecordIndex {
  /** 1-based line on which each record begins; wholly empty lines are no records. */
  readonly lines: Int32Array;
  /** Cells of the header. */
  readonly cells: number;
  readonly fault?: RecordFault;
}

/** Why a record cannot be read; lines are 1-based. */
export type RecordFault =
  | { readonly kind: "other cells"; readonly line: number; readonly found: number }
  | { readonly kind: "endless quote" | "text after quote" | "too long"; readonly line: number };

/** How records are counted. */
export interface IndexOptions {
  /** Number of the first line; 1 when absent. */
  readonly firstLine?: number;
}

/**
 * Counts the records of UTF-8 text, their lines and their cells, by the quoting of RFC 4180; lines end in LF, CRLF or CR.
 * After one space at the beginning of a cell a quote still opens it. It takes no cell out.
 *
 * @param delimiter one ASCII character.
 */
export function recordIndex(
  bytes: Uint8Array,
  delimiter: string,
  { firstLine = 1 }: IndexOptions = {},
): RecordIndex {
  const separator = delimiter.charCodeAt(0);
  const size = bytes.length;
  const stops = new Uint8Array(256); // bytes that end a plain cell
  stops[separator] = stops[FEED] = stops[RETURN] = 1;
  const lines: number[] = [];
  let header = 0;
  let line = firstLine;
  const upTo = (fault?: RecordFault): RecordIndex => ({
    lines: Int32Array.from(lines),
    cells: header,
    ...(fault && { fault }),
  });
  let at = afterMark(bytes);
  while (at < size) {
    const first = bytes[at]!;
    if (first === FEED || first === RETURN) {
      const pair = first === RETURN && bytes[at + 1] === FEED;
      at += pair ? 2 : 1;
      line++;
      continue;
    }
    const [begin, recordLine] = [at, line];
    let cells = 1;
    for (; ; at++, cells++) {
      const quote = bytes[at] === SPACE && separator !== SPACE ? at + 1 : at;
      if (bytes[quote] === QUOTE) {
        const quoteLine = line;
        for (at = quote + 1; ; at++) {
          const byte = bytes[at];
          if (byte === QUOTE) {
            if (bytes[at + 1] !== QUOTE) break;
            at++;
          } else if (byte === FEED) line++;
          else if (byte === RETURN) line += bytes[at + 1] === FEED ? 0 : 1;
          else if (byte === undefined) return upTo({ kind: "endless quote", line: quoteLine });
        }
        at++;
        if (at < size && stops[bytes[at]!] === 0) return upTo({ kind: "text after quote", line });
      } else while (at < size && stops[bytes[at]!] === 0) at++;
      if (bytes[at] !== separator) break;
    }
    if (at - begin > LONGEST) return upTo({ kind: "too long", line: recordLine });
    if (lines.length === 0) header = cells;
    if (cells !== header) return upTo({ kind: "other cells", line: recordLine, found: cells });
    lines.push(recordLine);
    const end = bytes[at];
    if (end === undefined) break;
    const pair = end === RETURN && bytes[at + 1] === FEED;
    at += pair ? 2 : 1;
    line++;
  }
  return upTo();
}

/** Offset of the first byte after a byte order mark. */
export const afterMark = (bytes: Uint8Array): number => (MARK.every((byte, i) => bytes[i] === byte) ? 3 : 0);
