import { DataError } from "../base/errors.js";
import {
  type Column,
  type ColumnType,
  type RawTable,
  codedTable,
  columnAs,
  encodingOf,
} from "../data/index.js";
import { readRawTable } from "../data/sources/index.js";
import { kindOf } from "../tasks/index.js";
import type { Task, Truth } from "../tasks/task-kind.js";
import { encodeTable } from "./encode-table.js";
import { scoreParts } from "./evaluate-parts.js";
import { openModel } from "./model.js";
import type { ModelCard } from "./model-card.js";

/** Scores of a model on a labelled file, by task; null where a metric is undefined. */
export type FileScores = Readonly<Record<string, Readonly<Record<string, number | null>>>>;

/**
 * Scores a saved model on the labelled rows of a table.
 *
 * @throws {DataError} if the table has none of the model's targets.
 */
export async function evaluateFile({
  model: path,
  source,
  ...text
}: {
  readonly model: string;
  readonly source: string;
  readonly encoding?: string;
  readonly header?: "yes" | "no";
  readonly delimiter?: string;
}): Promise<FileScores> {
  const model = await openModel(path);
  try {
    const raw = await readRawTable(source, {
      ...text,
      ...(model.card.text && { otherwise: model.card.text }),
    });
    const table = codedTable(raw, model.card.inputs, model.card);
    const columns = await model.predictTable(table);
    const present = model.card.tasks.filter(
      ({ name, coding }) => !kindOf(coding).supervised || raw.columns.some((column) => column.name === name),
    );
    const truthOf = (target: string, { coding }: Task): Truth =>
      kindOf(coding).truth(coding, targetColumn(raw, target, coding, model.card));
    const long = scoreParts(columns, model.card, raw, truthOf, {});
    if (present.length === 0 && long.length === 0) {
      throw new DataError({
        where: source,
        subject: "the table",
        problem: `has none of the model's targets (${targetsOf(model.card).join(", ")})`,
      });
    }
    const needsInputs = present.some(({ coding }) => coding.kind === "clustering");
    const context = needsInputs ? { encoded: await encodeTable(table, encodingOf(model.card.inputs)) } : {};
    const scores = present.map(({ name, coding }) => {
      const { prediction } = columns.find(({ task }) => task.name === name)!;
      const kind = kindOf(coding);
      const truth = kind.supervised
        ? truthOf(name, { name, coding })
        : new Float64Array(raw.rows).fill(Number.NaN);
      return [name, kind.score(truth, prediction, context)] as const;
    });
    const finite = (metrics: Readonly<Record<string, number>>): Record<string, number | null> =>
      Object.fromEntries(
        Object.entries(metrics).map(([metric, value]) => [metric, Number.isFinite(value) ? value : null]),
      );
    return Object.fromEntries([...scores, ...long].map(([name, metrics]) => [name, finite(metrics)]));
  } finally {
    await model.close();
  }
}

/** What a table may be scored by: tasks, and targets in the long layout with their task columns. */
function targetsOf({ tasks, parts = [] }: ModelCard): string[] {
  const own = new Set(parts.flatMap((part) => part.tasks.map(({ task }) => task)));
  const wide = tasks.map(({ name }) => name).filter((name) => !own.has(name));
  return [...wide, ...parts.map(({ target, by }) => `${target} with ${by}`)];
}

/** A target's column, read with the type the model learned. */
function targetColumn(
  raw: RawTable,
  name: string,
  coding: Task["coding"],
  card: Pick<ModelCard, "missing" | "readings">,
): Column {
  const type: ColumnType =
    coding.kind === "regression" || coding.kind === "clustering"
      ? "numeric"
      : ({ string: "category", boolean: "boolean", integer: "numeric", number: "numeric" } as const)[
          coding.classType
        ];
  const column = raw.columns.find((candidate) => candidate.name === name)!;
  return columnAs(raw, column, type, card);
}
