import type { KnownNumbers } from "../known-numbers.js";
import { isNumber } from "../spellings.js";

/** Cells of one column of delimited text, the first record's first; null for empty ones. */
export type Cells = (string | null)[];

/** One column of delimited text. */
export interface RecordColumn {
  /** The first record's cell. */
  readonly head: string | null;
  /** The cells of all records, which may be taken out only when they are asked for. */
  readonly cells: Cells;
  /** What is known of its numbers below the first record. */
  readonly numbers?: KnownNumbers;
}

/**
 * Whether the first record is a row like the others rather than a header: some column has a number there over numbers, no
 * column has a word there over numbers, and its whole numbers are not names such as 0, 1, 2 or 2019, 2020, 2021.
 *
 * A single row below says too little.
 */
export function lacksHeader(columns: readonly RecordColumn[], records: number): boolean {
  if (records < 3) return false;
  const numbers: number[] = [];
  for (const column of columns) {
    const head = column.head?.trim() ?? "";
    if (!(column.numbers ? areNumbers(column.numbers) : holdsNumbers(column.cells))) continue;
    if (!isNumber(head) && head !== "") return false;
    if (head !== "") numbers.push(Number(head));
  }
  return numbers.length > 0 && !areNames(numbers);
}

const areNumbers = ({ others, blank }: KnownNumbers): boolean =>
  blank === 0 && [...others.keys()].every(isNumber);

function holdsNumbers(cells: Cells): boolean {
  let found = false;
  for (let row = 1; row < cells.length; row++) {
    const cell = cells[row]!;
    if (cell === null) continue;
    if (!isNumber(cell.trim())) return false;
    found = true;
  }
  return found;
}

/** Whole numbers that rise from column to column. */
const areNames = (numbers: readonly number[]): boolean =>
  numbers.every((x, i) => Number.isInteger(x) && (i === 0 || x > numbers[i - 1]!));
