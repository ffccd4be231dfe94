import { sideBySide } from "../base/side-by-side.js";
import { type ModelSpec, singleTaskSpec } from "../model/spec.js";
import type { Runtime } from "../runtime/runtime.js";
import { type ResumePoint, resumePoint } from "../training/checkpoint.js";
import type { Checkpointing } from "../training/checkpoint-store.js";
import { fit } from "../training/fit.js";
import type { FitHooks, FitOptions, Fitted } from "../training/fitted.js";
import { type TrainingData, withoutOtherLabels } from "../training/training-data.js";
import { type TaskComparison, compareTask } from "./compare-task.js";
import { deltaM } from "./delta-m.js";
import { type ScoredTask, scoreModel } from "./score-model.js";

/** All models of a study and what their comparison says. */
export interface Comparison {
  readonly multi: Fitted;
  readonly single: Readonly<Record<string, Fitted>>;
  readonly tasks: readonly TaskComparison[];
  /** Predictions of the multi-task model on test rows. */
  readonly scored: readonly ScoredTask[];
  /** The same of the single-task baselines. */
  readonly alone: readonly ScoredTask[];
  readonly deltaM: number;
}

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
  /** The first training of the multi-task model, made before (see `FitHooks`). */
  readonly first?: Fitted;
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
  const trained = await sideBySide(jobs, runtime.workers, async (job): Promise<TrainedModel> => {
    const own = dataOf(job.spec);
    const fitted = await fit(job.spec, own, job.options, runtime, {
      ...(hooks.signal && { signal: hooks.signal }),
      ...(hooks.first && job.model === MULTI_TASK && { first: hooks.first }),
      ...(hooks.checkpointFor && { checkpoint: hooks.checkpointFor(job.key) }),
      ...hooks.hooksFor?.(job.model),
    });
    hooks.onTrained?.(job.model, fitted);
    return { fitted, scored: await scoreModel(fitted, own, own.split.test, runtime) };
  });
  const [multi, ...others] = trained as [TrainedModel, ...TrainedModel[]];
  const singles = others.length > 0 ? others : [multi];
  const scoredAlone = singles.map(({ scored: [own] }) => own!);
  const tasks = multi.scored.map((together, t) => compareTask(together, scoredAlone[t]!, options.seed));
  return {
    multi: multi.fitted,
    single: Object.fromEntries(spec.tasks.map(({ name }, t) => [name, singles[t]!.fitted])),
    tasks,
    scored: multi.scored,
    alone: scoredAlone,
    deltaM: deltaM(tasks.map(({ gain }) => gain.percent)),
  };
}

/** A model with its predictions of the test rows. */
interface TrainedModel {
  readonly fitted: Fitted;
  readonly scored: readonly ScoredTask[];
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
