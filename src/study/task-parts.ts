import { DataError } from "../base/errors.js";
import { naturalOrder } from "../base/natural-order.js";
import { type Column, type Table, columnOf, isNumberColumn, writeDate } from "../data/index.js";
import type { TaskPart } from "../run/record.js";
import { classTypeOf, labelOf } from "../tasks/labels.js";

/** One task of a target whose tasks are told apart by a column, with its rows. */
export interface TaskRows extends TaskPart {
  /** Rows of the table that belong to the task, labelled or not, ascending. */
  readonly rows: Int32Array;
}

const MOST_TASKS = 2000; // more values than this are hardly tasks but identifiers

/**
 * The tasks of a target in the long layout: one for each value of the column `by`, in natural order.
 *
 * @returns a map from `target[value]`.
 * @throws {DataError} if the column has no value, or more than 2000.
 */
export function taskParts(table: Table, target: string, by: string): Map<string, TaskRows> {
  const column = columnOf(table, by);
  const rows = new Map<string, number[]>();
  taskValues(column).forEach((value, row) => {
    if (value === null) return;
    const own = rows.get(value) ?? [];
    own.push(row);
    rows.set(value, own);
  });
  if (rows.size === 0 || rows.size > MOST_TASKS) {
    throw new DataError({
      where: table.source,
      subject: `task column "${by}"`,
      expected: `from 1 to ${MOST_TASKS} values, each the name of a task`,
      got: rows.size === 0 ? "none" : String(rows.size),
      fix: "Choose a column whose values tell which task a row belongs to.",
      setting: ["tasks", target, "by"],
    });
  }
  return new Map(
    [...rows]
      .toSorted(([a], [b]) => naturalOrder(a, b))
      .map(([value, own]) => [`${target}[${value}]`, { target, by, value, rows: Int32Array.from(own) }]),
  );
}

/** Values of a task column as text, null where missing: whole numbers without a point, dates as 2026-01-31. */
export function taskValues(column: Column): (string | null)[] {
  if (!isNumberColumn(column)) return [...column.strings];
  if (column.type === "date")
    return Array.from(column.numbers, (x) => (Number.isNaN(x) ? null : writeDate(x)));
  const written = classTypeOf(column);
  return Array.from(column.numbers, (_, row) => labelOf(column, row, written) ?? null);
}

/** The part of a target's column that is one task: other rows are unlabelled. */
export function columnPart(table: Table, name: string, { target, rows }: TaskRows): Column {
  const whole = columnOf(table, target);
  if (isNumberColumn(whole)) {
    const numbers = new Float64Array(table.rows).fill(Number.NaN);
    for (const row of rows) numbers[row] = whole.numbers[row]!;
    return { ...whole, name, numbers };
  }
  const strings = Array.from({ length: table.rows }, (): string | null => null);
  for (const row of rows) strings[row] = whole.strings[row]!;
  return { ...whole, name, strings };
}
