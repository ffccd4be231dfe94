import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PLAIN } from "../../test/fixtures/plain-model.js";
import { ConfigError, DataError } from "../base/errors.js";
import { type Random, seededRandom } from "../base/random.js";
import type { ModelSpec } from "../model/spec.js";
import { nodeRuntime } from "../runtime/node.js";
import type { Runtime } from "../runtime/runtime.js";
import { type ResumePoint, resumePoint } from "./checkpoint.js";
import type { CheckpointStore } from "./checkpoint-store.js";
import { fit } from "./fit.js";
import type { FitOptions, Fitted } from "./fitted.js";
import type { TrainingData } from "./training-data.js";

const ROWS = 90;

/** Two supervised tasks with gaps in their labels and a clustering. */
const spec: ModelSpec = {
  inputs: 3,
  tasks: [
    {
      name: "amount",
      coding: {
        kind: "regression",
        transform: { kind: "yeo-johnson", lambda: 0.5, unit: 1, low: -9, high: 9 },
        mean: 0,
        deviation: 1,
        labelled: 40,
      },
    },
    {
      name: "label",
      coding: { kind: "binary", classes: ["n", "y"], classType: "string", priors: [0.5, 0.5], labelled: 40 },
    },
    { name: "groups", coding: { kind: "clustering", clusters: 3, embedding: 2 } },
  ],
  links: [],
  trunk: [8],
  ...PLAIN,
  members: 2,
};
const supervised: ModelSpec = { ...spec, tasks: spec.tasks.slice(0, 2) };
const clusterings: ModelSpec = { ...spec, tasks: spec.tasks.slice(2) };

const options: FitOptions = {
  optimizer: "adamw",
  balancer: "uncertainty",
  epochs: 6,
  patience: 6,
  batch: 8,
  learningRate: 0.01,
  weightDecay: 1e-4,
  warmup: 0.1,
  clip: 1,
  dropout: 0.2,
  average: 0.9,
  refit: true,
  seed: 4,
};

const OWN_EPOCHS = { stopping: "per-task", epochs: 12, patience: 12, learningRate: 0.05 } as const;

function tableOf(seed: number): TrainingData {
  const random = seededRandom(seed, "checkpoint");
  const encoded = Float32Array.from({ length: ROWS * 3 }, () => random.normal());
  const gappy = (of: (x: number) => number): Float64Array =>
    Float64Array.from({ length: ROWS }, (_, row) =>
      random.uniform() < 0.3 ? Number.NaN : of(encoded[row * 3]!),
    );
  const part = (from: number, to: number): Int32Array =>
    Int32Array.from({ length: to - from }, (_, i) => from + i);
  return {
    rows: ROWS,
    width: 3,
    encoded,
    truths: {
      amount: gappy((x) => x + 0.1 * random.normal()),
      label: gappy((x) => (x > 0 ? 1 : 0)),
      groups: new Float64Array(ROWS).fill(Number.NaN),
    },
    split: { train: part(0, 60), validation: part(60, 75), test: part(75, 90) },
  };
}
const data = tableOf(1);
/** Labels of training rows are false, so that validation rows speak for an early epoch of theirs and a late one of amounts. */
const misled: TrainingData = {
  ...data,
  truths: {
    ...data.truths,
    label: data.truths["label"]!.map((label, row) => (row < 30 ? 1 - label : label)),
  },
  split: {
    ...data.split,
    train: data.split.train.subarray(0, 30),
    validation: data.split.train.subarray(30),
  },
};

interface MemoryStore extends CheckpointStore {
  readonly saved: Uint8Array[];
}

const memoryStore = (): MemoryStore => {
  const saved: Uint8Array[] = [];
  return {
    saved,
    save: async (bytes) => void saved.push(bytes),
    load: async () => saved.at(-1),
  };
};

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ workers: 1 });
});
afterAll(() => runtime.close());

