import type { KnownNumbers } from "../known-numbers.js";
import { isMissingNumber } from "../spellings.js";
import { CellTexts } from "./cell-texts.js";
import type { Cells } from "./header.js";
import { NumberCells } from "./number-cells.js";
import { putNumber } from "./plain-number.js";
import { afterMark } from "./record-index.js";

const [QUOTE, SPACE, RETURN, FEED] = [34, 32, 13, 10] as const;
const SAMPLE = 1000; // records that show which columns are tried as numbers
const [NEITHER, NUMBERS, TEXTS] = [0, 1, 2] as const;

/** Where delimited text of sound form stands, and how many records of how many cells it has. */
export interface SoundText {
  readonly bytes: Uint8Array;
  /** One ASCII character that does not occur in numbers. */
  readonly delimiter: string;
  readonly cells: number;
  readonly records: number;
}

/** What a column of delimited text is below the first record: numbers that are known, or the cells of all records; or neither yet. */
export interface ScannedColumn {
  readonly numbers?: KnownNumbers;
  /** As written, first record first, empty ones null. */
  readonly cells?: Cells;
}

/**
 * Takes the cells of all columns out of delimited text in one pass. A column whose first 1000 records are mostly numbers, empty
 * or spellings of missing values becomes numbers, each the double nearest to what is written, and no text is made of its cells; it is
 * neither where it then has more than 16 other spellings. Other columns become cells.
 */
export function scanColumns(text: SoundText): ScannedColumn[] {
  const tried = Math.min(text.records, SAMPLE);
  const columns = Array.from({ length: text.cells }, (_, c) => c);
  const all = columns.map(() => NUMBERS);
  const sample = tried < text.records ? scan({ ...text, records: tried }, all) : undefined;
  const kinds = sample
    ? sample.map(({ numbers }) => (numbers && mayBeNumbers(numbers) ? NUMBERS : TEXTS))
    : all;
  return scan(text, kinds).map(({ numbers, cells }) => {
    const known = numbers?.known();
    return { ...(known && { numbers: known }), ...(cells && { cells }) };
  });
}

/** The cells of some columns as written, first record first, empty ones null. */
export function scanCells(text: SoundText, wanted: readonly number[]): Cells[] {
  const kinds = Array.from({ length: text.cells }, (): number => NEITHER);
  for (const column of wanted) kinds[column] = TEXTS;
  const found = scan(text, kinds);
  return wanted.map((column) => found[column]!.cells!);
}

/** The first record's cells as written, empty ones null. */
export function scanHeader(text: SoundText): (string | null)[] {
  const columns = Array.from({ length: text.cells }, (_, c) => c);
  return scanCells({ ...text, records: 1 }, columns).map(([cell]) => cell!);
}

/** Whether the beginning of a column lets it be one of numbers: at least half of what is not missing are numbers. */
function mayBeNumbers(cells: NumberCells): boolean {
  let words = 0;
  for (const [text, count] of cells.others) if (!isMissingNumber(text)) words += count;
  return words <= cells.counted();
}

/** The columns of each kind; one of numbers that are none is left out. Walks over the cells as `recordIndex` does. */
function scan(
  { bytes, delimiter, cells: width, records }: SoundText,
  kinds: readonly number[],
): { numbers?: NumberCells; cells?: Cells }[] {
  const separator = delimiter.charCodeAt(0);
  const size = bytes.length;
  const stops = new Uint8Array(256); // bytes that end a plain cell
  stops[separator] = stops[FEED] = stops[RETURN] = 1;
  const quoteStops = new Uint8Array(256);
  quoteStops[QUOTE] = 1;
  const modes = Uint8Array.from(kinds);
  const numbers = kinds.map((kind) => (kind === NUMBERS ? new NumberCells(bytes, records - 1) : undefined));
  const into = numbers.map((column) => column?.numbers ?? new Float64Array());
  const texts = kinds.map((kind) => (kind === TEXTS ? new CellTexts(bytes) : undefined));
  const cells = kinds.map((kind): Cells =>
    kind === TEXTS ? Array.from({ length: records }, () => null) : [],
  );
  let at = afterMark(bytes);
  for (let record = 0; record < records; record++) {
    while (bytes[at] === FEED || bytes[at] === RETURN) at++;
    for (let column = 0; column < width; column++, at++) {
      const mode = modes[column]!;
      const isNumbers = mode === NUMBERS && record > 0;
      if (isNumbers) {
        const end = putNumber(bytes, at, size, stops, into[column]!, record - 1);
        if (end >= 0) {
          at = end;
          continue;
        }
      }
      const quote = at < size && bytes[at] === SPACE && separator !== SPACE ? at + 1 : at;
      const quoted = quote < size && bytes[quote] === QUOTE;
      const from = quoted ? quote + 1 : at;
      let to = from;
      if (quoted) {
        const end = isNumbers ? putNumber(bytes, from, size, quoteStops, into[column]!, record - 1) : -1;
        if (end >= 0 && bytes[end + 1] !== QUOTE) {
          at = end + 1;
          continue;
        }
        while (bytes[to] !== QUOTE || bytes[to + 1] === QUOTE) to += bytes[to] === QUOTE ? 2 : 1;
        at = to + 1;
      } else {
        while (to < size && stops[bytes[to]!] === 0) to++;
        at = to;
      }
      if (isNumbers) {
        if (numbers[column]!.put(record - 1, from, to, quoted)) continue;
        modes[column] = NEITHER;
        numbers[column] = undefined;
        into[column] = new Float64Array();
      } else if (mode === TEXTS) cells[column]![record] = texts[column]!.text(from, to, quoted);
    }
    at--; // of what ends the record
  }
  return kinds.map((kind, c) => ({
    ...(numbers[c] && { numbers: numbers[c] }),
    ...(kind === TEXTS && { cells: cells[c]! }),
  }));
}
