import type { Random } from "../../base/random.js";
import { type Column, isNumberColumn } from "../table.js";

/** Values of a column as they stand: NaN or null where missing. */
export const valuesOf = (column: Column): ArrayLike<number | string | null> =>
  isNumberColumn(column) ? column.numbers : column.strings;

/** Whether a value of a column is there. */
export const isPresent = (value: number | string | null | undefined): value is number | string =>
  value !== null && value !== undefined && !Number.isNaN(value);

/** At most so many of some rows, drawn at random and in random order. */
export function sampleOf(rows: Int32Array, most: number, random: Random): Int32Array {
  const drawn = Int32Array.from(rows);
  const size = Math.min(most, rows.length);
  for (let i = 0; i < size; i++) {
    const j = i + random.integer(rows.length - i);
    [drawn[i], drawn[j]] = [drawn[j]!, drawn[i]!];
  }
  return drawn.slice(0, size);
}

/** Values that are there in some rows of a column of numbers, ascending. */
export function sortedNumbers(numbers: Float64Array, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => numbers[row]!)
    .filter((x) => !Number.isNaN(x))
    .sort();
}
