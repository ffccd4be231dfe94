import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import { type ModelSpec, singleTaskSpec } from "../model/spec.js";
import { nodeRuntime } from "../runtime/node.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Task } from "../tasks/task-kind.js";
import { fit } from "../training/fit.js";
import type { FitOptions } from "../training/fitted.js";
import type { TrainingData } from "../training/training-data.js";
import { BOOTSTRAP, compareTask } from "./compare-task.js";
import { type CompareHooks, type ResumedModel, compare } from "./compare.js";
import { type ScoredTask, scoreModel, scoredRows } from "./score-model.js";
import { PLAIN } from "../../test/fixtures/plain-model.js";

const [ROWS, WIDTH] = [420, 12];
const options: FitOptions = {
  optimizer: "adamw",
  balancer: "equal",
  epochs: 30,
  patience: 10,
  batch: 32,
  learningRate: 0.01,
  weightDecay: 1e-4,
  warmup: 0.1,
  clip: 1,
  dropout: 0,
  refit: false,
  seed: 3,
};
const amount = (name: string): Task => ({
  name,
  coding: { kind: "regression", mean: 0, deviation: 1, labelled: 200 },
});

/** Three noisy measurements of one hidden function; `rare` has a label in a tenth of the training rows only. */
function sharedSignal(): TrainingData {
  const random = seededRandom(21, "shared signal");
  const encoded = Float32Array.from({ length: ROWS * WIDTH }, () => random.normal());
  const direction = Array.from({ length: WIDTH }, () => random.normal() / Math.sqrt(WIDTH));
  const hidden = Float64Array.from({ length: ROWS }, (_, row) =>
    direction.reduce((sum, w, i) => sum + w * encoded[row * WIDTH + i]!, 0),
  );
  const noisy = (labelled: (row: number) => boolean): Float64Array =>
    hidden.map((x, row) => (labelled(row) ? x + 0.1 * random.normal() : Number.NaN));
  const range = (from: number, to: number): Int32Array =>
    Int32Array.from({ length: to - from }, (_, i) => from + i);
  return {
    rows: ROWS,
    width: WIDTH,
    encoded,
    truths: {
      common: noisy(() => true),
      usual: noisy(() => true),
      rare: noisy((row) => row >= 220 || row % 10 === 0),
    },
    split: { train: range(0, 220), validation: range(220, 300), test: range(300, ROWS) },
  };
}
const data = sharedSignal();
const spec: ModelSpec = {
  inputs: WIDTH,
  tasks: ["common", "usual", "rare"].map(amount),
  links: [],
  trunk: [16],
  ...PLAIN,
};

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ workers: 2 });
});
afterAll(() => runtime.close());

describe("the comparison with single-task training", () => {
  it("shows that a task of few labels gains from tasks that share its signal", async () => {
    const trained: string[] = [];
    const found = await compare(spec, data, options, runtime, { onTrained: (model) => trained.push(model) });
    expect(trained.toSorted()).toEqual(["common", "multi-task", "rare", "usual"]);
    expect(Object.keys(found.single)).toEqual(["common", "usual", "rare"]);
    const rare = found.tasks.find(({ task }) => task === "rare")!;
    expect(rare.verdict).toBe("helped");
    expect(rare.gain.low).toBeGreaterThan(0);
    expect(rare.gain.percent).toBeGreaterThan(20);
    expect(rare.gain.value).toBeCloseTo(rare.single["rmse"]! - rare.multi["rmse"]!, 10);
    expect(rare.testRows).toBe(120);
    expect(found.deltaM).toBeCloseTo(found.tasks.reduce((sum, { gain }) => sum + gain.percent, 0) / 3, 10);
  });

  it("is neutral with a gain of 0 where both models are the same", async () => {
    const { tasks, deltaM } = await compare(
      singleTaskSpec(spec, 0),
      data,
      { ...options, epochs: 3 },
      runtime,
    );
    expect(tasks).toHaveLength(1);
    expect(tasks[0]).toMatchObject({
      task: "common",
      verdict: "neutral",
      gain: { value: 0, low: 0, high: 0, percent: 0 },
    });
    expect(tasks[0]!.multi).toEqual(tasks[0]!.single);
    expect(deltaM).toBe(0);
  });

  it("stops at the first model that fails", async () => {
    const started: string[] = [];
    const hooksFor = (model: string): Record<string, never> => {
      started.push(model);
      return {};
    };
    await expect(
      compare(spec, data, { ...options, learningRate: 1e20, clip: 0 }, runtime, { hooksFor }),
    ).rejects.toThrow(/is not finite any more/);
    expect(started.toSorted()).toEqual(["common", "multi-task"]); // two workers, and no third model after the failure
  });

  it("stops when it is aborted", async () => {
    await expect(compare(spec, data, options, runtime, { signal: AbortSignal.abort() })).rejects.toThrow(
      expect.objectContaining({ name: "AbortError" }),
    );
  });
});

