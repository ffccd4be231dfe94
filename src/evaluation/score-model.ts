import { kindOf } from "../tasks/index.js";
import type { MetricContext, Prediction, Task, Truth } from "../tasks/task-kind.js";
import type { Fitted } from "../training/fitted.js";
import type { Runtime } from "../runtime/runtime.js";
import { openApplier } from "../training/applier.js";
import { predictEach, snapshotsOf } from "../training/snapshots.js";
import { type TrainingData, labelTables, takeRows } from "../training/training-data.js";

/** Predictions of one task on some rows, with the truth beside them. */
export interface ScoredTask {
  readonly task: Task;
  readonly truth: Truth;
  readonly prediction: Prediction;
  /** Metric name to value; NaN where undefined. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly context: MetricContext;
}

/** Predicts rows with a fitted model, each task with the parameters that it keeps, and scores every task. */
export async function scoreModel(
  fitted: Fitted,
  data: TrainingData,
  rows: Int32Array,
  runtime: Runtime,
): Promise<ScoredTask[]> {
  const { spec } = fitted;
  const applier = await openApplier(runtime, spec, fitted.layout, data);
  try {
    const names = spec.tasks.map(({ name }) => name);
    const tables = labelTables(spec, data);
    const predicted = await predictEach(applier, snapshotsOf(fitted), rows, tables, names);
    const context: MetricContext = data.streamed
      ? {} // clustering, which alone asks for inputs, is not streamed
      : { encoded: { data: takeRows(data.encoded, data.width, rows), width: data.width } };
    return spec.tasks.map((task) => {
      const kind = kindOf(task.coding);
      const truth = Float64Array.from(rows, (row) => data.truths[task.name]![row]!);
      const prediction = kind.toPrediction(task.coding, { data: predicted[task.name]! });
      return { task, truth, prediction, metrics: kind.score(truth, prediction, context), context };
    });
  } finally {
    await applier.close();
  }
}

/** How many rows decide a task's metrics: the labelled ones, or all rows for a task that needs no labels. */
export function scoredRows({ task, truth }: ScoredTask): number {
  return kindOf(task.coding).supervised
    ? truth.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0)
    : truth.length;
}
