import { type RawTable, type Row, carriedText, columnAs, writeDate } from "../data/index.js";
import type { TargetParts } from "./target-parts.js";
import { taskValues } from "./task-parts.js";
import type { ModelCard } from "./model-card.js";
import type { ModelTask } from "./model-task.js";
import { type CellWriter, cellWriter } from "./row-predictions.js";

/** For each row of a table the task that is its own, undefined where its value is no task's; undefined without the column. */
export function ownTasksOfTable(
  raw: RawTable,
  parts: TargetParts,
  card: Pick<ModelCard, "missing" | "readings">,
): (string | undefined)[] | undefined {
  const { by, type } = parts;
  const column = raw.columns.find(({ name }) => name === by);
  if (column === undefined) return undefined;
  const find = finder(parts);
  if (column.kind !== "text" || type === "boolean" || type === "date")
    return taskValues(columnAs(raw, column, type, card)).map(find);
  return column.cells.map((cell) => find(cell?.trim() ?? null));
}

/** Writes one prediction of a target for each row, that of the row's own task: null where its value is no task's. */
export type OwnWriter = (computed: readonly Float32Array[], row: number, given: Row) => unknown;

/** Makes, once for a model, what writes a target's prediction of a row by the row's own task. */
export function ownWriter(tasks: readonly ModelTask[], parts: TargetParts): OwnWriter {
  const find = finder(parts);
  const places = new Map<string, { at: number; write: CellWriter }>();
  tasks.forEach((task, at) => places.set(task.name, { at, write: cellWriter(task) }));
  return (computed, row, given) => {
    const task = find(textOf(given[parts.by]));
    const place = task === undefined ? undefined : places.get(task);
    return place === undefined ? null : place.write(computed[place.at]!, row);
  };
}

/** Finds the task of a value: by its text, or where it is a number by that. */
function finder({ tasks }: TargetParts): (value: string | null) => string | undefined {
  const byText = new Map(tasks.map(({ value, task }) => [value, task]));
  return (value) => {
    if (value === null) return undefined;
    const found = byText.get(carriedText(value));
    if (found !== undefined || value.trim() === "") return found;
    return byText.get(String(Number(value)));
  };
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined || Number.isNaN(value)) return null;
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? null : writeDate(value.getTime() / 86_400_000);
  return String(value as string | number | boolean).trim();
}
