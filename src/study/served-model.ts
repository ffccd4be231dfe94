import {
  type Feeds,
  type Row,
  type Table,
  chunkOfFeeds,
  encodingOf,
  plainReader,
  rawFeeds,
  rowChunks,
  rowsToTable,
} from "../data/index.js";
import type { Runtime, Session, Values } from "../runtime/runtime.js";
import { kindOf, mostProbable } from "../tasks/index.js";
import type { Prediction, TaskCoding } from "../tasks/task-kind.js";
import { type ModelCard, damagedCard, readCard } from "./model-card.js";
import type { ModelTask } from "./model-task.js";
import { rowsWriter } from "./rows-writer.js";
import type { RowPrediction, TaskMap } from "./task-options.js";

export type { ModelTask };

/** Predictions of one task, by column. */
export interface TaskColumn {
  readonly task: ModelTask;
  /** One per row: a number, or the index of the most probable class. */
  readonly values: Float64Array;
  /** `[rows, K]` row-major; empty for regression. */
  readonly probabilities: Float64Array;
  readonly prediction: Prediction;
}

/** A model that predicts: from a run, from a file, or just trained. */
export interface Model<T extends TaskMap = TaskMap> {
  readonly card: ModelCard;
  readonly tasks: readonly ModelTask[];
  readonly inputs: readonly { readonly name: string; readonly type: string }[];
  /**
   * Predicts rows given as objects; what is not an input is ignored. Of a target in the long layout each row gets the prediction
   * of its own task, under the target's name, where any row has the task column (null for a value that is no task); else
   * those of all its tasks.
   *
   * @throws {DataError} if an input is absent from all rows, or a value cannot be read as the model's type for it.
   */
  predict(rows: readonly Row[]): Promise<RowPrediction<T>[]>;
  /** Predicts a table whose columns have the model's types, by column. */
  predictTable(table: Table): Promise<TaskColumn[]>;
  close(): Promise<void>;
}

/**
 * Rows in one run: few enough that what a layer makes of them stays in cache (a table of 10,000 rows took 16-30 % less time
 * in chunks of 256 than at once), and that the event loop has its turn every few milliseconds; more where inputs are many,
 * since making a tensor of each costs time as well.
 */
export const chunkRows = (inputs: number): number => Math.min(4096, Math.max(256, 4 * inputs));

/** Opens a model from its bytes on a runtime. `close` also runs `onClose`. */
export async function serveModel<T extends TaskMap = TaskMap>(
  bytes: Uint8Array,
  runtime: Runtime,
  { where = "model", onClose }: { where?: string; onClose?: () => Promise<void> } = {},
): Promise<Model<T>> {
  const card = readCard(bytes, where);
  const session = await runtime.open(bytes);
  try {
    return served<T>(card, session, onClose);
  } catch (cause) {
    await session.close();
    throw damagedCard(where, "cannot be used", cause);
  }
}

function served<T extends TaskMap>(
  card: ModelCard,
  session: Session,
  onClose?: () => Promise<void>,
): Model<T> {
  const encoding = encodingOf(card.inputs);
  const tasks = card.tasks.map(({ name, coding }) => modelTask(name, coding));

  const widths = tasks.map(({ classes }) => classes.length || 1);
  const outputs = tasks.map(({ name, kind }) => (kind === "regression" ? name : `${name}_probabilities`));
  const how = { outputs, owned: true, checked: true };
  const readPlain = plainReader(encoding.inputs, card.missing);
  const writeRows = rowsWriter<T>(tasks, card.parts ?? []);

  const size = chunkRows(encoding.inputs.length);

  const numbersOf = (values: Values): Float32Array[] =>
    outputs.map((name) => values[name]!.data as Float32Array);
  /** For each task its numbers `[rows]`, or its probabilities `[rows, K]`. */
  const compute = async (feeds: Feeds, rows: number): Promise<Float32Array[]> => {
    if (rows === 0) return widths.map(() => new Float32Array(0));
    if (rows <= size) return numbersOf(await session.run(feeds, how));
    const all = widths.map((width) => new Float32Array(rows * width));
    for (const { from, to } of rowChunks(rows, size)) {
      const found = numbersOf(await session.run(chunkOfFeeds(feeds, from, to), how));
      found.forEach((data, t) => all[t]!.set(data, from * widths[t]!));
    }
    return all;
  };
  const feedsOf = (rows: readonly Row[]): Feeds =>
    readPlain(rows) ?? rawFeeds(encoding, rowsToTable(rows, encoding, card));
  return {
    card,
    tasks,
    inputs: card.inputs.map(({ name, type }) => ({ name, type })),
    async predictTable(table) {
      const computed = await compute(rawFeeds(encoding, table), table.rows);
      return card.tasks.map(({ coding }, t) => taskColumn(tasks[t]!, coding, computed[t]!));
    },
    async predict(rows) {
      if (rows.length === 0) return [];
      const feeds = feedsOf(rows);
      if (rows.length > size) return writeRows(await compute(feeds, rows.length), rows);
      return writeRows(numbersOf(await session.run(feeds, how)), rows);
    },
    async close() {
      await session.close();
      await onClose?.();
    },
  };
}

function modelTask(name: string, coding: TaskCoding): ModelTask {
  switch (coding.kind) {
    case "regression":
      return { name, kind: coding.kind, classes: [], classType: "number" };
    case "clustering":
      return {
        name,
        kind: coding.kind,
        classes: Array.from({ length: coding.clusters }, (_, k) => String(k)),
        classType: "integer",
      };
    default:
      return { name, kind: coding.kind, classes: coding.classes, classType: coding.classType };
  }
}

/** @param data of a task: its numbers `[rows]`, or its probabilities `[rows, K]`. */
function taskColumn(task: ModelTask, coding: TaskCoding, data: Float32Array): TaskColumn {
  const prediction = kindOf(coding).toPrediction(coding, { data });
  if (prediction.kind === "regression")
    return { task, values: prediction.values, probabilities: new Float64Array(0), prediction };
  const { probabilities } = prediction;
  return { task, values: new Float64Array(mostProbable(prediction)), probabilities, prediction };
}
