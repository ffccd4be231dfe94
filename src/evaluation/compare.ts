import { seededRandom } from "../base/random.js";
import { type ModelSpec, singleTaskSpec } from "../model/spec.js";
import type { Runtime } from "../runtime/runtime.js";
import { kindOf } from "../tasks/index.js";
import { type ResumePoint, resumePoint } from "../training/checkpoint.js";
import type { Checkpointing } from "../training/checkpoint-store.js";
import { fit } from "../training/fit.js";
import type { FitHooks, FitOptions, Fitted } from "../training/fitted.js";
import { type TrainingData, withoutOtherLabels } from "../training/training-data.js";
import { pairedBootstrap } from "./bootstrap.js";
import { deltaM, percentGain } from "./delta-m.js";
import { type ScoredTask, scoreModel, scoredRows } from "./score-model.js";
import { type Verdict, verdict } from "./verdict.js";

/** Multi-task against single-task training for one task, on the same test rows. */
export interface TaskComparison {
  readonly task: string;
  readonly primary: { readonly metric: string; readonly label: string; readonly better: "lower" | "higher" };
  readonly multi: Readonly<Record<string, number>>;
  readonly single: Readonly<Record<string, number>>;
  /** Positive where multi-task is better; `percent` is relative to the single-task value. */
  readonly gain: {
    readonly value: number;
    readonly low: number;
    readonly high: number;
    readonly percent: number;
  };
  readonly verdict: Verdict;
  readonly testRows: number;
}

/** All models of a study and what their comparison says. */
export interface Comparison {
  readonly multi: Fitted;
  readonly single: Readonly<Record<string, Fitted>>;
  readonly tasks: readonly TaskComparison[];
  /** Predictions of the multi-task model on test rows. */
  readonly scored: readonly ScoredTask[];
  readonly deltaM: number;
}

/** Resamples and coverage of every interval. */
export const BOOTSTRAP = { resamples: 2000, level: 0.95 } as const;

/** One model of a study that goes on from a checkpoint; `model` is `multi-task` or the task of a baseline. */
export interface ResumedModel extends ResumePoint {
  readonly model: string;
}

/** What a caller may watch; `model` is `multi-task` or the task of a baseline. */
export interface CompareHooks {
  readonly hooksFor?: (model: string) => FitHooks;
  readonly onTrained?: (model: string, fitted: Fitted) => void;
  readonly signal?: AbortSignal;
  /** The budget of a single-task baseline; that of the study when absent. */
  readonly aloneOptions?: (task: string) => FitOptions;
  /** How the fit of this key is kept: `together`, or `alone: <task>`. */
  readonly checkpointFor?: (key: string) => Checkpointing;
  /** Told before training which of all models were kept. */
  readonly onResume?: (kept: readonly ResumedModel[], all: readonly string[]) => void;
}

/** Name of the shared model in events and records. */
export const MULTI_TASK = "multi-task";

/**
 * Trains the multi-task model and, for every task, the same model for that task alone on the same split, with the same
 * budget or one of its own; then compares them on test rows. A single task is trained once. Models train side by side, one per runtime worker.
 *
 * @throws {KindredError} as fitting does; {ConfigError} before any training if a checkpoint belongs to another study.
 */
