import { ConfigError, DataError } from "../base/errors.js";
import {
  type Column,
  type ColumnType,
  type RawTable,
  codedTable,
  columnAs,
  encodingOf,
  keptColumns,
} from "../data/index.js";
import {
  type InputStream,
  type OutputStream,
  type TableFormat,
  readRawTable,
  writeTable,
} from "../data/sources/index.js";
import { kindOf } from "../tasks/index.js";
import type { Task, Truth } from "../tasks/task-kind.js";
import { encodeTable } from "./encode-table.js";
import type { StudyEvent } from "./events.js";
import { scoreParts } from "./evaluate-parts.js";
import { openModel } from "./model.js";
import type { ModelCard } from "./model-card.js";
import { ownColumns } from "./own-columns.js";
import { predictionColumns } from "./prediction-columns.js";

/** What to predict, and where predictions go. */
export interface PredictFileOptions {
  /** A run folder or a model file. */
  readonly model: string;
  /** A table, or `-` for standard input. */
  readonly source: string;
  /** A file, or `-` for standard output. */
  readonly output: string;
  readonly format: "csv" | "jsonl" | "parquet";
  /** Columns of the data to repeat before the predictions. */
  readonly keep?: readonly string[];
  /** The format of standard input; CSV when absent. */
  readonly sourceFormat?: TableFormat;
  /** The encoding of delimited text; that of the study, or found from the bytes, when absent. */
  readonly encoding?: string;
  /** Whether the first row of delimited text names the columns; as in the study, or found, when absent. */
  readonly header?: "yes" | "no";
  /** What divides the cells of delimited text; that of the study, or found from its first rows, when absent. */
  readonly delimiter?: string;
  /** What `-` reads; standard input when absent. */
  readonly stream?: InputStream;
  /** Where an output of `-` goes. */
  readonly outputStream?: OutputStream;
  readonly onEvent?: (event: StudyEvent) => void;
}

/**
 * Predicts every task for the rows of a table, in their order, and writes `<task>` and `<task>.<class>` columns; of a target in
 * the long layout those of the row's own task, `<target>`, where the table has the task column.
 *
 * @returns the number of rows.
 * @throws {DataError} for a model or a table that cannot be used; {ConfigError} if a kept column has a prediction's name or
 * the output cannot be written.
 */
export async function predictFile(options: PredictFileOptions): Promise<number> {
  const { source, output, format, keep = [], onEvent } = options;
  const model = await openModel(options.model);
  try {
    onEvent?.({ type: "stage", stage: "reading", detail: source });
    const raw = await readRawTable(source, {
      ...((options.sourceFormat ?? (source === "-" ? "csv" : undefined)) && {
        format: options.sourceFormat ?? "csv",
      }),
      ...(options.stream && { stream: options.stream }),
      ...(options.encoding !== undefined && { encoding: options.encoding }),
      ...(options.header !== undefined && { header: options.header }),
      ...(options.delimiter !== undefined && { delimiter: options.delimiter }),
      ...(model.card.text && { otherwise: model.card.text }),
    });
    for (const { detail } of raw.notes ?? [])
      onEvent?.({ type: "notice", level: "info", text: `${raw.source}: ${detail}.` });
    const columns = await model.predictTable(codedTable(raw, model.card.inputs, model.card));
    const predicted = predictionColumns(ownColumns(columns, model.card, raw));
    const clash = keep.find((name) => predicted.some((column) => column.name === name));
    if (clash !== undefined) {
      throw new ConfigError({
        where: "predict",
        subject: `kept column "${clash}"`,
        problem: "has the name of a prediction",
        fix: "Leave it out of --keep.",
      });
    }
    onEvent?.({ type: "stage", stage: "writing", detail: output });
    await writeTable(output, [...keptColumns(raw, keep), ...predicted], {
      format,
      ...(options.outputStream && { stream: options.outputStream }),
    });
    return raw.rows;
  } finally {
    await model.close();
  }
}

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
