import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NumericError } from "../base/errors.js";
import { seededRandom } from "../base/random.js";
import type { ModelSpec } from "../model/spec.js";
import { nodeRuntime } from "../runtime/node.js";
import type { Runtime } from "../runtime/runtime.js";
import { openApplier } from "./applier.js";
import { fit } from "./fit.js";
import type { EpochLosses, FitOptions, Fitted } from "./fitted.js";
import { type OptimizerSlug, OPTIMIZERS } from "./optimizers/index.js";
import { type TrainingData, labelTables } from "./training-data.js";
import { PLAIN } from "../../test/fixtures/plain-model.js";

const spec: ModelSpec = {
  inputs: 3,
  tasks: [
    { name: "a", coding: { kind: "regression", mean: 0, deviation: 1, labelled: 60 } },
    {
      name: "b",
      coding: { kind: "binary", classes: ["n", "y"], classType: "string", priors: [0.5, 0.5], labelled: 60 },
    },
  ],
  links: [],
  trunk: [8],
  ...PLAIN,
  members: 2,
};
const options: FitOptions = {
  optimizer: "adamw",
  balancer: "uncertainty",
  epochs: 5,
  patience: 5,
  batch: 16,
  learningRate: 0.01,
  weightDecay: 1e-4,
  warmup: 0.1,
  clip: 1,
  dropout: 0.2,
  refit: false,
  seed: 4,
};

/** Rows whose first input decides both tasks; validation rows see a noisy first task, so that it may be overfitted. */
function dataOf(rows: number, { noise = 0.1 } = {}): TrainingData {
  const random = seededRandom(11, "fit");
  const encoded = Float32Array.from({ length: rows * 3 }, () => random.normal());
  const signal = Float64Array.from({ length: rows }, (_, row) => encoded[row * 3]!);
  const part = (from: number, to: number): Int32Array =>
    Int32Array.from({ length: Math.round(rows * (to - from)) }, (_, i) => Math.round(rows * from) + i);
  return {
    rows,
    width: 3,
    encoded,
    truths: {
      a: signal.map((x) => x + noise * random.normal()),
      b: signal.map((x) => (x > 0 ? 1 : 0)),
      s: new Float64Array(rows).fill(Number.NaN),
    },
    split: { train: part(0, 0.6), validation: part(0.6, 0.8), test: part(0.8, 1) },
  };
}
const data = dataOf(100);

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ workers: 1 });
});
afterAll(() => runtime.close());

const validationLosses = async (
  fitted: Fitted,
  of: TrainingData,
): Promise<Readonly<Record<string, number>>> => {
  const applier = await openApplier(runtime, fitted.spec, fitted.layout, of);
  const { losses } = await applier.apply(
    fitted.parameters,
    of.split.validation,
    labelTables(fitted.spec, of),
  );
  await applier.close();
  return losses;
};

