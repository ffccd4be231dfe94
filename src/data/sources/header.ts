import { isNumber } from "../spellings.js";

/** Cells of one column of delimited text, the first record's first; null for empty ones. */
export type Cells = (string | null)[];

/**
 * Whether the first record is a row like the others rather than a header: some column has a number there over numbers, no
 * column has a word there over numbers, and its whole numbers are not names such as 0, 1, 2 or 2019, 2020, 2021.
 *
 * A single row below says too little.
 */
export function lacksHeader(columns: readonly Cells[]): boolean {
  if ((columns[0]?.length ?? 0) < 3) return false;
  const numbers: number[] = [];
  for (const cells of columns) {
    const head = cells[0]?.trim() ?? "";
    if (!holdsNumbers(cells)) continue;
    if (!isNumber(head) && head !== "") return false;
    if (head !== "") numbers.push(Number(head));
  }
  return numbers.length > 0 && !areNames(numbers);
}

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
