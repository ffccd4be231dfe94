import { type CleaningNote, counted } from "./cleaning.js";

const NEGATIVE = new Set([-1, -9, -99, -999, -9999, -99999, -999999]);
const POSITIVE = new Set([99, 999, 9999, 99999, 999999, 9999999]);
const LEAST = 2; // a value that stands in one row only may be a slip, but is no mark
const OTHERS = 5; // distinct values beside it; below, -1 may be a class

/**
 * Says so when a column's smallest or largest number looks like a mark for a missing value: −1, −9, −99 … or 99, 999 …,
 * in several rows, and either further from the other values than they are from each other, or the only negative value.
 * Nothing is replaced.
 */
export function sentinelNote(column: string, numbers: Float64Array): CleaningNote | undefined {
  let [low, high] = [Infinity, -Infinity];
  for (const x of numbers) {
    if (x < low) low = x;
    if (x > high) high = x;
  }
  const suspects = [...(NEGATIVE.has(low) ? [low] : []), ...(POSITIVE.has(high) ? [high] : [])];
  if (suspects.length === 0) return undefined;
  const marks = suspects.filter((mark) => isMark(mark, numbers, suspects));
  if (marks.length === 0) return undefined;
  const shown = marks.map((mark) => `${mark} in ${counted(count(mark, numbers), "row")}`).join(" and ");
  const list = marks.map((mark) => `"${mark}"`).join(", ");
  const many = marks.length > 1;
  return {
    column,
    action: "doubtful numbers",
    detail: `${shown} ${many ? "lie" : "lies"} apart from the other values and ${many ? "were" : "was"} read as ${many ? "numbers" : "a number"}; if that means missing, list ${list} under missing`,
  };
}

function isMark(mark: number, numbers: Float64Array, suspects: readonly number[]): boolean {
  let [low, high] = [Infinity, -Infinity];
  const distinct = new Set<number>();
  for (const x of numbers) {
    if (Number.isNaN(x) || suspects.includes(x)) continue;
    if (x < low) low = x;
    if (x > high) high = x;
    if (distinct.size < OTHERS) distinct.add(x);
  }
  if (distinct.size < OTHERS || count(mark, numbers) < LEAST) return false;
  const range = high - low;
  if (mark > 0) return mark - high > Math.max(range, high);
  return low >= 0
    ? mark !== -1 || numbers.every((x) => Number.isNaN(x) || Number.isInteger(x))
    : low - mark > range;
}

const count = (mark: number, numbers: Float64Array): number =>
  numbers.reduce((sum, x) => sum + (x === mark ? 1 : 0), 0);
