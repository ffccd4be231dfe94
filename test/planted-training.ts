import type { Family, PlantedTask } from "../src/data/synthetic/index.js";
import type { ModelSpec, SharingChoice } from "../src/model/spec.js";
import { parseLink } from "../src/relations/links.js";
import type { Runtime } from "../src/runtime/runtime.js";
import type { Task } from "../src/tasks/task-kind.js";
import { openApplier } from "../src/training/applier.js";
import { fit } from "../src/training/fit.js";
import type { FitOptions } from "../src/training/fitted.js";
import { type TrainingData, labelTables } from "../src/training/training-data.js";
import { PLAIN } from "./fixtures/plain-model.js";

/** A planted family and the model that is trained on it. */
export interface Setting {
  readonly family: (seed: number) => Family;
  readonly model?: Partial<ModelSpec>;
  readonly fit?: Partial<FitOptions>;
}

/** As a study of such a size trains by default. */
const BUDGET: Omit<FitOptions, "seed"> = {
  optimizer: "adamw",
  balancer: "equal",
  epochs: 100,
  patience: 15,
  batch: 32,
  learningRate: 0.003,
  weightDecay: 3e-4,
  warmup: 0.1,
  clip: 1,
  dropout: 0.1,
  refit: false,
};

/**
 * Trains a model of a way of sharing on the family of a seed.
 *
 * @returns the mean over tasks of the test losses, with the parameters that were best on validation rows.
 */
export async function plantedTestLoss(
  runtime: Runtime,
  setting: Setting,
  sharing: SharingChoice,
  seed: number,
): Promise<number> {
  const family = setting.family(seed);
  const data = dataOf(family);
  const tasks = Object.entries(family.truth.tasks).map(([name, task]) => ({
    name,
    coding: codingOf(task, data.split.train.length),
  }));
  const names = tasks.map(({ name }) => name);
  const spec: ModelSpec = {
    ...PLAIN,
    initializer: "fan-in-uniform",
    inputs: data.width,
    trunk: [16],
    embedding: 0,
    ...setting.model,
    tasks,
    links: family.relations.map((text) => parseLink(text, names)),
    sharing,
  };
  const fitted = await fit(spec, data, { ...BUDGET, ...setting.fit, seed }, runtime);
  const applier = await openApplier(runtime, fitted.spec, fitted.layout, data);
  const { losses } = await applier.apply(fitted.parameters, data.split.test, labelTables(spec, data));
  await applier.close();
  return Object.values(losses).reduce((sum, loss) => sum + loss, 0) / tasks.length;
}

/** A coding as a study makes it: planted scores have mean 0 and a variance of 1 + noise². */
function codingOf({ kind, classes, noise }: PlantedTask, labelled: number): Task["coding"] {
  if (kind === "regression") return { kind, mean: 0, deviation: Math.hypot(1, noise), labelled };
  if (kind === "binary")
    return { kind, classes: [...classes], classType: "string", priors: [0.5, 0.5], labelled };
  throw new Error(`no coding for ${kind}`);
}

/** Encoded rows of a family: three fifths for training, a fifth each for validation and test. */
function dataOf({ rows, inputs, truth }: Family): TrainingData {
  const part = (from: number, to: number): Int32Array =>
    Int32Array.from({ length: Math.round(rows.length * (to - from)) }, (_, i) => rows.length * from + i);
  const truthOf = (name: string, { kind, classes }: PlantedTask): Float64Array =>
    Float64Array.from(rows, (row) => {
      const label = row[name];
      if (label === null) return Number.NaN;
      return kind === "regression" ? Number(label) : classes.indexOf(String(label));
    });
  return {
    rows: rows.length,
    width: inputs.length,
    encoded: Float32Array.from(rows.flatMap((row) => inputs.map((name) => Number(row[name])))),
    truths: Object.fromEntries(
      Object.entries(truth.tasks).map(([name, task]) => [name, truthOf(name, task)]),
    ),
    split: { train: part(0, 0.6), validation: part(0.6, 0.8), test: part(0.8, 1) },
  };
}
