import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scoreModel } from "../src/evaluation/score-model.js";
import { type ModelSpec, singleTaskSpec } from "../src/model/spec.js";
import { canonicalJson } from "../src/run/index.js";
import type { Runtime } from "../src/runtime/runtime.js";
import { aloneBudget, sharedBudget, trainRowsOf } from "../src/study/budget-of.js";
import { chooseMethods } from "../src/study/choose-methods.js";
import { chooseNumbers } from "../src/study/choose-numbers.js";
import { fitOptionsOf, specOf, withPlainest } from "../src/study/fit-plan.js";
import type { StudyOptions } from "../src/study/options.js";
import { inspectForStudy, planStudy } from "../src/study/plan.js";
import { type PreparedStudy, prepareStudy } from "../src/study/prepare.js";
import type { PartialStudy } from "../src/study/schema.js";
import { withDefaults } from "../src/study/schema-complete.js";
import { EarlyStopping } from "../src/training/early-stopping.js";
import { fit } from "../src/training/fit.js";
import type { FitOptions, Fitted } from "../src/training/fitted.js";
import { bestEpochsOf, keptLosses } from "../src/training/snapshots.js";
import { type TrainingData, labelCounts, withoutOtherLabels } from "../src/training/training-data.js";
import { PART, type PeerTarget, type QualitySet } from "./quality-sets.js";

/** What one training of a set reached. */
export interface QualityResult {
  /** Each target's metric on the test rows. */
  readonly targets: Readonly<Record<string, number>>;
  /** Early stopping's criterion in the best epoch: mean validation loss relative to that of a trivial model. */
  readonly validation: number;
  readonly bestEpoch: number;
  /** The epoch that each target keeps, where they are not all one. */
  readonly bestEpochs?: Readonly<Record<string, number>>;
  readonly epochs: number;
  /** Processor time of training, with the second training, of all threads. */
  readonly cpuSeconds: number;
  readonly seconds: number;
  /** Each target's metric of a model of it alone; absent unless asked for. */
  readonly alone?: Readonly<Record<string, number>>;
}

/** What is trained beside the default's settings. */
export interface QualityOptions {
  /** Settings in place of the defaults. */
  readonly study: PartialStudy;
  /** Whether each target is trained alone as well. */
  readonly alone: boolean;
}

function studyOf(set: QualitySet, seed: number, study: PartialStudy): StudyOptions {
  const partial = {
    ...study,
    data: set.name,
    tasks: set.tasks,
    ignore: set.ignore,
    seed,
    split: { kind: "column", column: PART },
  };
  return withDefaults(partial as never);
}

/** A set encoded, with the model and the options that it is fitted with. */
export async function preparedSet(
  set: QualitySet,
  seed: number,
  study: PartialStudy,
  runtime: Runtime,
): Promise<{ spec: ModelSpec; data: TrainingData; options: FitOptions }> {
  const options = withPlainest(studyOf(set, seed, study));
  const plan = planStudy(inspectForStudy(set.table, options), options);
  const prepared = await prepareStudy(plan, options, runtime);
  const shared = sharedBudget(options, trainRowsOf(prepared));
  const spec = specOf(options, plan.tasks, prepared, shared);
  return { spec, data: prepared.data, options: fitOptionsOf(options, plan.tasks, shared) };
}

/** Trains a set with one seed, or reads what an earlier call found with the same options. */
export async function qualityOf(
  set: QualitySet,
  seed: number,
  { study, alone }: QualityOptions,
  runtime: Runtime,
): Promise<QualityResult> {
  const options = studyOf(set, seed, study);
  const digest = createHash("sha256").update(canonicalJson({ options, alone })).digest("hex").slice(0, 24);
  const folder = process.env["KINDRED_BENCH_FOLDER"] ?? join(tmpdir(), "kindred-quality");
  const file = join(folder, `${set.name}-${seed}-${digest}.json`);
  if (existsSync(file)) return JSON.parse(await readFile(file, "utf8")) as QualityResult;
  const result = await train(set, options, alone, runtime);
  await mkdir(folder, { recursive: true });
  await writeFile(`${file}.part`, JSON.stringify({ study, ...result }));
  await rename(`${file}.part`, file);
  return result;
}

