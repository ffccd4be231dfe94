import type { TaskColumn } from "./served-model.js";
import type { RowPrediction, TaskMap } from "./task-options.js";

/** Turns predictions by column into one object a row. */
export function rowPredictions<T extends TaskMap>(
  columns: readonly TaskColumn[],
  rows: number,
): RowPrediction<T>[] {
  const tasks = columns.map((column) => ({ name: column.task.name, at: cellReader(column) }));
  const empty = blank(columns.map(({ task }) => task.name));
  return Array.from({ length: rows }, (_, row) => {
    const prediction = { ...empty };
    for (const { name, at } of tasks) prediction[name] = at(row);
    return prediction as RowPrediction<T>; // built from the model's own tasks, which T describes
  });
}

/** A task's prediction of a row, in the form people read. */
function cellReader({ task, values, probabilities }: TaskColumn): (row: number) => unknown {
  const { kind, classes } = task;
  if (kind === "regression") return (row) => values[row]!;
  const width = classes.length;
  if (kind === "clustering") {
    return (row) => ({
      cluster: values[row]!,
      probabilities: [...probabilities.subarray(row * width, (row + 1) * width)],
    });
  }
  const empty = blank(classes);
  return (row) => {
    const shares = { ...empty };
    for (let k = 0; k < width; k++) shares[classes[k]!] = probabilities[row * width + k]!;
    return { label: classes[values[row]!]!, probabilities: shares };
  };
}

/**
 * An object with these properties, to be copied: copies have one hidden shape, which makes them quick, and a property named
 * `__proto__` is one of their own, which assigning to it in `{}` would not make it.
 */
const blank = (names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, undefined]));
