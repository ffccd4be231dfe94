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

const ROWS = 100;
const TASKS = ["amount", "label", "level"] as const;

/** A number whose coding validation rows complete, its child, and a number of hardly any signal. */
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
  trunk: [8],
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
    split: { train: part(0, 60), validation: part(60, 80), test: part(80, 100) },
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

describe("a fit that keeps each task's own best epoch", () => {
  it("keeps different epochs of one training, that of the most tasks first, each task once", () => {
    const snapshots = snapshotsOf(fitted);
    expect(snapshots.length).toBeGreaterThan(1);
    expect(new Set(snapshots.map(({ epoch }) => epoch)).size).toBe(snapshots.length);
    expect(snapshots.flatMap(({ tasks }) => tasks).toSorted()).toEqual([...TASKS]);
    const counts = snapshots.map(({ tasks }) => tasks.length);
    expect(counts).toEqual(counts.toSorted((a, b) => b - a));
    expect([fitted.bestEpoch, fitted.parameters]).toEqual([snapshots[0]!.epoch, snapshots[0]!.parameters]);
  });

  it.each(TASKS)("keeps for %s the bytes that a training keeps which stops by it alone", async (task) => {
    const own = await fit(spec, heard(task), together, runtime);
    expect(bestEpochsOf(fitted)[task]).toBe(own.bestEpoch);
    expect(parametersOf(fitted, task)).toEqual(own.parameters);
    const t = TASKS.indexOf(task);
    expect(fitted.spec.tasks[t]).toEqual(own.spec.tasks[t]); // with what its own predictions add to its coding
    const rows = data.split.test;
    const [mixed, alone] = [
      await scoreModel(fitted, data, rows, runtime),
      await scoreModel(own, data, rows, runtime),
    ];
    expect(mixed[t]!.prediction).toEqual(alone[t]!.prediction);
  });

  it("loses on validation rows what every task lost in its own best epoch", async () => {
    const applier = await openApplier(runtime, fitted.spec, fitted.layout, data);
    for (const task of TASKS) {
      const losses = fitted.epochs.map(({ validation }) => validation[task]!);
      expect(bestEpochsOf(fitted)[task]).toBe(losses.indexOf(Math.min(...losses)) + 1);
      const tables = labelTables(fitted.spec, data);
      const found = await applier.apply(parametersOf(fitted, task), data.split.validation, tables);
      expect(found.losses[task]).toBe(Math.min(...losses));
      expect(keptLosses(fitted)[task]).toBe(Math.min(...losses));
    }
    await applier.close();
  });

  it("loses no more of any task than one epoch for all of an equally long training", async () => {
    const one = await fit(spec, data, together, runtime);
    expect(fitted.epochs).toEqual(one.epochs);
    for (const task of TASKS) expect(keptLosses(fitted)[task]).toBeLessThanOrEqual(keptLosses(one)[task]!);
    expect(one.further).toBeUndefined();
  });

  it("goes on until no task has got better for as long as patience lasts", async () => {
    const patient = await fit(spec, data, { ...perTask, epochs: 60, patience: 4 }, runtime);
    const last = Math.max(...Object.values(bestEpochsOf(patient)));
    expect(patient.epochs).toHaveLength(last + 4);
  });

  it("is for one task what one epoch for all is, to the byte", async () => {
    const alone = singleTaskSpec(spec, 2);
    const [own, one] = [
      await fit(alone, data, { ...perTask, patience: 3 }, runtime),
      await fit(alone, data, { ...together, patience: 3 }, runtime),
    ];
    expect({ ...own, seconds: 0 }).toEqual({ ...one, seconds: 0 });
  });

  it("trains a second time up to the last of these epochs, where each task keeps its own again", async () => {
    const after = new Map<string, Float32Array>();
    const save = async (bytes: Uint8Array): Promise<void> => {
      const { state } = stateOf(bytes);
      if (state.phase !== "refit") return;
      const { epoch, step, carried } = state.training;
      after.set(`${epoch} ${step}`, carried["parameters"]!.data as Float32Array);
    };
    const checkpoint = { store: { save, load: async () => undefined }, everyMs: 0 };
    const refitted = await fit(spec, data, { ...perTask, refit: true }, runtime, { checkpoint });
    const steps = Math.ceil(80 / 16);
    const last = Math.max(...Object.values(bestEpochsOf(fitted)));
    expect(bestEpochsOf(refitted)).toEqual(bestEpochsOf(fitted));
    expect(refitted.epochs).toEqual(fitted.epochs);
    expect(refitted.steps).toBe(fitted.steps + last * steps);
    for (const { epoch, parameters } of snapshotsOf(refitted))
      expect(parameters).toEqual(after.get(`${epoch} ${steps}`));
  });
});
