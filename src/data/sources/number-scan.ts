import { isTooLarge } from "../spellings.js";
import { afterMark } from "./record-index.js";

const [QUOTE, SPACE, RETURN, FEED] = [34, 32, 13, 10] as const;
const [PLUS, MINUS, POINT, ZERO] = [43, 45, 46, 48] as const;
const EXPONENT = 101 - 32; // E
const EXACT_DIGITS = 15; // whole numbers of so many digits are exact
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`)); // those that are exact

/** Where delimited text of sound form stands, and how many records of how many cells it has. */
export interface SoundText {
  readonly bytes: Uint8Array;
  /** One ASCII character. */
  readonly delimiter: string;
  readonly cells: number;
  readonly records: number;
}

/**
 * The numbers of the columns in which every cell below the first record is empty (NaN) or a plain number, and not all are
 * empty: as `plainNumbers` reads them, each the double nearest to what is written. No text is made of a cell, save of one
 * with more than 15 digits or a large exponent.
 *
 * Up to 15 digits and powers of ten up to 22 are exact as doubles, so that one product or quotient of them is correctly
 * rounded (W. D. Clinger, "How to Read Floating Point Numbers Accurately", 1990).
 *
 * @returns by column `[records - 1]` numbers; undefined for other columns.
 */
export function scanNumbers(text: SoundText): (Float64Array | undefined)[] {
  const { bytes, cells, records } = text;
  const columns: (Float64Array | undefined)[] = Array.from({ length: cells }, () => undefined);
  const isPlain = new Uint8Array(cells).fill(1);
  const found = new Uint8Array(cells);
  eachCell(text, isPlain, (column, record, from, to) => {
    if (record === 0) return;
    const numbers = (columns[column] ??= new Float64Array(records - 1).fill(Number.NaN));
    if (from === to) return;
    const number = plainNumber(bytes, from, to);
    if (Number.isNaN(number)) {
      isPlain[column] = 0;
      columns[column] = undefined;
    } else {
      numbers[record - 1] = number;
      found[column] = 1;
    }
  });
  return columns.map((numbers, c) => (found[c] === 1 ? numbers : undefined));
}

/** The cells of some columns as written, first record first, empty ones null. */
export function scanCells(text: SoundText, wanted: readonly number[]): (string | null)[][] {
  const isWanted = new Uint8Array(text.cells);
  for (const column of wanted) isWanted[column] = 1;
  const found = wanted.map((): (string | null)[] => []);
  const places = new Map(wanted.map((column, i) => [column, found[i]!]));
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  eachCell(text, isWanted, (column, _, from, to, quoted) => {
    const cell = decoder.decode(text.bytes.subarray(from, to));
    places.get(column)!.push(cell === "" ? null : quoted ? cell.replaceAll('""', '"') : cell);
  });
  return found;
}

/** The first record's cells as written, empty ones null. */
export function scanHeader({ bytes, delimiter, cells }: SoundText): (string | null)[] {
  const columns = Array.from({ length: cells }, (_, c) => c);
  return scanCells({ bytes, delimiter, cells, records: 1 }, columns).map(([cell]) => cell!);
}

/** Is told where the cell of a column and a record begins and ends, without its quotes. */
type OnCell = (column: number, record: number, from: number, to: number, quoted: boolean) => void;

/** Walks over the cells of the columns that are wanted, as `recordIndex` does. */
function eachCell({ bytes, delimiter, cells, records }: SoundText, wanted: Uint8Array, onCell: OnCell): void {
  const separator = delimiter.charCodeAt(0);
  const size = bytes.length;
  const stops = new Uint8Array(256); // bytes that end a plain cell
  stops[separator] = stops[FEED] = stops[RETURN] = 1;
  let at = afterMark(bytes);
  for (let record = 0; record < records; record++) {
    while (bytes[at] === FEED || bytes[at] === RETURN) at++;
    for (let column = 0; column < cells; column++, at++) {
      const quote = bytes[at] === SPACE && separator !== SPACE ? at + 1 : at;
      const quoted = bytes[quote] === QUOTE;
      const from = quoted ? quote + 1 : at;
      if (quoted) {
        at = from;
        while (bytes[at] !== QUOTE || bytes[at + 1] === QUOTE) at += bytes[at] === QUOTE ? 2 : 1;
        if (wanted[column] === 1) onCell(column, record, from, at, true);
        at++;
      } else {
        while (at < size && stops[bytes[at]!] === 0) at++;
        if (wanted[column] === 1) onCell(column, record, from, at, false);
      }
    }
    at--; // of what ends the record
  }
}

/** The number that ASCII bytes are, NaN where they are no plain number; as `isNumber`, `hasLeadingZero` and `isTooLarge` have it. */
function plainNumber(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  const sign = bytes[at];
  if (sign === MINUS || sign === PLUS) at++;
  const first = at;
  let [whole, digits] = [0, 0];
  for (; at < to; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) break;
    whole = whole * 10 + digit;
    if (whole !== 0) digits++;
  }
  let count = at - first;
  if (at === to && count > 1 && first === from && bytes[first] === ZERO) return Number.NaN; // a code
  let power = 0;
  if (at < to && bytes[at] === POINT) {
    const point = at++;
    for (; at < to; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      whole = whole * 10 + digit;
      if (whole !== 0) digits++;
    }
    power = point + 1 - at;
    count -= power;
  }
  if (count === 0) return Number.NaN;
  if (at < to) {
    if ((bytes[at]! & ~32) !== EXPONENT) return Number.NaN;
    at++;
    const minus = bytes[at] === MINUS;
    if (at < to && (minus || bytes[at] === PLUS)) at++;
    const begin = at;
    let exponent = 0;
    for (; at < to; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) return Number.NaN;
      exponent = exponent * 10 + digit;
    }
    if (at === begin) return Number.NaN;
    power += minus ? -exponent : exponent;
  }
  let value: number;
  if (digits <= EXACT_DIGITS && power >= -22 && power <= 22) {
    value = power < 0 ? whole / POWERS[-power]! : whole * POWERS[power]!;
    if (sign === MINUS) value = -value;
  } else value = Number(asciiText(bytes, from, to));
  return isTooLarge(value) ? Number.NaN : value;
}

function asciiText(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}
