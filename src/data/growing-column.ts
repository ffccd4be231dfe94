import { DataError } from "../base/errors.js";
import { listColumns, refuseEqualNames, unequalLists } from "./number-lists.js";
import type { RawColumn } from "./raw-table.js";
import { DAY_MS } from "./spellings.js";

type Kind = "number" | "boolean" | "date" | "text" | "list";

/** A column while its values come in. Its length is that of the last row which had it; what lacks is missing. */
export interface Growing {
  readonly name: string;
  /** False for a column of which only the name is wanted. */
  readonly read: boolean;
  /** Undefined until a value comes that is not missing. */
  kind?: Kind;
  /** Values of every kind but text: dates as milliseconds since 1970, lists `[rows, width]`. */
  numbers: number[];
  cells: (string | null)[];
  /** Whole numbers beyond 2⁵³ as written, by row, in case the column turns to text. */
  exact: Map<number, string>;
  width: number;
  /** The first row that has a list. */
  first: number;
}

/** A column without values. */
export const emptyColumn = (name: string, read: boolean): Growing => ({
  name,
  read,
  numbers: [],
  cells: [],
  exact: new Map(),
  width: 0,
  first: 0,
});

/**
 * Takes in the value of a row.
 *
 * @throws {DataError} for a value that no column can hold, with the row's number.
 */
export function pushValue(column: Growing, value: unknown, row: number, source: string): void {
  const kind = kindOf(value);
  if (kind === "missing") return;
  if (kind === "list") return pushList(column, value as ArrayLike<unknown>, row, source);
  if (kind === "other" || column.kind === "list") throw unfit(column, value, `${source} row ${row + 1}`);
  column.kind ??= kind;
  if (column.kind !== kind && column.kind !== "text") turnToText(column);
  if (column.kind === "text") {
    while (column.cells.length < row) column.cells.push(null);
    column.cells.push(value === "" ? null : textOf(value));
    return;
  }
  while (column.numbers.length < row) column.numbers.push(Number.NaN);
  column.numbers.push(value instanceof Date ? value.getTime() : Number(value));
  if (typeof value === "bigint" && !Number.isSafeInteger(Number(value))) column.exact.set(row, String(value));
}

/**
 * The columns once all rows are in; those that are not read have no cells.
 *
 * @throws {DataError} for two columns of one name.
 */
export function finishedColumns(columns: readonly Growing[], rows: number, source: string): RawColumn[] {
  const finished = columns.flatMap((column) => finishedColumn(column, rows));
  refuseEqualNames(finished, source);
  return finished;
}

function finishedColumn(column: Growing, rows: number): RawColumn[] {
  const { name, kind, read, width } = column;
  if (!read) return [{ name, kind: "text", cells: [] }];
  if (kind === "list")
    return listColumns({ name, width, numbers: padded(column.numbers, rows * width) }, rows);
  if (kind === undefined || kind === "text") {
    while (column.cells.length < rows) column.cells.push(null);
    return [{ name, kind: "text", cells: column.cells }];
  }
  const numbers = padded(column.numbers, rows);
  return [{ name, kind, numbers: kind === "date" ? numbers.map((ms) => ms / DAY_MS) : numbers }];
}

function padded(numbers: readonly number[], length: number): Float64Array {
  const all = new Float64Array(length).fill(Number.NaN, numbers.length);
  all.set(numbers);
  return all;
}

function pushList(column: Growing, list: ArrayLike<unknown>, row: number, source: string): void {
  const where = `${source} row ${row + 1}`;
  if ((column.kind ??= "list") !== "list") throw unfit(column, list, where);
  if (column.width === 0) {
    if (list.length === 0) throw unfit(column, list, where);
    column.width = list.length;
    column.first = row;
  }
  const { width, first, name, numbers } = column;
  if (list.length !== width)
    throw unequalLists(where, name, { width, found: list.length, first: `row ${first + 1}` });
  while (numbers.length < row * width) numbers.push(Number.NaN);
  for (let i = 0; i < width; i++) {
    const kind = kindOf(list[i]);
    if (kind !== "number" && kind !== "boolean" && kind !== "missing") throw unfit(column, list[i], where);
    numbers.push(kind === "missing" ? Number.NaN : Number(list[i]));
  }
}

function turnToText(column: Growing): void {
  const { kind, numbers, exact } = column;
  column.cells = numbers.map((x, row) => {
    if (Number.isNaN(x)) return null;
    if (kind === "date") return new Date(x).toISOString();
    return kind === "boolean" ? String(x === 1) : (exact.get(row) ?? String(x));
  });
  column.kind = "text";
  column.numbers = [];
}

const textOf = (value: unknown): string => String(value instanceof Date ? value.toISOString() : value);

function kindOf(value: unknown): Kind | "missing" | "other" {
  if (value === null || value === undefined || Number.isNaN(value)) return "missing";
  if (typeof value === "number" || typeof value === "bigint") return "number";
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "string") return "text";
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "missing" : "date";
  return Array.isArray(value) || isTypedArray(value) ? "list" : "other";
}

const isTypedArray = (value: unknown): boolean => ArrayBuffer.isView(value) && !(value instanceof DataView);

function unfit({ name, kind, width }: Growing, value: unknown, where: string): DataError {
  const isList = Array.isArray(value) || isTypedArray(value);
  const length = isList ? (value as ArrayLike<unknown>).length : 0;
  return new DataError({
    where,
    subject: `column "${name}"`,
    expected:
      kind === "list"
        ? `an array of ${width === 0 ? "at least one number" : "numbers as in other rows"}`
        : "a string, number, boolean, date or array of numbers",
    got: isList ? (length === 0 ? "an empty array" : "an array") : nameOf(value),
    fix: "Flatten nested values into columns of their own.",
  });
}

function nameOf(value: unknown): string {
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
