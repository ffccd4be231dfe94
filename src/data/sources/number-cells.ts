import type { KnownNumbers } from "../known-numbers.js";
import { hasLeadingZero, isNumber, isTooLarge } from "../spellings.js";
import { plainNumber } from "./plain-number.js";

const MOST = 16; // distinct spellings that are no numbers, after which a column is none of numbers

/** A way to write a cell that is no plain number, by its bytes, and what it is. */
interface Spelling {
  readonly from: number;
  readonly size: number;
  readonly quoted: boolean;
  readonly text: string;
  readonly hasBlanks: boolean;
  readonly number: number;
}

/** The cells of one column of delimited text as numbers, while it is read. */
export class NumberCells {
  readonly numbers: Float64Array;
  readonly #bytes: Uint8Array;
  /** The cells that are neither empty nor numbers, trimmed, and in how many rows each is. */
  readonly others = new Map<string, number>();
  readonly #spellings: Spelling[] = [];
  #trimmed = 0;
  #blank = 0;

  /** @param bytes UTF-8 that is known to be sound. */
  constructor(bytes: Uint8Array, rows: number) {
    this.#bytes = bytes;
    this.numbers = new Float64Array(rows);
  }

  /** Takes a cell that `putNumber` left. @returns false when the column has too many spellings that are no numbers. */
  put(row: number, from: number, to: number, quoted: boolean): boolean {
    const bytes = this.#bytes;
    let [begin, end] = [from, to];
    while (begin < end && isBlank(bytes[begin]!)) begin++;
    while (begin < end && isBlank(bytes[end - 1]!)) end--;
    const number = begin === end ? Number.NaN : plainNumber(bytes, begin, end);
    this.numbers[row] = number;
    const cut = end - begin < to - from;
    if (begin === end || !Number.isNaN(number)) {
      if (cut) this.#trimmed++;
      if (cut && begin === end) this.#blank++;
      return true;
    }
    const spelling = this.#spelling(begin, end, quoted);
    if (spelling === undefined) return false;
    if (cut || spelling.hasBlanks) this.#trimmed++;
    if (spelling.text === "") this.#blank++;
    else if (Number.isNaN(spelling.number))
      this.others.set(spelling.text, (this.others.get(spelling.text) ?? 0) + 1);
    this.numbers[row] = spelling.number;
    return true;
  }

  /** What is known once all cells are in; undefined where none is a number. */
  known(): KnownNumbers | undefined {
    const { numbers, others } = this;
    if (numbers.every((x) => Number.isNaN(x))) return undefined;
    return { numbers, others, trimmed: this.#trimmed, blank: this.#blank };
  }

  /** How many numbers there are. */
  counted(): number {
    return this.numbers.reduce((count, x) => count + (Number.isNaN(x) ? 0 : 1), 0);
  }

  #spelling(from: number, to: number, quoted: boolean): Spelling | undefined {
    const size = to - from;
    const found = this.#spellings.find(
      (spelling) => spelling.quoted === quoted && this.#isAt(spelling, from, size),
    );
    if (found !== undefined || this.#spellings.length === MOST) return found;
    const decoded = new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.#bytes.subarray(from, to));
    const written = quoted ? decoded.replaceAll('""', '"') : decoded;
    const text = written.trim(); // blanks beyond ASCII
    const number = isNumber(text) && !hasLeadingZero(text) ? Number(text) : Number.NaN;
    const spelling = {
      from,
      size,
      quoted,
      text,
      hasBlanks: text !== written,
      number: isTooLarge(number) ? Number.NaN : number,
    };
    this.#spellings.push(spelling);
    return spelling;
  }

  #isAt(spelling: Spelling, from: number, size: number): boolean {
    if (spelling.size !== size) return false;
    for (let i = 0; i < size; i++) if (this.#bytes[spelling.from + i] !== this.#bytes[from + i]) return false;
    return true;
  }
}

/** Whether a byte is one of the blanks of ASCII that `trim` takes away. */
const isBlank = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13);
