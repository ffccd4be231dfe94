import type { RawTable } from "../data/index.js";
import { ownTasksOfTable } from "./own-tasks.js";
import type { ModelCard } from "./model-card.js";
import type { TaskColumn } from "./served-model.js";

/**
 * Predictions with one column for each target in the long layout, that of each row's own task, where the table has the task
 * column; all its tasks where it has not. A row whose value is no task's has no prediction.
 */
export function ownColumns(
  columns: readonly TaskColumn[],
  card: Pick<ModelCard, "parts" | "missing" | "readings">,
  raw: RawTable,
): TaskColumn[] {
  let found = [...columns];
  for (const target of card.parts ?? []) {
    const own = ownTasksOfTable(raw, target, card);
    if (own === undefined) continue;
    const names = new Set(target.tasks.map(({ task }) => task));
    const all = columns.filter(({ task }) => names.has(task.name));
    const at = found.findIndex(({ task }) => names.has(task.name));
    found = found.filter(({ task }) => !names.has(task.name));
    found.splice(at, 0, gathered(target.target, all, own));
  }
  return found;
}

/** One column of the predictions of each row's own task. */
function gathered(
  name: string,
  columns: readonly TaskColumn[],
  own: readonly (string | undefined)[],
): TaskColumn {
  const [first] = columns as readonly [TaskColumn];
  const byName = new Map(columns.map((column) => [column.task.name, column]));
  const width = first.task.classes.length;
  const values = new Float64Array(own.length).fill(Number.NaN);
  const probabilities = new Float64Array(own.length * width).fill(Number.NaN);
  own.forEach((task, row) => {
    const column = task === undefined ? undefined : byName.get(task);
    if (column === undefined) return;
    values[row] = column.values[row]!;
    probabilities.set(column.probabilities.subarray(row * width, (row + 1) * width), row * width);
  });
  const { prediction } = first;
  return {
    task: { ...first.task, name },
    values,
    probabilities,
    prediction:
      prediction.kind === "regression" ? { ...prediction, values } : { ...prediction, probabilities },
  };
}
