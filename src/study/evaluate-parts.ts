import type { RawTable } from "../data/index.js";
import { kindOf } from "../tasks/index.js";
import type { MetricContext, Task, Truth } from "../tasks/task-kind.js";
import type { ModelCard } from "./model-card.js";
import { ownColumns } from "./own-columns.js";
import { ownTasksOfTable } from "./own-tasks.js";
import type { TaskColumn } from "./served-model.js";

/** The scores of one target or task. */
export type NamedScores = readonly [string, Readonly<Record<string, number>>];

/**
 * Scores of targets in the long layout on a long table: of all rows, each predicted by its own task, under the target's name,
 * then of each task over its own labelled rows. Targets whose column or task column the table has not are left out.
 */
export function scoreParts(
  columns: readonly TaskColumn[],
  card: Pick<ModelCard, "parts" | "missing" | "readings" | "tasks">,
  raw: RawTable,
  truthOf: (target: string, task: Task) => Truth,
  context: MetricContext,
): NamedScores[] {
  const names = new Set(raw.columns.map(({ name }) => name));
  const told = (card.parts ?? []).filter(({ target, by }) => names.has(target) && names.has(by));
  const pooled = ownColumns(columns, card, raw);
  return told.flatMap((parts): NamedScores[] => {
    const own = ownTasksOfTable(raw, parts, card)!;
    const taskNamed = (name: string): Task => card.tasks.find((task) => task.name === name)!;
    const first = taskNamed(parts.tasks[0]!.task);
    const kind = kindOf(first.coding);
    const truth = truthOf(parts.target, first);
    const masked = (keeps: (task: string | undefined) => boolean): Truth =>
      truth.map((value, row) => (keeps(own[row]) ? value : Number.NaN));
    const all = pooled.find(({ task }) => task.name === parts.target)!;
    const each = parts.tasks.map(({ task: name }): NamedScores => {
      const { prediction } = columns.find(({ task }) => task.name === name)!;
      return [
        name,
        kind.score(
          masked((found) => found === name),
          prediction,
          context,
        ),
      ];
    });
    return [
      [
        parts.target,
        kind.score(
          masked((found) => found !== undefined),
          all.prediction,
          context,
        ),
      ],
      ...each.filter(([name]) => truth.some((value, row) => own[row] === name && !Number.isNaN(value))),
    ];
  });
}
