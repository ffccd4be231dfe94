import { mean, sampleStandardDeviation } from "simple-statistics";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PLAIN } from "../../test/fixtures/plain-model.js";
import { seededRandom } from "../base/random.js";
import { scoreModel } from "../evaluation/score-model.js";
import { type ModelSpec, singleTaskSpec } from "../model/spec.js";
import { nodeRuntime } from "../runtime/node.js";
import type { Runtime } from "../runtime/runtime.js";
import { openApplier } from "./applier.js";
import { stateOf } from "./checkpoint-state.js";
import { fit } from "./fit.js";
import type { FitOptions, Fitted } from "./fitted.js";
import { bestEpochsOf, keptLosses, snapshotsOf } from "./snapshots.js";
import { type TrainingData, labelTables } from "./training-data.js";

const ROWS = 260;
const TASKS = ["amount", "label", "level"] as const;

/** A number whose coding validation rows complete, its child, and a number of hardly any signal, soon learned by heart. */
const spec: ModelSpec = {
  inputs: 4,
  tasks: [
    {
      name: "amount",
      coding: {
        kind: "regression",
        transform: { kind: "yeo-johnson", lambda: 0.5, unit: 1, low: -9, high: 9 },
        mean: 0,
        deviation: 1,
        labelled: 60,
      },
    },
    {
      name: "label",
      coding: { kind: "binary", classes: ["n", "y"], classType: "string", priors: [0.5, 0.5], labelled: 60 },
    },
    { name: "level", coding: { kind: "regression", mean: 0, deviation: 1, labelled: 60 } },
  ],
  links: [{ kind: "parent-child", from: "amount", to: "label" }],
  trunk: [24],
  ...PLAIN,
  members: 2,
};
const together: FitOptions = {
  optimizer: "adamw",
  balancer: "uncertainty",
  epochs: 24,
  patience: 24,
  batch: 16,
  learningRate: 0.04,
  weightDecay: 1e-4,
  warmup: 0.1,
  clip: 1,
  dropout: 0.1,
  refit: false,
  seed: 4,
};
const perTask: FitOptions = { ...together, stopping: "per-task" };

function tableOf(): TrainingData {
  const random = seededRandom(3, "per-task");
  const encoded = Float32Array.from({ length: ROWS * 4 }, () => random.normal());
  const column = (of: (x: Float32Array) => number): Float64Array =>
    Float64Array.from({ length: ROWS }, (_, row) => of(encoded.subarray(row * 4, row * 4 + 4)));
  const part = (from: number, to: number): Int32Array =>
    Int32Array.from({ length: to - from }, (_, i) => from + i);
  return {
    rows: ROWS,
    width: 4,
    encoded,
    truths: {
      amount: column(([x, y]) => x! - y! + 0.2 * random.normal()),
      label: column(([x, , z]) => (x! + z! + random.normal() > 0 ? 1 : 0)),
      level: column(([x]) => 0.2 * x! + random.normal()),
    },
    split: { train: part(0, 60), validation: part(60, 220), test: part(220, 260) },
  };
}
const data = tableOf();

/** The same table, but that only one task has validation labels: early stopping then hears no other. */
const heard = (task: string): TrainingData => ({
  ...data,
  truths: Object.fromEntries(
    Object.entries(data.truths).map(([name, truth]) => [
      name,
      truth.map((x, row) => (name !== task && data.split.validation.includes(row) ? Number.NaN : x)),
    ]),
  ),
});

let runtime: Runtime;
let fitted: Fitted;
beforeAll(async () => {
  runtime = await nodeRuntime({ workers: 1 });
  fitted = await fit(spec, data, perTask, runtime);
});
afterAll(() => runtime.close());

const parametersOf = (model: Fitted, task: string): Float32Array =>
  snapshotsOf(model).find(({ tasks }) => tasks.includes(task))!.parameters;

const first = (losses: readonly number[]): number => losses.indexOf(Math.min(...losses)) + 1;
/** The best epoch of each task by its own losses, and by the mean of all of them. */
function bestOf({ epochs }: Fitted): Readonly<Record<string, number>> {
  const relative = epochs.map(({ validation }) => ({
    ...validation,
    mean: validation["amount"]! + validation["level"]! + validation["label"]! / Math.log(2),
  }));
  return Object.fromEntries(
    [...TASKS, "mean"].map((name) => [name, first(relative.map((losses) => losses[name as "mean"]))]),
  );
}

/** The mean of what a task loses less in each validation row with some parameters than with others, in standard errors. */
async function lowerBy(task: string, lower: Float32Array, than: Float32Array): Promise<number> {
  const applier = await openApplier(runtime, spec, fitted.layout, data);
  const tables = labelTables(spec, data);
  const differences: number[] = [];
  for (const row of data.split.validation) {
    const [a, b] = [
      await applier.apply(lower, Int32Array.of(row), tables),
      await applier.apply(than, Int32Array.of(row), tables),
    ];
    differences.push(b.losses[task]! - a.losses[task]!);
  }
  await applier.close();
  return mean(differences) / (sampleStandardDeviation(differences) / Math.sqrt(differences.length));
}

