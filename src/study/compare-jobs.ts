import { createHash } from "node:crypto";
import { nowMs } from "../base/clock.js";
import { NumericError } from "../base/errors.js";
import { quantile } from "../base/sorted.js";
import { scoreModel } from "../evaluation/score-model.js";
import { singleTaskSpec } from "../model/spec.js";
import { canonicalJson } from "../run/index.js";
import type { KeptResult } from "../run/comparison-folder.js";
import type { Runtime } from "../runtime/runtime.js";
import { fit } from "../training/fit.js";
import type { FitOptions, Fitted } from "../training/fitted.js";
import { bestEpochsOf, keptLosses } from "../training/snapshots.js";
import { withoutOtherLabels } from "../training/training-data.js";
import { aloneBudget, sharedBudget, trainRowsOf } from "./budget-of.js";
import { chooseMethods } from "./choose-methods.js";
import type { SeedStudy } from "./compare-seeds.js";
import { type SettledOptions, fitOptionsOf, specOf } from "./fit-plan.js";
import { finiteOrNull, nullable } from "./nullable.js";
import type { StudyOptions } from "./options.js";
import { type Variant, studyOfVariant } from "./variants.js";

/** One training of a comparison. */
export interface ComparisonJob {
  /** Its name among the files of the comparison. */
  readonly name: string;
  /** A digest of all that decides its result beside study, table and version. */
  readonly key: string;
  readonly of: "variant" | "task";
  /** The variant, or the task of a single-task model. */
  readonly what: string;
  readonly seed: number;
  /** Trains and scores on test rows. A variant that diverges has a result that says so; a single-task model throws. */
  train(study: SeedStudy, runtime: Runtime, signal: AbortSignal | undefined): Promise<KeptResult>;
}

/**
 * Every training of a comparison, seed by seed: the variants, then each task alone by the study's own settings with equal
 * weights, which one task by itself has in any case.
 */
export function comparisonJobs(
  tasks: readonly { readonly name: string }[],
  options: StudyOptions,
  variants: readonly Variant[],
  seeds: readonly number[],
): ComparisonJob[] {
  const varied = variants.map((variant) => ({ ...variant, study: studyOfVariant(options, variant) }));
  const alone: SettledOptions = {
    ...options,
    balance: "equal",
    balancing: { options: {}, heads: "auto" },
    sharing: { ...options.sharing, architecture: "hard", options: {} },
  };
  return seeds.flatMap((seed) => [
    ...varied.map(({ name, study, weights }): ComparisonJob => {
      const key = digest({ seed, variant: settingsOf(study), ...(weights && { weights }) });
      const train: ComparisonJob["train"] = (given, runtime, signal) =>
        trainVariant({ ...study, seed }, given, { key, runtime, signal });
      return { name: fileName(seed, name), key, of: "variant", what: name, seed, train };
    }),
    ...tasks.map(({ name }): ComparisonJob => {
      const key = digest({ seed, task: name, alone: settingsOf(alone) });
      const train: ComparisonJob["train"] = (given, runtime, signal) =>
        trainAlone(name, { ...alone, seed }, given, { key, runtime, signal });
      return { name: fileName(seed, name, "alone-"), key, of: "task", what: name, seed, train };
    }),
  ]);
}

/** What a variant may set. */
const settingsOf = ({ balance, balancing, sharing, sampling, budget, relations }: StudyOptions): unknown => ({
  balance,
  balancing,
  sharing,
  sampling,
  budget,
  relations,
});

const digest = (value: unknown): string =>
  createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, 32);

function fileName(seed: number, name: string, kind = ""): string {
  const readable = name.replaceAll(/[^A-Za-z0-9]+/g, "-").slice(0, 40);
  return `${seed}-${kind}${readable}-${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
}

interface Training {
  readonly key: string;
  readonly runtime: Runtime;
  readonly signal: AbortSignal | undefined;
}

async function trainVariant(
  given: StudyOptions,
  { plan, prepared }: SeedStudy,
  { key, runtime, signal }: Training,
): Promise<KeptResult> {
  const { options } = await chooseMethods(given, {
    planned: plan.tasks,
    prepared,
    runtime,
    ...(signal && { signal }),
  });
  const budget = sharedBudget(options, trainRowsOf(prepared));
  const spec = specOf(options, plan.tasks, prepared, budget);
  const { data } = prepared;
  try {
    const { fitted, stepMs } = await timedFit(
      spec,
      data,
      fitOptionsOf(options, plan.tasks, budget),
      runtime,
      signal,
    );
    return resultOf(key, fitted, stepMs, await scoreModel(fitted, data, data.split.test, runtime));
  } catch (error) {
    if (!(error instanceof NumericError)) throw error;
    return { key, metrics: {}, seconds: 0, stepMs: null, epochs: 0, failed: error.message };
  }
}

async function trainAlone(
  task: string,
  options: SettledOptions,
  { plan, prepared }: SeedStudy,
  { key, runtime, signal }: Training,
): Promise<KeptResult> {
  const rows = trainRowsOf(prepared);
  const shared = sharedBudget(options, rows);
  const spec = specOf(options, plan.tasks, prepared, shared);
  const at = spec.tasks.findIndex(({ name }) => name === task);
  // the split of this seed left the task nothing to learn
  if (at < 0) return { key, metrics: {}, seconds: 0, stepMs: null, epochs: 0 };
  const data = withoutOtherLabels(prepared.data, task);
  const own = fitOptionsOf(options, plan.tasks, aloneBudget(options, shared, rows, task));
  const { fitted, stepMs } = await timedFit(singleTaskSpec(spec, at), data, own, runtime, signal);
  return resultOf(key, fitted, stepMs, await scoreModel(fitted, data, data.split.test, runtime));
}

/** A fit with the median time of its steps, epochs with their validation divided by their steps, the first left out. */
async function timedFit(
  spec: Fitted["spec"],
  data: SeedStudy["prepared"]["data"],
  options: FitOptions,
  runtime: Runtime,
  signal: AbortSignal | undefined,
): Promise<{ fitted: Fitted; stepMs: number }> {
  const ends: number[] = [];
  const onEpoch = (): void => void ends.push(nowMs());
  const fitted = await fit(spec, data, options, runtime, { onEpoch, ...(signal && { signal }) });
  const { steps, seconds, epochs } = fitted;
  const last = Math.max(...Object.values(bestEpochsOf(fitted)));
  const perEpoch = steps / (epochs.length + (options.refit ? last : 0));
  const lengths = Float64Array.from(ends.slice(1), (end, i) => end - ends[i]!).sort();
  const stepMs = lengths.length > 0 ? quantile(lengths, 0.5) / perEpoch : (1000 * seconds) / steps;
  return { fitted, stepMs };
}

function resultOf(
  key: string,
  fitted: Fitted,
  stepMs: number,
  scored: Awaited<ReturnType<typeof scoreModel>>,
): KeptResult {
  const metrics = scored.map(({ task, metrics: own }) => [task.name, nullable(own)] as const);
  return {
    key,
    metrics: Object.fromEntries(metrics),
    seconds: fitted.seconds,
    stepMs: finiteOrNull(stepMs),
    epochs: fitted.epochs.length,
    validation: nullable(keptLosses(fitted)),
  };
}
