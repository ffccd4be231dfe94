import type { Comparison, CompareHooks } from "../evaluation/compare.js";
import { type PooledFolds, type ScoredFold, poolFolds } from "../evaluation/pool-folds.js";
import { fit } from "../training/fit.js";
import type { FitOptions, Fitted } from "../training/fitted.js";
import type { Runtime } from "../runtime/runtime.js";
import type { ModelSpec } from "../model/spec.js";
import { MULTI_TASK } from "../evaluation/compare.js";
import type { StudyHooks } from "./events.js";
import type { StudyOptions } from "./options.js";
import type { PlannedStudy } from "./plan.js";
import type { PreparedStudy } from "./prepare.js";

/** How each fold did. */
export interface CrossValidation {
  readonly folds: readonly ScoredFold[];
  readonly lines: PooledFolds["lines"];
}

/** What the folds of a study are trained with. */
export interface FoldTraining {
  /** Prepares a plan, fits and compares its models; `keyed` names the checkpoints of the fold. */
  readonly trainFold: (plan: PlannedStudy, keyed: (key: string) => string) => Promise<Comparison>;
  /** The model that is saved, already prepared. */
  readonly saved: {
    readonly spec: ModelSpec;
    readonly prepared: PreparedStudy;
    readonly fitOptions: FitOptions;
  };
  readonly runtime: Runtime;
  readonly hooks: CompareHooks;
  readonly onEvent?: StudyHooks["onEvent"];
}

/**
 * Cross-validates a study and trains the model that is saved.
 *
 * For each fold everything that is fitted is fitted anew on its training rows, its validation rows decide when training stops,
 * and the multi-task model and every baseline predict its held-out rows. The comparison is that of all out-of-fold predictions.
 * The saved model is trained on all rows but validation rows and is tested on none: its scores are estimated by those of the
 * folds, whose models had fewer rows. The baselines returned beside it are those of the first fold.
 */
export async function crossValidate(
  plan: PlannedStudy,
  options: StudyOptions,
  { trainFold, saved, runtime, hooks, onEvent }: FoldTraining,
): Promise<{ readonly comparison: Comparison; readonly crossValidation: CrossValidation }> {
  const folds = plan.folds!;
  const scored: ScoredFold[] = [];
  let single: Readonly<Record<string, Fitted>> = {};
  for (const [i, { repeat, fold, split }] of folds.entries()) {
    const of = options.split.folds ?? folds.length;
    const which = `fold ${fold + 1} of ${of}`;
    const detail = (options.split.repeats ?? 1) > 1 ? `repeat ${repeat + 1}, ${which}` : which;
    onEvent?.({ type: "stage", stage: "training", detail });
    const found = await trainFold({ ...plan, split }, (key) => `repeat ${repeat} fold ${fold}: ${key}`);
    if (i === 0) single = found.single;
    const { tasks, deltaM, scored: together, alone } = found;
    scored.push({ repeat, fold, rows: split.test, together, alone, tasks, deltaM });
  }
  onEvent?.({ type: "stage", stage: "training", detail: "the model that is saved, on all rows" });
  const multi = await fit(saved.spec, saved.prepared.data, saved.fitOptions, runtime, {
    ...(hooks.signal && { signal: hooks.signal }),
    ...(hooks.checkpointFor && { checkpoint: hooks.checkpointFor("together") }),
    ...hooks.hooksFor?.(MULTI_TASK),
  });
  hooks.onTrained?.(MULTI_TASK, multi);
  const pooled = poolFolds(scored, saved.prepared.tasks, plan.table.rows, options.seed);
  return {
    comparison: {
      multi,
      single,
      tasks: pooled.tasks,
      scored: pooled.scored,
      alone: [],
      deltaM: pooled.deltaM,
    },
    crossValidation: { folds: scored, lines: pooled.lines },
  };
}