/** Trains to the end, stopping after a drawn number of steps again and again. */
async function interrupted(
  model: ModelSpec,
  how: FitOptions,
  draw: Random,
  table = data,
): Promise<{ fitted: Fitted; stops: ResumePoint[] }> {
  const store = memoryStore();
  const stops: ResumePoint[] = [];
  for (;;) {
    const controller = new AbortController();
    let left = 1 + draw.integer(30);
    const count = (): void => {
      left -= 1;
      if (left === 0) controller.abort();
    };
    const counting: CheckpointStore = {
      save: async (bytes) => {
        await store.save(bytes);
        count(); // also counts the slices of the second training, which no hook is told of
      },
      load: store.load,
    };
    try {
      const hooks = { signal: controller.signal, sliceMs: 0, checkpoint: { store: counting, everyMs: 0 } };
      return { fitted: await fit(model, table, how, runtime, hooks), stops };
    } catch (error) {
      if (!controller.signal.aborted) throw error;
      stops.push((await resumePoint({ spec: model, data: table, options: how, runtime }, { store }))!);
    }
  }
}

describe("an interrupted fit", () => {
  const cases: readonly (readonly [string, ModelSpec, FitOptions])[] = [
    ["of all kinds of tasks, with average and second training", spec, options],
    ["without average, validated to the end", spec, { ...options, average: 0, refit: false }],
    ["of supervised tasks", supervised, { ...options, epochs: 9, patience: 3 }],
    ["of tasks that are all waited for", supervised, { ...options, epochs: 9, patience: 2, monitor: "each" }],
    ["of a clustering alone", clusterings, { ...options, refit: false }],
    ["with random projections of gradients", spec, { ...options, balancer: "pcgrad" }],
    ["whose balancer remembers steps", supervised, { ...options, balancer: "gradvac", heads: "weighted" }],
    ["with random weights of losses", spec, { ...options, balancer: "rlw" }],
    ["whose balancer learns from steps", supervised, { ...options, balancer: "famo" }],
    ["whose balancer remembers gradients", supervised, { ...options, balancer: "db-mtl" }],
    ["with random signs of gradients", spec, { ...options, balancer: "graddrop" }],
    ["that draws three batches a step", supervised, { ...options, balancer: "modo" }],
    ["whose optimiser steps for each task", supervised, { ...options, balancer: "adatask" }],
    ["whose balancer remembers epochs", supervised, { ...options, balancer: "dwa", patience: 3 }],
    [
      "whose balancer takes up a second objective",
      spec,
      { ...options, balancer: "stch", balancerOptions: { warmup: 1 } },
    ],
    ["whose tasks keep epochs of their own", supervised, { ...options, ...OWN_EPOCHS }],
    ["of all kinds of tasks, each with its own epoch", spec, { ...options, ...OWN_EPOCHS }],
    ["without dropout, by another optimiser", supervised, { ...options, dropout: 0, optimizer: "muon" }],
  ];

  it.each(cases)("%s ends with the same bytes however often it is stopped", async (_, model, how) => {
    const table = how.stopping === "per-task" ? misled : data;
    const whole = await fit(model, table, how, runtime);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1e6 }), async (seed) => {
        const { fitted, stops } = await interrupted(model, how, seededRandom(seed, "stops"), table);
        expect(stops.length).toBeGreaterThan(0);
        expect(fitted.parameters).toEqual(whole.parameters);
        expect(fitted.further).toEqual(whole.further);
        expect(how.stopping === "per-task").toBe(whole.further !== undefined);
        expect(fitted.epochs).toEqual(whole.epochs);
        expect([fitted.bestEpoch, fitted.steps]).toEqual([whole.bestEpoch, whole.steps]);
        expect(fitted.spec).toEqual(whole.spec); // with the residuals that validation rows gave
      }),
      { numRuns: 1 },
    );
  });

  it("is met in both trainings and in several epochs", async () => {
    const { stops } = await interrupted(spec, options, seededRandom(2, "stops"));
    expect(new Set(stops.map(({ phase }) => phase))).toEqual(new Set(["first", "refit"]));
    expect(new Set(stops.map(({ epoch }) => epoch)).size).toBeGreaterThan(1);
  });

  it("keeps its state when it is told to stop, however long the time between checkpoints is", async () => {
    const store = memoryStore();
    const controller = new AbortController();
    const onSlice = (epoch: number): void => {
      if (epoch === 3) controller.abort();
    };
    const hooks = { onSlice, sliceMs: 0, signal: controller.signal, checkpoint: { store, everyMs: 1e9 } };
    await expect(fit(supervised, data, options, runtime, hooks)).rejects.toThrow(/abort/i);
    expect(store.saved).toHaveLength(1);
    expect(await resumePoint({ spec: supervised, data, options, runtime }, { store })).toEqual({
      phase: "first",
      epoch: 3,
    });
  });

  it("keeps its state also when it is told to stop between two epochs", async () => {
    const store = memoryStore();
    const controller = new AbortController();
    const onEpoch = ({ epoch }: { epoch: number }): void => (epoch === 2 ? controller.abort() : undefined);
    const hooks = { onEpoch, signal: controller.signal, checkpoint: { store } };
    await expect(fit(spec, data, options, runtime, hooks)).rejects.toThrow(/abort/i);
    expect(store.saved).toHaveLength(1);
    const fitted = await fit(spec, data, options, runtime, { checkpoint: { store } });
    expect(fitted.parameters).toEqual((await fit(spec, data, options, runtime)).parameters);
  });

  it("goes on with the epochs that are missing only, and adds up the seconds", async () => {
    const store = memoryStore();
    const how = { ...options, refit: false };
    const controller = new AbortController();
    const stop = (epoch: number): void => (epoch === 5 ? controller.abort() : undefined);
    const first = { onSlice: stop, sliceMs: 0, signal: controller.signal, checkpoint: { store } };
    await expect(fit(supervised, data, how, runtime, first)).rejects.toThrow(/abort/i);
    const epochs: number[] = [];
    const onEpoch = ({ epoch }: { epoch: number }): void => void epochs.push(epoch);
    const { seconds } = await fit(supervised, data, how, runtime, { onEpoch, checkpoint: { store } });
    expect(epochs).toEqual([5, 6]);
    const again = await fit(supervised, data, how, runtime, { onEpoch, checkpoint: { store } });
    expect(epochs).toHaveLength(2); // what is done is not trained again
    expect(again.seconds).toBeGreaterThan(0);
    expect(again.seconds).toBeLessThan(seconds + 1);
  });

  it("is the same as one that is not kept", async () => {
    const kept = await fit(spec, data, options, runtime, {
      checkpoint: { store: memoryStore(), everyMs: 0 },
    });
    expect(kept.parameters).toEqual((await fit(spec, data, options, runtime)).parameters);
  });
});

