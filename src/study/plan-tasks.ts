import { DataError } from "../base/errors.js";
import { type Column, type Table, columnOf, isNumberColumn } from "../data/index.js";
import { detectTask } from "../tasks/detect.js";
import type { Task } from "../tasks/task-kind.js";
import type { RowSplit } from "../training/training-data.js";
import { atSetting } from "./at-setting.js";
import type { StudyOptions } from "./options.js";
import { type TaskRows, columnPart, taskParts } from "./task-parts.js";

/** A task with how its kind was decided. */
export interface PreparedTask {
  readonly name: string;
  readonly kind: Task["coding"]["kind"];
  readonly because: string;
  readonly reference?: string;
  /** For a task that is part of a target, in the long layout: which rows are its own. */
  readonly part?: TaskRows;
}

/**
 * The tasks a study asks for, in its order: a target that names a task column becomes one task for each of its values. The kind
 * of a target is decided once, over its whole column.
 *
 * @throws {DataError} for targets and task columns that cannot be used.
 */
export function planTasks(table: Table, options: StudyOptions): PreparedTask[] {
  return Object.entries(options.tasks).flatMap(([name, asked]): PreparedTask[] => {
    if (asked.kind === "clustering") {
      const { reference } = asked;
      return [{ name, kind: "clustering", because: "set", ...(reference !== undefined && { reference }) }];
    }
    const column = columnOf(table, name);
    const { kind, by } = asked;
    const detected = atSetting(["tasks", name], () =>
      detectTask(column, { source: table.source, ...(kind !== undefined && { kind }) }),
    );
    const found = { kind: detected.kind, because: detected.because };
    if (by === undefined) return [{ name, ...found }];
    return [...taskParts(table, name, by)].map(([own, part]) => ({ name: own, ...found, part }));
  });
}

/** The labels of a planned task: its column, or for part of a target the part of the column. */
export function targetColumn(table: Table, { name, part }: PreparedTask): Column {
  return part ? columnPart(table, name, part) : columnOf(table, name);
}

/** The columns that targets are read from, each once. */
export const targetNames = (tasks: readonly PreparedTask[]): string[] => [
  ...new Set(tasks.filter(({ kind }) => kind !== "clustering").map(({ name, part }) => part?.target ?? name)),
];

const MOST_NAMED = 5; // tasks named one by one

/**
 * Leaves out the parts of a target that cannot be learned: those whose training rows have no label, or one only.
 *
 * @returns the other tasks, and one warning for each target some of whose parts are left out.
 * @throws {DataError} if no task is left.
 */
export function learnableTasks(
  table: Table,
  tasks: readonly PreparedTask[],
  { train }: RowSplit,
): { tasks: PreparedTask[]; warnings: string[] } {
  const trained = new Uint8Array(table.rows);
  for (const row of train) trained[row] = 1;
  const left = tasks.filter(({ part }) => part && !varies(columnOf(table, part.target), part.rows, trained));
  const kept = tasks.filter((task) => !left.includes(task));
  const warnings = [...new Set(left.map(({ part }) => part!.target))].map((target) => {
    const own = left.filter(({ part }) => part!.target === target);
    const all = tasks.filter(({ part }) => part?.target === target).length;
    const names = own.slice(0, MOST_NAMED).map(({ name }) => `"${name}"`);
    const more = own.length > MOST_NAMED ? ` and ${own.length - MOST_NAMED} more` : "";
    return `Left out ${own.length} of the ${all} tasks of "${target}", whose training rows hold no label or one only: ${names.join(", ")}${more}.`;
  });
  if (kept.length > 0) return { tasks: kept, warnings };
  const { target, by } = left[0]!.part!;
  throw new DataError({
    where: table.source,
    subject: `target "${target}"`,
    problem: `has no two different labels in the training rows of any value of "${by}"`,
    fix: "Choose another task column.",
    setting: ["tasks", target, "by"],
  });
}

/** Whether the rows among the trained ones have two different labels. */
function varies(column: Column, rows: Int32Array, trained: Uint8Array): boolean {
  let first: string | number | undefined;
  for (const row of rows) {
    const label = isNumberColumn(column) ? column.numbers[row]! : column.strings[row];
    if (trained[row] === 0 || label === null || label === undefined || Number.isNaN(label)) continue;
    if (first !== undefined && label !== first) return true;
    first ??= label;
  }
  return false;
}

const warned = (rows: number, by: string): string =>
  `Column "${by}" is empty in ${rows} rows, which belong to no task of its targets.`;

/** Warnings about rows that belong to no task, since the task column is empty there. */
export function taskless(table: Table, tasks: readonly PreparedTask[]): string[] {
  const columns = new Map(tasks.flatMap(({ part }) => (part ? [[part.by, part.target] as const] : [])));
  return [...columns].flatMap(([by, target]) => {
    const known = tasks.reduce((sum, { part }) => sum + (part?.target === target ? part.rows.length : 0), 0);
    return known < table.rows ? [warned(table.rows - known, by)] : [];
  });
}
