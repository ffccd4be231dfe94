import { type Column, type Table, isNumberColumn } from "../data/index.js";
import { countsOf } from "../data/profile.js";

/** A column that may tell which task a row belongs to. */
export interface TaskColumnHint {
  readonly name: string;
  /** Different values. */
  readonly values: number;
  /** Rows that half of the values have at least. */
  readonly rowsEach: number;
}

const LEAST_VALUES = 5;
const MOST_VALUES = 2000; // more can be no tasks
const LEAST_ROWS = 5; // of half of the values

/** What tasks are called in tables, in the singular. */
const NAMES = new Set(
  (
    "task group school class field subject participant patient person user customer client store shop branch site " +
    "station sensor device machine plant hospital clinic ward country region district city department team assay " +
    "domain language speaker household family farm lake river"
  ).split(" "),
);

/** Words beside the name that say nothing about it. */
const FILLERS = new Set(["id", "no", "nr", "number", "code", "name", "key", "index"]);

/**
 * The column whose values look most like tasks: called by something that has rows of its own, with at least 5 values of several
 * rows each; one whose name says nothing else goes before one that is a part of its name, then the first. Undefined for none.
 *
 * @param inputs names of the columns that are inputs so far.
 */
export function taskColumnHint(table: Table, inputs: readonly string[]): TaskColumnHint | undefined {
  const named = table.columns
    .filter(({ name, type }) => inputs.includes(name) && type !== "boolean" && type !== "date")
    .map((column) => ({ column, fit: nameFit(column.name) }))
    .filter(({ fit }) => fit > 0)
    .toSorted((a, b) => b.fit - a.fit);
  for (const { column } of named) {
    const counts = taskCounts(column);
    if (counts === undefined || counts.length < LEAST_VALUES || counts.length > MOST_VALUES) continue;
    const rowsEach = counts[Math.floor(counts.length / 2)]!;
    if (rowsEach >= LEAST_ROWS) return { name: column.name, values: counts.length, rowsEach };
  }
  return undefined;
}

/** 2 for a name that says only what tasks are called, 1 for one that says more, 0 for all others. */
function nameFit(name: string): number {
  const words = name
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== "" && !FILLERS.has(word));
  if (!words.some(isNamed)) return 0;
  return words.length === 1 ? 2 : 1;
}

const isNamed = (word: string): boolean =>
  [
    word,
    word.replace(/s$/, ""),
    word.replace(/es$/, ""),
    word.replace(/ies$/, "y"),
    word.replace(/id$/, ""),
  ].some((singular) => NAMES.has(singular));

/** Rows of each value, ascending; undefined for measurements, whose numbers are not whole. */
function taskCounts(column: Column): number[] | undefined {
  if (isNumberColumn(column) && column.numbers.some((x) => !Number.isNaN(x) && !Number.isInteger(x)))
    return undefined;
  const counts = isNumberColumn(column) ? countsOf(column.numbers) : countsOf(column.strings);
  return [...counts.values()].toSorted((a, b) => a - b);
}