describe("fit", () => {
  it("gives the same bytes again for the same seed, dropout included, and others for another seed", async () => {
    const first = await fit(spec, data, options, runtime);
    const again = await fit(spec, data, options, runtime);
    const other = await fit(spec, data, { ...options, seed: 5 }, runtime);
    expect(again.parameters).toEqual(first.parameters);
    expect(again.epochs).toEqual(first.epochs);
    expect(other.parameters).not.toEqual(first.parameters);
  });

  it("draws dropout from the seed alone and lets it act on training only", async () => {
    const still = { ...options, learningRate: 0, weightDecay: 0, epochs: 1 };
    const dry = await fit(spec, data, { ...still, dropout: 0 }, runtime);
    const wet = await fit(spec, data, { ...still, dropout: 0.5 }, runtime);
    expect(wet.parameters).toEqual(dry.parameters);
    expect(wet.epochs[0]!.validation).toEqual(dry.epochs[0]!.validation);
    expect(wet.epochs[0]!.train).not.toEqual(dry.epochs[0]!.train);
  });

  it("keeps the parameters of the epoch with the best validation loss", async () => {
    const noisy = dataOf(60, { noise: 2 });
    const fitted = await fit(
      spec,
      noisy,
      { ...options, dropout: 0, epochs: 40, patience: 6, learningRate: 0.05 },
      runtime,
    );
    const relative = fitted.epochs.map(
      ({ validation }) => (validation["a"]! + validation["b"]! / Math.LN2) / 2,
    );
    expect(fitted.bestEpoch).toBe(relative.indexOf(Math.min(...relative)) + 1);
    expect(fitted.epochs).toHaveLength(fitted.bestEpoch + 6);
    const found = await validationLosses(fitted, noisy);
    for (const name of ["a", "b"])
      expect(found[name]).toBeCloseTo(fitted.epochs[fitted.bestEpoch - 1]!.validation[name]!, 6);
  });

  it("keeps and validates the average of the parameters when asked to, and trains the same without one", async () => {
    const plain = await fit(spec, data, { ...options, average: 0 }, runtime);
    expect(plain.parameters).toEqual((await fit(spec, data, options, runtime)).parameters);

    const averaged = await fit(spec, data, { ...options, average: 0.9 }, runtime);
    expect(averaged.epochs.map(({ train }) => train)).toEqual(plain.epochs.map(({ train }) => train));
    expect(averaged.parameters).toHaveLength(plain.parameters.length);
    expect(averaged.parameters).not.toEqual(plain.parameters);
    const found = await validationLosses(averaged, data);
    for (const name of ["a", "b"])
      expect(found[name]).toBeCloseTo(averaged.epochs[averaged.bestEpoch - 1]!.validation[name]!, 6);
  });

  it("starts the average anew with the clusters", async () => {
    const clustered: ModelSpec = {
      ...spec,
      tasks: [...spec.tasks, { name: "s", coding: { kind: "clustering", clusters: 2, embedding: 2 } }],
    };
    const still = { ...options, learningRate: 0, weightDecay: 0, epochs: 10, patience: 10 }; // only the clusters' start, after epoch 2, changes parameters
    const plain = await fit(clustered, data, still, runtime);
    const averaged = await fit(clustered, data, { ...still, average: 0.99 }, runtime);
    expect(averaged.parameters).toEqual(plain.parameters);
    expect(averaged.epochs).toEqual(plain.epochs);
  });

  it("learns what the inputs say", async () => {
    const fitted = await fit(spec, data, { ...options, dropout: 0, epochs: 60, patience: 60 }, runtime);
    const losses = await validationLosses(fitted, data);
    expect(losses["a"]).toBeLessThan(0.2); // always answering the mean costs about 1
    expect(losses["b"]).toBeLessThan(0.4); // always answering ½ costs log 2
  });

  it.each(Object.keys(OPTIMIZERS) as OptimizerSlug[])(
    "learns with %s at a rate in its own units",
    async (optimizer) => {
      const learningRate = 5e-3 * OPTIMIZERS[optimizer].rateScale;
      const how: FitOptions = { ...options, optimizer, learningRate, dropout: 0, epochs: 100, patience: 100 };
      const losses = await validationLosses(await fit(spec, data, how, runtime), data);
      expect(losses["a"]).toBeLessThan(0.4); // always answering the mean costs about 1
      expect(losses["b"]).toBeLessThan(0.5); // always answering ½ costs log 2
    },
  );

  it("tells of every epoch and every slice, and counts its steps", async () => {
    const seen: EpochLosses[] = [];
    const slices: number[] = [];
    const fitted = await fit(spec, data, options, runtime, {
      onEpoch: (losses) => seen.push(losses),
      onSlice: (epoch) => slices.push(epoch),
    });
    expect(seen).toEqual(fitted.epochs);
    expect(new Set(slices)).toEqual(new Set([1, 2, 3, 4, 5]));
    expect(fitted.steps).toBe(5 * Math.ceil(60 / 16));
  });

  it("trains a second time with the validation rows when asked to, for the best number of epochs", async () => {
    const first = await fit(spec, data, options, runtime);
    const refitted = await fit(spec, data, { ...options, refit: true }, runtime);
    expect(refitted.epochs).toEqual(first.epochs);
    expect(refitted.bestEpoch).toBe(first.bestEpoch);
    expect(refitted.steps).toBe(first.steps + first.bestEpoch * Math.ceil(80 / 16));
    expect(refitted.parameters).not.toEqual(first.parameters);

    const blind = {
      ...data,
      truths: {
        ...data.truths,
        a: data.truths["a"]!.map((x, row) => (data.split.validation.includes(row) ? x + 3 : x)),
      },
    };
    const moved = await fit(spec, blind, { ...options, refit: true, epochs: 3, patience: 3 }, runtime);
    const unmoved = await fit(spec, data, { ...options, refit: true, epochs: 3, patience: 3 }, runtime);
    expect(moved.parameters).not.toEqual(unmoved.parameters); // the labels of validation rows were read
  });

  it.each([
    { refit: true, stopping: "together" },
    { refit: true, stopping: "per-task" },
    { refit: false, stopping: "per-task" },
  ] as const)("takes a first training made before, to the same bytes: %o", async (how) => {
    const first = await fit(spec, data, { ...options, ...how, refit: false }, runtime);
    const seen: EpochLosses[] = [];
    const given = { first, onEpoch: (losses: EpochLosses) => void seen.push(losses) };
    const [{ seconds: _, ...taken }, { seconds: __, ...whole }] = [
      await fit(spec, data, { ...options, ...how }, runtime, given),
      await fit(spec, data, { ...options, ...how }, runtime),
    ];
    expect(taken).toEqual(whole);
    expect(seen).toEqual(whole.epochs);
  });

  it("never lets the labels of test rows, nor without refit those of validation rows, into the steps", async () => {
    const hidden = new Set([...data.split.validation, ...data.split.test]);
    const spoiled = {
      ...data,
      truths: { ...data.truths, a: data.truths["a"]!.map((x, row) => (hidden.has(row) ? x + 1e3 : x)) },
    };
    const clean = await fit(spec, data, options, runtime);
    const dirty = await fit(spec, spoiled, options, runtime);
    expect(dirty.epochs.map(({ train }) => train)).toEqual(clean.epochs.map(({ train }) => train));
  });

  it("refits a table of more rows than a call can take arguments", async () => {
    const rows = 200_000;
    const large: TrainingData = {
      rows,
      width: 3,
      encoded: new Float32Array(rows * 3).fill(1),
      truths: { a: new Float64Array(rows).fill(1), b: new Float64Array(rows) },
      split: {
        train: Int32Array.from({ length: rows - 20 }, (_, i) => i),
        validation: Int32Array.from({ length: 10 }, (_, i) => rows - 20 + i),
        test: Int32Array.of(rows - 1),
      },
    };
    const fitted = await fit(
      { ...spec, trunk: [2], members: 1 },
      large,
      { ...options, dropout: 0, epochs: 1, batch: 100_000, refit: true },
      runtime,
    );
    expect(fitted.steps).toBe(4);
  });

  it("stops with the signal's reason when it is aborted", async () => {
    const control = new AbortController();
    const stopped = fit(spec, data, { ...options, epochs: 1000, patience: 1000 }, runtime, {
      signal: control.signal,
      onEpoch: ({ epoch }) => epoch === 2 && control.abort(),
    });
    await expect(stopped).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    await expect(fit(spec, data, { ...options, epochs: 1 }, runtime)).resolves.toBeDefined();
  });

  it("names the tasks and the epoch when losses stop being finite", async () => {
    const diverging = fit(spec, data, { ...options, learningRate: 1e20, clip: 0 }, runtime);
    await expect(diverging).rejects.toThrow(NumericError);
    await expect(diverging).rejects.toThrow(
      /training, epoch \d+: the loss of .*[ab].* is not finite any more: first in step \d+, in layer [a-z.\d-]+ \([a-z-]+ \[.*\]\)\. Lower --learning-rate/,
    );
  });

  it("trains a single task whose validation rows have no label to the last epoch", async () => {
    const unlabelled = data.truths["a"]!.map((x, row) =>
      data.split.validation.includes(row) ? Number.NaN : x,
    );
    const single = { ...spec, tasks: [spec.tasks[0]!] };
    const fitted = await fit(
      single,
      { ...data, truths: { a: unlabelled } },
      { ...options, epochs: 8, patience: 2 },
      runtime,
    );
    expect(fitted.bestEpoch).toBe(8);
    expect(fitted.epochs.every(({ validation }) => Number.isNaN(validation["a"]))).toBe(true);
  });

  it("trains tasks whose kinds alternate", async () => {
    const tasks = ["a", "b", "c", "d"].map((name, t) => ({ ...spec.tasks[t % 2]!, name }));
    const truths = {
      ...data.truths,
      c: data.truths["a"]!.map((x) => -x),
      d: data.truths["b"]!.map((x) => 1 - x),
    };
    const four = { ...data, truths };
    const fitted = await fit(
      { ...spec, tasks },
      four,
      { ...options, dropout: 0, epochs: 60, patience: 60 },
      runtime,
    );
    const losses = await validationLosses(fitted, four);
    for (const name of ["a", "c"]) expect(losses[name]).toBeLessThan(0.3);
    for (const name of ["b", "d"]) expect(losses[name]).toBeLessThan(0.45);
  });

  it("finds the clusters of separate blobs", async () => {
    const rows = 120;
    const random = seededRandom(2, "blobs");
    const blobs: TrainingData = {
      ...dataOf(rows),
      encoded: Float32Array.from(
        { length: rows * 3 },
        (_, i) => (i % 3 === Math.floor(i / 3) % 3 ? 3 : 0) + 0.2 * random.normal(),
      ),
    };
    const mixed: ModelSpec = {
      ...spec,
      trunk: [16],
      tasks: [{ name: "s", coding: { kind: "clustering", clusters: 3, embedding: 3 } }],
    };
    const fitted = await fit(mixed, blobs, { ...options, dropout: 0, epochs: 40 }, runtime);
    expect(fitted.bestEpoch).toBe(fitted.epochs.length);
    expect(fitted.bestEpoch).toBeGreaterThan(8); // a fifth of the epochs is for reconstruction alone
    const applier = await openApplier(runtime, mixed, fitted.layout, blobs);
    const every = Int32Array.from({ length: rows }, (_, i) => i);
    const { outputs } = await applier.apply(fitted.parameters, every, labelTables(mixed, blobs), [
      "predict.s",
    ]);
    await applier.close();
    const q = outputs["predict.s"]!;
    const cluster = [...every].map((row) =>
      [0, 1, 2].reduce((best, k) => (q[row * 3 + k]! > q[row * 3 + best]! ? k : best), 0),
    );
    cluster.forEach((k, row) => expect(k).toBe(cluster[row % 3]));
    expect(new Set(cluster).size).toBe(3);
  });
});