describe("a checkpoint of something else", () => {
  const keep = async (): Promise<MemoryStore> => {
    const store = memoryStore();
    await fit(supervised, data, { ...options, epochs: 2 }, runtime, { checkpoint: { store } });
    return store;
  };
  const others = {
    "training options": { options: { ...options, epochs: 2, seed: 5 } },
    model: { spec: { ...supervised, trunk: [9] } },
    "table \\(its inputs, labels\\)": { data: tableOf(2) },
    "table \\(its division of rows\\)": {
      data: { ...data, split: { ...data.split, test: data.split.test.subarray(1) } },
    },
    "ONNX Runtime": { runtime: { kind: "wasm" as const, version: "0" } },
  };

  it.each(Object.entries(others))("is refused in one line that names the %s", async (what, other) => {
    const store = await keep();
    const inputs = { spec: supervised, data, options: { ...options, epochs: 2 }, runtime, ...other };
    const refused = resumePoint(inputs, { store });
    await expect(refused).rejects.toThrow(ConfigError);
    await expect(refused).rejects.toThrow(new RegExp(`resume: the .*${what}.* changed`));
  });

  it("is refused when its bytes are cut off, too long, or none of ours", async () => {
    const [bytes] = (await keep()).saved as [Uint8Array];
    const inputs = { spec: supervised, data, options: { ...options, epochs: 2 }, runtime };
    const spoiled = [
      bytes.subarray(0, bytes.length - 1),
      bytes.subarray(0, 40),
      Uint8Array.from([...bytes, 0]),
      new Uint8Array(3),
      new TextEncoder().encode("dear diary"),
    ];
    for (const one of spoiled) {
      const store = { save: async () => {}, load: async () => one };
      await expect(resumePoint(inputs, { store })).rejects.toThrow(DataError);
    }
  });
});