describe("an interrupted comparison", () => {
  const short = { ...options, epochs: 4 };
  const stores = new Map<string, Uint8Array[]>();
  const checkpointFor: CompareHooks["checkpointFor"] = (key) => {
    const kept = stores.get(key) ?? [];
    stores.set(key, kept);
    return {
      everyMs: 0,
      store: { save: async (bytes) => void kept.push(bytes), load: async () => kept.at(-1) },
    };
  };

  it("keeps every model for itself, goes on where each stood and ends the same", async () => {
    const controller = new AbortController();
    let trained = "";
    const onTrained = (model: string): void => {
      if (trained === "") trained = model; // which of two side by side is first, the machine decides
      controller.abort();
    };
    const first = { checkpointFor, onTrained, signal: controller.signal };
    await expect(compare(spec, data, short, runtime, first)).rejects.toThrow(/abort/i);
    expect([...stores.keys()].toSorted()).toEqual([
      "alone: common",
      "alone: rare",
      "alone: usual",
      "together",
    ]);

    const epochs = new Set<string>();
    const resumed: (readonly ResumedModel[])[] = [];
    const found = await compare(spec, data, short, runtime, {
      checkpointFor,
      onResume: (models, all) => {
        resumed.push(models);
        expect(all).toEqual(["multi-task", "common", "usual", "rare"]);
      },
      hooksFor: (model) => ({ onEpoch: () => void epochs.add(model) }),
    });
    const whole = await compare(spec, data, short, runtime);
    const { bestEpoch } = whole.single[trained] ?? whole.multi;
    expect(resumed[0]).toContainEqual({ model: trained, phase: "done", epoch: bestEpoch });
    expect(epochs).not.toContain(trained);
    expect(epochs).toContain("rare");
    expect(found.multi.parameters).toEqual(whole.multi.parameters);
    expect(found.tasks).toEqual(whole.tasks);
  });

  it("refuses checkpoints of other options before any model is trained", async () => {
    const started: string[] = [];
    const hooksFor = (model: string): Record<string, never> => {
      started.push(model);
      return {};
    };
    await expect(
      compare(spec, data, { ...short, seed: 9 }, runtime, { checkpointFor, hooksFor }),
    ).rejects.toThrow(/resume: the training options changed/);
    expect(started).toEqual([]);
  });
});

describe("the comparison of one task", () => {
  const binary: Task = {
    name: "flag",
    coding: { kind: "binary", classes: ["n", "y"], classType: "string", priors: [0.5, 0.5], labelled: 9 },
  };
  const truth = Float64Array.from({ length: 60 }, (_, row) => row % 2);
  const scored = (sure: number): ScoredTask => {
    const probabilities = Float64Array.from(
      [...truth].flatMap((y) => (y === 1 ? [1 - sure, sure] : [sure, 1 - sure])),
    );
    return {
      task: binary,
      truth,
      prediction: { kind: "binary", probabilities, classes: 2 },
      metrics: { "log-loss": -Math.log(sure) },
      context: {},
    };
  };

  it("counts a smaller log loss as a gain, in percent of the probability given to what happened", () => {
    const found = compareTask(scored(0.9), scored(0.6), 1);
    expect(found.primary).toEqual({ metric: "log-loss", label: "log loss", better: "lower" });
    expect(found.gain.value).toBeCloseTo(Math.log(0.9 / 0.6), 10);
    expect(found.gain.percent).toBeCloseTo(50, 8);
    expect(found.verdict).toBe("helped");
    expect(compareTask(scored(0.6), scored(0.9), 1).verdict).toBe("hurt");
    expect(compareTask(scored(0.6), scored(0.6), 1)).toMatchObject({
      verdict: "neutral",
      gain: { value: 0, percent: 0 },
    });
  });

  it("gives the same interval for the same seed", () => {
    expect(compareTask(scored(0.9), scored(0.6), 1)).toEqual(compareTask(scored(0.9), scored(0.6), 1));
    expect(BOOTSTRAP.level).toBe(0.95);
  });
});

describe("the scores of a model", () => {
  it("read the rows asked for, with the truth beside them", async () => {
    const fitted = await fit(spec, data, { ...options, epochs: 2 }, runtime);
    const rows = Int32Array.of(310, 3, 301); // row 3 has no label for the rare task
    const scored = await scoreModel(fitted, data, rows, runtime);
    expect(scored.map(({ task }) => task.name)).toEqual(["common", "usual", "rare"]);
    expect([...scored[0]!.truth]).toEqual([...rows].map((row) => data.truths["common"]![row]));
    expect(scored.map(scoredRows)).toEqual([3, 3, 2]);
    const { prediction, truth, metrics } = scored[0]!;
    const values = prediction.kind === "regression" ? prediction.values : [];
    const squares = [...values].map((x, i) => (x - truth[i]!) ** 2);
    expect(metrics["rmse"]).toBeCloseTo(Math.sqrt(squares.reduce((a, b) => a + b, 0) / 3), 10);
    const one = await scoreModel(fitted, data, Int32Array.of(301), runtime);
    expect(one[0]!.prediction.kind === "regression" && one[0]!.prediction.values[0]).toBeCloseTo(
      values[2]!,
      5,
    );
  });

  it("count every row of a task without labels of its own", () => {
    const groups: Task = { name: "s", coding: { kind: "clustering", clusters: 2, embedding: 2 } };
    const prediction = {
      kind: "clustering" as const,
      probabilities: new Float64Array(8).fill(0.5),
      classes: 2,
    };
    expect(
      scoredRows({
        task: groups,
        truth: new Float64Array(4).fill(Number.NaN),
        prediction,
        metrics: {},
        context: {},
      }),
    ).toBe(4);
  });
});
