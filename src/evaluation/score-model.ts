import { kindOf } from "../tasks/index.js";
import type { MetricContext, Prediction, Task, Truth } from "../tasks/task-kind.js";
import type { Fitted } from "../training/fitted.js";
import type { Runtime } from "../runtime/runtime.js";
import { openApplier } from "../training/applier.js";
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

/** Predicts rows with a fitted model and scores every task. */
export async function scoreModel(
  fitted: Fitted,
  data: TrainingData,
  rows: Int32Array,
  runtime: Runtime,
): Promise<ScoredTask[]> {
  const { spec } = fitted;
  const applier = await openApplier(runtime, spec, fitted.layout, data);
  try {
    const fetch = spec.tasks.map(({ name }) => `predict.${name}`);
    const { outputs } = await applier.apply(fitted.parameters, rows, labelTables(spec, data), fetch);
    const context: MetricContext = data.streamed
      ? {} // clustering, which alone asks for inputs, is not streamed
      : { encoded: { data: takeRows(data.encoded, data.width, rows), width: data.width } };
    return spec.tasks.map((task, i) => {
      const kind = kindOf(task.coding);
      const truth = Float64Array.from(rows, (row) => data.truths[task.name]![row]!);
      const prediction = kind.toPrediction(task.coding, { data: outputs[fetch[i]!]! });
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
