import { DataError } from "../base/errors.js";
import { readDate } from "./spellings.js";
import { type SplitRequest, columnOfSplit, splitColumnWords, tooFewValues } from "./splits-request.js";
import { type Column, isNumberColumn } from "./table.js";

/**
 * Divides rows by time, the oldest into the first part; rows of one time are all in the same part.
 *
 * The cuts are those between two times that come nearest to the sizes wanted; no part is empty.
 *
 * @param sizes rows wanted of each part, from the oldest on; they sum to the number of rows.
 * @throws {DataError} for values that are no dates or numbers, and for fewer different times than parts.
 */
export function divideByTime(
  request: SplitRequest,
  rows: Int32Array,
  sizes: readonly number[],
): Int32Array[] {
  const column = columnOfSplit(request);
  const times = timesOf(column, rows, request.source);
  const order = Array.from(rows.keys()).sort((a, b) => times[a]! - times[b]! || a - b);
  const ends = order.flatMap((at, i) => (times[order[i + 1]!] === times[at] ? [] : [i + 1]));
  if (ends.length < sizes.length) {
    const fix = "Use a random split, or a column of finer times.";
    throw tooFewValues(request.source, column, { got: ends.length, need: sizes.length, fix });
  }
  const parts: Int32Array[] = [];
  let wanted = 0;
  let cut = -1; // index in ends of the last end used
  sizes.forEach((size, part) => {
    wanted += size;
    const from = cut < 0 ? 0 : ends[cut]!;
    cut = nearest(ends, wanted, cut + 1, ends.length - (sizes.length - part));
    parts.push(Int32Array.from(order.slice(from, ends[cut]), (at) => rows[at]!).sort());
  });
  return parts;
}

/** The index from `low` to `high` of the value nearest to `wanted`, the earlier of two equally near. */
function nearest(ascending: readonly number[], wanted: number, low: number, high: number): number {
  let best = low;
  for (let i = low + 1; i <= high; i++) {
    if (Math.abs(ascending[i]! - wanted) < Math.abs(ascending[best]! - wanted)) best = i;
  }
  return best;
}

/** Times of the rows as numbers: dates in days, numbers as they are. */
function timesOf(column: Column, rows: Int32Array, source: string): Float64Array {
  const read = readerOf(column, rows);
  const times = Float64Array.from(rows, read);
  const wrong = times.findIndex((time) => !Number.isFinite(time));
  if (wrong < 0) return times;
  const row = rows[wrong]!;
  const value = isNumberColumn(column) ? column.numbers[row]! : column.strings[row];
  const more = times.reduce((count, time) => count + Number(!Number.isFinite(time)), 0) - 1;
  const missing = value === null || value === undefined || Number.isNaN(value);
  const got = `${missing ? "a missing value" : JSON.stringify(String(value))} in row ${row + 1}`;
  throw new DataError({
    where: source,
    subject: splitColumnWords(column),
    expected: "dates such as 2024-03-31 or numbers in every row",
    got: more === 0 ? got : `${got} and ${more} more like it`,
    fix: "Correct these cells or leave their rows out.",
  });
}

function readerOf(column: Column, rows: Int32Array): (row: number) => number {
  if (isNumberColumn(column)) return (row) => column.numbers[row]!;
  const { strings } = column;
  const numberOf = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text));
  const dates = rows.some((row) => readDate(strings[row] ?? "") !== undefined);
  const read = dates ? (text: string): number => readDate(text) ?? Number.NaN : numberOf;
  return (row) => read(strings[row] ?? "");
}
