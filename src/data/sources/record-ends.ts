const [QUOTE, SPACE, RETURN, FEED] = [34, 32, 13, 10] as const;

/** Where the first records of some text end. */
export interface RecordEnds {
  /** Offset after the last line end that is counted; 0 where no record ends. */
  readonly end: number;
  /** Records that end there or before. */
  readonly records: number;
  /** Lines that end there or before. */
  readonly lines: number;
}

/** How far records are counted. */
export interface RecordEndsOptions {
  /** Where the first record begins; 0 when absent. */
  readonly from?: number;
  /** Whether the text ends here, which ends its last record. */
  readonly last: boolean;
  /** The most records; no end when absent. */
  readonly most?: number;
  /** Only multiples of so many records count, as long as there is one; 1 when absent. */
  readonly multiple?: number;
}

/**
 * Finds where text may be cut between two records, by the quoting of `recordIndex`. What is not well formed is passed over: the
 * pieces hold all of it.
 *
 * @param delimiter one ASCII character.
 */
export function recordEnds(
  bytes: Uint8Array,
  delimiter: string,
  { from = 0, last, most = Number.POSITIVE_INFINITY, multiple = 1 }: RecordEndsOptions,
): RecordEnds {
  const separator = delimiter.charCodeAt(0);
  const size = bytes.length;
  const afterSpace = separator !== SPACE;
  let [records, lines, at, begin] = [0, 0, from, from];
  let found: RecordEnds = { end: 0, records: 0, lines: 0 };
  let whole: RecordEnds = found;
  let opens = true; // whether a quote here opens a cell
  for (; at < size && records < most; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE && opens) {
      for (at++; at < size; at++) {
        const inside = bytes[at]!;
        if (inside === QUOTE) {
          if (bytes[at + 1] !== QUOTE) break;
          at++;
        } else if (inside === FEED || (inside === RETURN && bytes[at + 1] !== FEED)) lines++;
      }
      opens = false;
    } else if (byte === FEED || byte === RETURN) {
      if (byte === RETURN && at + 1 === size && !last) break; // an LF may follow
      const next = byte === RETURN && bytes[at + 1] === FEED ? at + 2 : at + 1;
      if (at > begin) records++;
      lines++;
      at = next - 1;
      begin = next;
      opens = true;
      found = { end: next, records, lines };
      if (records % multiple === 0) whole = found;
    } else opens = byte === separator || (afterSpace && byte === SPACE && opens && cellBegins(at));
  }
  if (last && at >= size) {
    if (size > begin) records++;
    return { end: size, records, lines };
  }
  return whole.records > 0 ? whole : found;

  function cellBegins(place: number): boolean {
    const before = bytes[place - 1];
    return place === begin || before === separator;
  }
}
