import { type Row, type Table, encodingOf, rawFeeds, rowChunks, rowsToTable } from "../data/index.js";
import type { Runtime, Session } from "../runtime/runtime.js";
import { kindOf, mostProbable } from "../tasks/index.js";
import type { ClassType, Prediction, TaskCoding } from "../tasks/task-kind.js";
import { type ModelCard, readCard } from "./model-card.js";
import type { RowPrediction, TaskMap } from "./task-options.js";

/** A task of a model, as it tells about itself. */
export interface ModelTask {
  readonly name: string;
  readonly kind: TaskCoding["kind"];
  /** Labels, or cluster numbers as text; empty for regression. */
  readonly classes: readonly string[];
  readonly classType: ClassType;
}

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
   * Predicts rows given as objects; what is not an input is ignored.
   *
   * @throws {DataError} if an input is absent from all rows, or a value cannot be read as the model's type for it.
   */
  predict(rows: readonly Row[]): Promise<RowPrediction<T>[]>;
  /** Predicts a table whose columns have the model's types, by column. */
  predictTable(table: Table): Promise<TaskColumn[]>;
  close(): Promise<void>;
}

const CHUNK_ROWS = 4096; // rows in one run: bounds memory, changes nothing else

/** Opens a model from its bytes on a runtime. `close` also runs `onClose`. */
export async function serveModel<T extends TaskMap = TaskMap>(
  bytes: Uint8Array,
  runtime: Runtime,
  { where = "model", onClose }: { where?: string; onClose?: () => Promise<void> } = {},
): Promise<Model<T>> {
  const card = readCard(bytes, where);
  const session = await runtime.open(bytes);
  const encoding = encodingOf(card.inputs);
  const tasks = card.tasks.map(({ name, coding }) => modelTask(name, coding));

  const predictTable = async (table: Table): Promise<TaskColumn[]> => {
    const parts = card.tasks.map(() => [] as Float32Array[]);
    for (const rows of rowChunks(table.rows, CHUNK_ROWS)) {
      const found = await runRows(session, card, rawFeeds(encoding, table, rows));
      found.forEach((data, t) => parts[t]!.push(data));
    }
    return card.tasks.map(({ coding }, t) => taskColumn(tasks[t]!, coding, parts[t]!));
  };
  return {
    card,
    tasks,
    inputs: card.inputs.map(({ name, type }) => ({ name, type })),
    predictTable,
    async predict(rows) {
      if (rows.length === 0) return [];
      const columns = await predictTable(rowsToTable(rows, encoding, { missing: card.missing }));
      return rows.map((_, row) => rowPrediction<T>(columns, row));
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

/** One chunk: for each task its numbers, or its probabilities where it has some. */
async function runRows(
  session: Session,
  card: ModelCard,
  feeds: ReturnType<typeof rawFeeds>,
): Promise<Float32Array[]> {
  const names = card.tasks.map(({ name, coding }) =>
    coding.kind === "regression" ? name : `${name}_probabilities`,
  );
  const values = await session.run(feeds, { outputs: names });
  return names.map((name) => values[name]!.data as Float32Array);
}

function taskColumn(task: ModelTask, coding: TaskCoding, parts: readonly Float32Array[]): TaskColumn {
  const data = Float64Array.from(parts.flatMap((part) => [...part]));
  const prediction = kindOf(coding).toPrediction(coding, { data });
  if (prediction.kind === "regression")
    return { task, values: prediction.values, probabilities: new Float64Array(0), prediction };
  const { probabilities } = prediction;
  return { task, values: Float64Array.from(mostProbable(prediction)), probabilities, prediction };
}

function rowPrediction<T extends TaskMap>(columns: readonly TaskColumn[], row: number): RowPrediction<T> {
  const entries = columns.map(({ task, values, probabilities }) => {
    if (task.kind === "regression") return [task.name, values[row]!];
    const shares = [...probabilities.subarray(row * task.classes.length, (row + 1) * task.classes.length)];
    if (task.kind === "clustering") return [task.name, { cluster: values[row]!, probabilities: shares }];
    return [
      task.name,
      {
        label: task.classes[values[row]!]!,
        probabilities: Object.fromEntries(task.classes.map((label, k) => [label, shares[k]!])),
      },
    ];
  });
  return Object.fromEntries(entries) as RowPrediction<T>; // built from the model's own tasks, which T describes
}