async function train(
  set: QualitySet,
  given: StudyOptions,
  alone: boolean,
  runtime: Runtime,
): Promise<QualityResult> {
  const plan = planStudy(inspectForStudy(set.table, given), given);
  const first = await prepareStudy(plan, given, runtime);
  const settled = await chooseMethods(given, { planned: plan.tasks, prepared: first, runtime });
  const { options } = settled;
  const { prepared } = await chooseNumbers(plan, first, settled, { runtime });
  const { data } = prepared;
  const rows = trainRowsOf(prepared);
  const shared = sharedBudget(options, rows);
  const spec = specOf(options, plan.tasks, prepared, shared);
  const before = process.cpuUsage();
  const fitted = await fit(spec, data, fitOptionsOf(options, plan.tasks, shared), runtime);
  const { user, system } = process.cpuUsage(before);
  const singles: Record<string, number> = {};
  if (alone) {
    for (const [t, task] of spec.tasks.entries()) {
      const own = { ...prepared, data: withoutOtherLabels(data, task.name) };
      const budget = fitOptionsOf(options, plan.tasks, aloneBudget(options, shared, rows, task.name));
      const one = await fit(singleTaskSpec(spec, t), own.data, budget, runtime);
      Object.assign(singles, await scores(set, one, own, runtime));
    }
  }
  return {
    targets: await scores(set, fitted, prepared, runtime),
    validation: criterion(fitted, prepared),
    bestEpoch: fitted.bestEpoch,
    ...(fitted.further && { bestEpochs: bestEpochsOf(fitted) }),
    epochs: fitted.epochs.length,
    cpuSeconds: (user + system) / 1e6,
    seconds: fitted.seconds,
    ...(alone && { alone: singles }),
  };
}

/** The criterion of early stopping in the epochs that are kept. */
function criterion(fitted: Fitted, { data }: PreparedStudy): number {
  const { spec } = fitted;
  const labelled = labelCounts(spec, data, data.split.validation);
  const stopping = new EarlyStopping(spec, { patience: 1, from: 1, labelled });
  stopping.see(1, keptLosses(fitted), new Float32Array());
  return stopping.state.best!.loss;
}

async function scores(
  set: QualitySet,
  fitted: Fitted,
  { data }: PreparedStudy,
  runtime: Runtime,
): Promise<Record<string, number>> {
  const scored = await scoreModel(fitted, data, data.split.test, runtime);
  return Object.fromEntries(
    scored.map(({ task, truth, metrics }) => {
      const target = set.targets.find(({ name }) => name === task.name)!;
      return [task.name, metricOf(target, metrics, truth, trainedMean(data, task.name))];
    }),
  );
}

function metricOf(
  { metric }: PeerTarget,
  metrics: Readonly<Record<string, number>>,
  truth: Float64Array,
  mean: number,
): number {
  if (metric === "AUC") return metrics["roc-auc"]!;
  if (metric === "accuracy") return metrics["accuracy"]!;
  const errors = [...truth].filter((value) => !Number.isNaN(value)).map((value) => (value - mean) ** 2);
  return metrics["rmse"]! / Math.sqrt(errors.reduce((sum, x) => sum + x, 0) / errors.length);
}

/** The mean label of all rows that are not test rows. */
function trainedMean({ truths, split }: PreparedStudy["data"], task: string): number {
  const labels = [...split.train, ...split.validation]
    .map((row) => truths[task]![row]!)
    .filter((value) => !Number.isNaN(value));
  return labels.reduce((sum, value) => sum + value, 0) / labels.length;
}
