import type { Row } from "../data/index.js";
import type { ModelTask } from "./model-task.js";
import { ownWriter } from "./own-tasks.js";
import { rowWriter } from "./row-predictions.js";
import type { TargetParts } from "./target-parts.js";
import type { RowPrediction, TaskMap } from "./task-options.js";

/** Turns what a model computes of some rows into one object a row. */
export type RowsWriter<T extends TaskMap> = (
  computed: readonly Float32Array[],
  rows: readonly Row[],
) => RowPrediction<T>[];

/**
 * Makes, once for a model, what writes its predictions row by row: of a target in the long layout that of the row's own task,
 * where any row has the task column, else those of all its tasks.
 */
export function rowsWriter<T extends TaskMap>(
  tasks: readonly ModelTask[],
  parts: readonly TargetParts[],
): RowsWriter<T> {
  const writeAll = rowWriter<T>(tasks);
  if (parts.length === 0) return (computed, rows) => writeAll(computed, rows.length);
  const owns = parts.map((part) => ({ part, write: ownWriter(tasks, part) }));
  return (computed, rows) => {
    const told = owns.filter(({ part }) => rows.some((row) => Object.hasOwn(row, part.by)));
    if (told.length === 0) return writeAll(computed, rows.length);
    const gathered = new Set(told.flatMap(({ part }) => part.tasks.map(({ task }) => task)));
    const left = tasks.flatMap(({ name }, t) => (gathered.has(name) ? [] : [t]));
    const rest = rowWriter(left.map((t) => tasks[t]!))(
      left.map((t) => computed[t]!),
      rows.length,
    );
    return rows.map((row, at) => {
      const own = told.map(({ part, write }) => [part.target, write(computed, at, row)] as const);
      return { ...rest[at], ...Object.fromEntries(own) } as RowPrediction<T>; // the model's own tasks, which T describes
    });
  };
}
