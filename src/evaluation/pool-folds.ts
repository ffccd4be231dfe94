import { joinNumbers } from "../base/join-numbers.js";
import { kindOf } from "../tasks/index.js";
import type { Prediction, Task } from "../tasks/task-kind.js";
import type { Contributions } from "./bootstrap.js";
import { type TaskComparison, compareOutcomes } from "./compare-task.js";
import { deltaM } from "./delta-m.js";
import { type ScoredTask, scoredRows } from "./score-model.js";

/** The models of one fold on the rows that none of them has seen. */
export interface ScoredFold {
  /** Which of the repeats, from 0. */
  readonly repeat: number;
  /** Which fold of its repeat, from 0. */
  readonly fold: number;
  /** The held-out rows, numbers of the table. */
  readonly rows: Int32Array;
  /** The multi-task model, task by task. */
  readonly together: readonly ScoredTask[];
  /** The single-task baselines in the same order. */
  readonly alone: readonly ScoredTask[];
  /** The comparison on this fold's rows alone. */
  readonly tasks: readonly TaskComparison[];
  readonly deltaM: number;
}

/** All folds as one comparison. */
export interface PooledFolds {
  readonly tasks: readonly TaskComparison[];
  /** Out-of-fold predictions of the multi-task models, fold after fold: as many lines as all folds have held-out rows. */
  readonly scored: readonly ScoredTask[];
  readonly deltaM: number;
  /** By line of `scored`: row of the table, fold and repeat. */
  readonly lines: { readonly row: Int32Array; readonly fold: Int32Array; readonly repeat: Int32Array };
}

/**
 * Pools the out-of-fold predictions of a cross-validation and compares both models on them.
 *
 * Metrics are those of all predictions together. The interval is a paired bootstrap over rows, of which each contributes the mean
 * of what it gave in all repeats: rows are what is drawn from the world, while the folds of one table share most of their training
 * rows, so that a test that takes k · repeats scores for independent finds differences where there are none (Nadeau & Bengio
 * 2003, "Inference for the Generalization Error"). The interval is of the models as trained: it does not hold what other training
 * rows would have changed.
 *
 * @param tasks with the codings that classes are pooled in; a class that a fold's models do not know has probability 0 there.
 * @param rows of the table.
 */
export function poolFolds(
  folds: readonly ScoredFold[],
  tasks: readonly Task[],
  rows: number,
  seed: number,
): PooledFolds {
  const scored = tasks.map((task, t) =>
    pooled(
      task,
      folds.map(({ together }) => together[t]!),
    ),
  );
  const alone = tasks.map((task, t) =>
    pooled(
      task,
      folds.map((fold) => fold.alone[t]!),
    ),
  );
  const compared = tasks.map((task, t) =>
    compareOutcomes(
      task,
      {
        metrics: scored[t]!.metrics,
        contributions: byRow(folds, ({ together }) => together[t]!, rows),
      },
      { metrics: alone[t]!.metrics, contributions: byRow(folds, (fold) => fold.alone[t]!, rows) },
      { testRows: rowsTested(folds, t), seed },
    ),
  );
  const lines = folds.flatMap(({ rows: held, fold, repeat }) =>
    Array.from(held, (row) => ({ row, fold, repeat })),
  );
  return {
    tasks: compared,
    scored,
    deltaM: deltaM(compared.map(({ gain }) => gain.percent)),
    lines: {
      row: Int32Array.from(lines, ({ row }) => row),
      fold: Int32Array.from(lines, ({ fold }) => fold),
      repeat: Int32Array.from(lines, ({ repeat }) => repeat),
    },
  };
}

/** Rows that decide a task's metrics, each once: those of the first repeat. */
const rowsTested = (folds: readonly ScoredFold[], t: number): number =>
  folds.filter(({ repeat }) => repeat === 0).reduce((sum, { together }) => sum + scoredRows(together[t]!), 0);

/** What each row of the table contributes, averaged over the repeats that tested it; NaN where none did. */
function byRow(
  folds: readonly ScoredFold[],
  of: (fold: ScoredFold) => ScoredTask,
  rows: number,
): Contributions {
  const sums = new Float64Array(rows);
  const counts = new Int32Array(rows);
  let finish = (mean: number): number => mean;
  for (const fold of folds) {
    const { task, truth, prediction, context } = of(fold);
    const found = kindOf(task.coding).contributions(truth, prediction, context);
    finish = found.finish;
    fold.rows.forEach((row, i) => {
      if (!Number.isFinite(found.rows[i])) return;
      sums[row]! += found.rows[i]!;
      counts[row]! += 1;
    });
  }
  return { rows: sums.map((sum, row) => sum / counts[row]!), finish };
}

/** One task's predictions of all folds, one after the other. */
function pooled(task: Task, folds: readonly ScoredTask[]): ScoredTask {
  const kind = kindOf(task.coding);
  const truth = joinNumbers(folds.map((fold) => mappedTruth(task, fold)));
  const prediction = pooledPrediction(task, folds);
  const metrics = kind.supervised ? kind.score(truth, prediction, {}) : meanMetrics(folds);
  return { task, truth, prediction, metrics, context: {} };
}

function pooledPrediction(task: Task, folds: readonly ScoredTask[]): Prediction {
  const predictions = folds.map((fold) => fold.prediction);
  const { coding } = task;
  if (coding.kind === "regression") {
    return {
      kind: "regression",
      values: joinNumbers(
        predictions.map((one) => (one.kind === "regression" ? one.values : new Float64Array())),
      ),
    };
  }
  const classes = coding.kind === "clustering" ? coding.clusters : coding.classes.length;
  const shares = folds.map((fold) => {
    if (fold.prediction.kind === "regression") return new Float64Array();
    const { probabilities, classes: own } = fold.prediction;
    const places = placesOf(task, fold);
    const rows = probabilities.length / own;
    const mapped = new Float64Array(rows * classes);
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < own; k++) {
        const place = places(k);
        if (place >= 0) mapped[row * classes + place] = probabilities[row * own + k]!;
      }
    }
    return mapped;
  });
  return { kind: coding.kind, probabilities: joinNumbers(shares), classes };
}

/** Where a class of a fold's coding stands in the pooled one; −1 where it does not. */
function placesOf(task: Task, fold: ScoredTask): (k: number) => number {
  const [to, from] = [task.coding, fold.task.coding];
  if (!("classes" in to) || !("classes" in from)) {
    const most = to.kind === "clustering" ? to.clusters : 0;
    return (k) => (k < most ? k : -1);
  }
  const places = from.classes.map((label) => to.classes.indexOf(label));
  return (k) => places[k] ?? -1;
}

function mappedTruth(task: Task, fold: ScoredTask): Float64Array {
  if (!("classes" in task.coding)) return fold.truth;
  const place = placesOf(task, fold);
  return fold.truth.map((k) => (Number.isNaN(k) || place(k) < 0 ? Number.NaN : place(k)));
}

/** Mean of each metric over folds by their rows: the clusters of two folds have nothing to do with each other. */
function meanMetrics(folds: readonly ScoredTask[]): Record<string, number> {
  const all = folds.reduce((sum, { truth }) => sum + truth.length, 0);
  return Object.fromEntries(
    Object.keys(folds[0]?.metrics ?? {}).map((name) => [
      name,
      folds.reduce((sum, { metrics, truth }) => sum + (metrics[name]! * truth.length) / all, 0),
    ]),
  );
}