describe("a fit whose tasks keep epochs of their own", () => {
  it("keeps different epochs of one training, that of the most tasks first, each task once", () => {
    const snapshots = snapshotsOf(fitted);
    expect(snapshots.length).toBeGreaterThan(1);
    expect(new Set(snapshots.map(({ epoch }) => epoch)).size).toBe(snapshots.length);
    expect(snapshots.flatMap(({ tasks }) => tasks).toSorted()).toEqual([...TASKS]);
    const counts = snapshots.map(({ tasks }) => tasks.length);
    expect(counts).toEqual(counts.toSorted((a, b) => b - a));
    expect([fitted.bestEpoch, fitted.parameters]).toEqual([snapshots[0]!.epoch, snapshots[0]!.parameters]);
  });

  it("keeps for a task what a training keeps which stops by it alone if that is clearly better, else what one for all does", async () => {
    const one = await fit(spec, data, together, runtime);
    const left: string[] = [];
    for (const [t, task] of TASKS.entries()) {
      const own = await fit(spec, heard(task), together, runtime);
      const clear = (await lowerBy(task, own.parameters, one.parameters)) > 2;
      const wanted = clear ? own : one;
      if (clear) left.push(task);
      expect(bestEpochsOf(fitted)[task]).toBe(wanted.bestEpoch);
      expect(parametersOf(fitted, task)).toEqual(wanted.parameters);
      expect(fitted.spec.tasks[t]).toEqual(wanted.spec.tasks[t]); // with what its own predictions add to its coding
      const rows = data.split.test;
      const [mixed, alone] = [
        await scoreModel(fitted, data, rows, runtime),
        await scoreModel(wanted, data, rows, runtime),
      ];
      expect(mixed[t]!.prediction).toEqual(alone[t]!.prediction);
    }
    expect(left.length).toBeGreaterThan(0);
    expect(left.length).toBeLessThan(TASKS.length);
  });

  it("loses on validation rows what every task lost in the epoch that it keeps", async () => {
    const applier = await openApplier(runtime, fitted.spec, fitted.layout, data);
    for (const task of TASKS) {
      const loss = fitted.epochs[bestEpochsOf(fitted)[task]! - 1]!.validation[task]!;
      const tables = labelTables(fitted.spec, data);
      const found = await applier.apply(parametersOf(fitted, task), data.split.validation, tables);
      expect(found.losses[task]).toBe(loss);
      expect(keptLosses(fitted)[task]).toBe(loss);
    }
    await applier.close();
  });

  it("loses no more of any task than one epoch for all of an equally long training", async () => {
    const one = await fit(spec, data, together, runtime);
    expect(fitted.epochs).toEqual(one.epochs);
    for (const task of TASKS) expect(keptLosses(fitted)[task]).toBeLessThanOrEqual(keptLosses(one)[task]!);
    expect(one.further).toBeUndefined();
  });

  it("goes on until neither the mean nor any task has got better for as long as patience lasts", async () => {
    const patient = await fit(spec, data, { ...perTask, epochs: 60, patience: 4 }, runtime);
    expect(patient.epochs).toHaveLength(Math.max(...Object.values(bestOf(patient))) + 4);
  });

  it("is for one task what one epoch for all is, to the byte", async () => {
    const alone = singleTaskSpec(spec, 2);
    const [own, one] = [
      await fit(alone, data, { ...perTask, patience: 3 }, runtime),
      await fit(alone, data, { ...together, patience: 3 }, runtime),
    ];
    expect({ ...own, seconds: 0 }).toEqual({ ...one, seconds: 0 });
  });

  it("trains a second time to each of these epochs, for the common one as for all tasks together", async () => {
    const after = new Map<string, Float32Array>();
    const save = async (bytes: Uint8Array): Promise<void> => {
      const { state } = stateOf(bytes);
      if (state.phase !== "refit") return;
      const { epoch, step, carried, taken = [] } = state.training;
      after.set(`${taken.length} ${epoch} ${step}`, carried["parameters"]!.data as Float32Array);
    };
    const checkpoint = { store: { save, load: async () => undefined }, everyMs: 0 };
    const refitted = await fit(spec, data, { ...perTask, refit: true }, runtime, { checkpoint });
    const steps = Math.ceil(220 / 16);
    const snapshots = snapshotsOf(refitted);
    expect(bestEpochsOf(refitted)).toEqual(bestEpochsOf(fitted));
    expect(refitted.epochs).toEqual(fitted.epochs);
    expect(refitted.steps).toBe(fitted.steps + steps * snapshots.reduce((sum, { epoch }) => sum + epoch, 0));
    for (const [i, { epoch, parameters }] of snapshots.entries())
      expect(parameters).toEqual(after.get(`${i} ${epoch} ${steps}`));
    const one = await fit(spec, data, { ...together, refit: true }, runtime);
    expect(snapshots.find(({ epoch }) => epoch === one.bestEpoch)!.parameters).toEqual(one.parameters);
  });
});
