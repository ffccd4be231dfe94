import { countDistinct } from "./distinct.js";
import { writeDate } from "./spellings.js";
import {
  type Column,
  type ColumnType,
  isNumberColumn,
  type NumberColumn,
  type StringColumn,
} from "./table.js";

const COMMONEST = 4; // values a summary names

/** What a column holds, independent of its role. */
export interface ColumnProfile {
  readonly name: string;
  readonly type: ColumnType;
  readonly missing: number;
  /** Distinct values, missing not counted. */
  readonly distinct: number;
  /** `min … max, mean m` for numbers, the commonest values of a category, else two examples. */
  readonly summary: string;
  /** Why it has this type, when that needs a word; else empty. */
  readonly why: string;
}

/** Counts and summarises a column. */
export function profileOf(column: Column, why = ""): ColumnProfile {
  const { name, type } = column;
  if (isNumberColumn(column)) return numberProfile(column, why);
  const values = column.strings;
  const counts = countsOf(values);
  let present = 0;
  for (const count of counts.values()) present += count;
  const missing = values.length - present;
  const summary = present === 0 ? "no values" : summaryOf(column, counts);
  return { name, type, missing, distinct: counts.size, summary, why };
}

/** How often each value occurs, in order of appearance; null and NaN are left out. */
export function countsOf<T extends number | string>(values: ArrayLike<T | null>): Map<T, number> {
  const counts = new Map<T, number>();
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value === null || Number.isNaN(value)) continue;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

/** A number for people: at most four significant digits, whole numbers in full. */
export function shortNumber(x: number): string {
  if (Number.isInteger(x) && Math.abs(x) < 1e15) return String(x);
  return String(Number(x.toPrecision(4)));
}

function summaryOf(column: StringColumn, counts: ReadonlyMap<string, number>): string {
  if (column.type === "category" || column.type === "ordinal") return commonest(counts);
  return `such as ${[...counts.keys()]
    .slice(0, 2)
    .map((value) => clip(value))
    .join(", ")}`;
}

function numberProfile({ name, type, numbers }: NumberColumn, why: string): ColumnProfile {
  let [low, high, sum, present, ones] = [Infinity, -Infinity, 0, 0, 0];
  for (let i = 0; i < numbers.length; i++) {
    const x = numbers[i]!;
    if (Number.isNaN(x)) continue;
    if (x < low) low = x;
    if (x > high) high = x;
    sum += x;
    present++;
    if (x === 1) ones++;
  }
  const distinct = countDistinct(numbers, { low, high });
  const rest = { name, type, missing: numbers.length - present, distinct, why };
  if (present === 0) return { ...rest, summary: "no values" };
  if (type === "boolean") return { ...rest, summary: `true (${ones}), false (${present - ones})` };
  if (type === "date") return { ...rest, summary: `${writeDate(low)} … ${writeDate(high)}` };
  return {
    ...rest,
    summary: `${shortNumber(low)} … ${shortNumber(high)}, mean ${shortNumber(sum / present)}`,
  };
}

function commonest(counts: ReadonlyMap<string, number>): string {
  const ranked = [...counts].sort((a, b) => b[1] - a[1]);
  const shown = ranked.slice(0, COMMONEST).map(([value, count]) => `${clip(value)} (${count})`);
  if (ranked.length > COMMONEST) shown.push(`${ranked.length - COMMONEST} more`);
  return shown.join(", ");
}

const clip = (text: string): string => (text.length > 30 ? `${text.slice(0, 29)}…` : text);