export async function compare(
  spec: ModelSpec,
  data: TrainingData,
  options: FitOptions,
  runtime: Runtime,
  hooks: CompareHooks = {},
): Promise<Comparison> {
  const alone = spec.tasks.map(({ name }, t) => ({
    key: `alone: ${name}`,
    model: name,
    spec: singleTaskSpec(spec, t),
    options: hooks.aloneOptions?.(name) ?? options,
  }));
  // one task by itself is its own baseline: the same model from the same start
  const jobs = [{ key: "together", model: MULTI_TASK, spec, options }, ...(alone.length > 1 ? alone : [])];
  const dataOf = ({ tasks }: ModelSpec): TrainingData =>
    tasks.length === 1 ? withoutOtherLabels(data, tasks[0]!.name) : data;
  const kept = await keptModels(jobs, { dataOf, runtime }, hooks);
  hooks.onResume?.(
    kept,
    jobs.map(({ model }) => model),
  );
  const fitted = await sideBySide(jobs, runtime.workers, async (job) => {
    const found = await fit(job.spec, dataOf(job.spec), job.options, runtime, {
      ...(hooks.signal && { signal: hooks.signal }),
      ...(hooks.checkpointFor && { checkpoint: hooks.checkpointFor(job.key) }),
      ...hooks.hooksFor?.(job.model),
    });
    hooks.onTrained?.(job.model, found);
    return found;
  });
  const [multi, ...others] = fitted as [Fitted, ...Fitted[]];
  const singles = others.length > 0 ? others : [multi];
  const scored = await scoreModel(multi, data, data.split.test, runtime);
  const tasks: TaskComparison[] = [];
  for (const [t, together] of scored.entries()) {
    const own = dataOf(singles[t]!.spec);
    const [alone] = await scoreModel(singles[t]!, own, data.split.test, runtime);
    tasks.push(compareTask(together, alone!, options.seed));
  }
  return {
    multi,
    single: Object.fromEntries(spec.tasks.map(({ name }, t) => [name, singles[t]!])),
    tasks,
    scored,
    deltaM: deltaM(tasks.map(({ gain }) => gain.percent)),
  };
}

/** Where each kept model goes on. */
async function keptModels(
  jobs: readonly {
    readonly key: string;
    readonly model: string;
    readonly spec: ModelSpec;
    readonly options: FitOptions;
  }[],
  { dataOf, runtime }: { readonly dataOf: (spec: ModelSpec) => TrainingData; readonly runtime: Runtime },
  { checkpointFor }: CompareHooks,
): Promise<ResumedModel[]> {
  if (!checkpointFor) return [];
  const found: ResumedModel[] = [];
  for (const { key, model, spec, options } of jobs) {
    const point = await resumePoint({ spec, data: dataOf(spec), options, runtime }, checkpointFor(key));
    if (point) found.push({ model, ...point });
  }
  return found;
}

/** The paired comparison of one task. */
export function compareTask(together: ScoredTask, alone: ScoredTask, seed: number): TaskComparison {
  const { task } = together;
  const kind = kindOf(task.coding);
  const primary = kind.metrics.find(({ name }) => name === kind.primary)!;
  const interval = pairedBootstrap({
    multi: kind.contributions(together.truth, together.prediction, together.context),
    single: kind.contributions(alone.truth, alone.prediction, alone.context),
    better: primary.better,
    ...BOOTSTRAP,
    random: seededRandom(seed, `bootstrap/${task.name}`),
  });
  const scale = kind.relative ?? { better: primary.better, of: (metric: number): number => metric };
  const pair = {
    multi: scale.of(together.metrics[primary.name]!),
    single: scale.of(alone.metrics[primary.name]!),
    better: scale.better,
  };
  return {
    task: task.name,
    primary: { metric: primary.name, label: primary.label, better: primary.better },
    multi: together.metrics,
    single: alone.metrics,
    gain: { value: interval.gain, low: interval.low, high: interval.high, percent: percentGain(pair) },
    verdict: verdict(interval),
    testRows: scoredRows(together),
  };
}

/** Runs jobs in order, at most `limit` at a time; the first failure stops the rest from starting. */
async function sideBySide<J, R>(
  jobs: readonly J[],
  limit: number,
  work: (job: J) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let failed = false;
  const lane = async (): Promise<void> => {
    while (next < jobs.length && !failed) {
      const index = next++;
      try {
        results[index] = await work(jobs[index]!);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(limit, jobs.length) }, lane));
  const broken = lanes.find((result) => result.status === "rejected");
  if (broken) throw broken.reason;
  return results;
}
