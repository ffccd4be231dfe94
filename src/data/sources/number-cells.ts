import type { KnownNumbers } from "../known-numbers.js";
import { hasLeadingZero, isNumber, isTooLarge } from "../spellings.js";
import { putNumber } from "./plain-number.js";

const MOST = 16; // distinct spellings that are no numbers, after which a column is none of numbers
const NO_STOPS = new Uint8Array(256);

/** A way to write a cell that is no plain number, by its bytes, and its text without blanks. */
interface Spelling {
  readonly from: number;
  readonly size: number;
  readonly quoted: boolean;
  readonly text: string;
  readonly hasBlanks: boolean;
}

/** The cells of one column of delimited text as numbers, while it is read. */
export class NumberCells {
  /** By row; NaN where a cell is no plain number. */
  readonly numbers: Float64Array;
  /** The cells that are neither empty nor numbers, trimmed, and in how many rows each is. */
  readonly others = new Map<string, number>();
  readonly #bytes: Uint8Array;
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
    const { numbers } = this;
    numbers[row] = Number.NaN;
    if (from === to) return true;
    const bytes = this.#bytes;
    let [begin, end] = [from, to];
    while (begin < end && isBlank(bytes[begin]!)) begin++;
    while (begin < end && isBlank(bytes[end - 1]!)) end--;
    const hasBlanks = end - begin < to - from;
    if (hasBlanks && begin < end && putNumber(bytes, begin, end, NO_STOPS, numbers, row) === end) {
      this.#trimmed++;
      return true;
    }
    const spelling = this.#known(begin, end, quoted) ?? this.#spelling(begin, end, quoted);
    if (hasBlanks || spelling.hasBlanks) this.#trimmed++;
    numbers[row] = spelling.text === "" ? Number.NaN : plainNumber(spelling.text);
    if (!Number.isNaN(numbers[row])) return true;
    if (spelling.text === "") this.#blank++;
    else this.others.set(spelling.text, (this.others.get(spelling.text) ?? 0) + 1);
    return this.others.size <= MOST;
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

  #known(from: number, to: number, quoted: boolean): Spelling | undefined {
    return this.#spellings.find(
      (spelling) => spelling.quoted === quoted && this.#isAt(spelling, from, to - from),
    );
  }

  /** Keeps the first spellings that are no numbers, which are likely to come again. */
  #spelling(from: number, to: number, quoted: boolean): Spelling {
    const decoded = new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.#bytes.subarray(from, to));
    const written = quoted ? decoded.replaceAll('""', '"') : decoded;
    const text = written.trim(); // of blanks beyond ASCII too
    const spelling = { from, size: to - from, quoted, text, hasBlanks: text !== written };
    if (this.#spellings.length < MOST && Number.isNaN(plainNumber(text))) this.#spellings.push(spelling);
    return spelling;
  }

  #isAt(spelling: Spelling, from: number, size: number): boolean {
    if (spelling.size !== size) return false;
    const bytes = this.#bytes;
    for (let i = 0; i < size; i++) if (bytes[spelling.from + i] !== bytes[from + i]) return false;
    return true;
  }
}

/** The number a text is, NaN where it is no plain number. */
function plainNumber(text: string): number {
  const number = isNumber(text) && !hasLeadingZero(text) ? Number(text) : Number.NaN;
  return isTooLarge(number) ? Number.NaN : number;
}

/** Whether a byte is one of the blanks of ASCII that `trim` takes away. */
const isBlank = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13);
