import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PLAIN } from "../../test/fixtures/plain-model.js";
import { seededRandom } from "../base/random.js";
import { scoreModel } from "../evaluation/score-model.js";
import type { ModelSpec } from "../model/spec.js";
import { nodeRuntime } from "../runtime/node.js";
import type { Runtime } from "../runtime/runtime.js";
import { fitTarget } from "../tasks/fit-target.js";
import type { RegressionCoding } from "../tasks/task-kind.js";
import { fit } from "./fit.js";
import type { FitOptions, Fitted } from "./fitted.js";
import type { TrainingData } from "./training-data.js";

const ROWS = 6000;
const SPREAD = 0.8; // of the noise on the log scale: e^(0.8²/2) = 1.38 is what mapping back without residuals loses

const options: FitOptions = {
  optimizer: "adamw",
  balancer: "equal",
  epochs: 12,
  patience: 12,
  batch: 128,
  learningRate: 0.01,
  weightDecay: 1e-4,
  warmup: 0.05,
  clip: 1,
  dropout: 0,
  refit: false,
  seed: 1,
};

/** y = exp(1 + x/2 + noise) with noise N(0, SPREAD²), so that E[y|x] = exp(1 + x/2 + SPREAD²/2). */
function logNormal(rows: number, validation: number): TrainingData {
  const random = seededRandom(5, "log-normal");
  const encoded = Float32Array.from({ length: rows }, () => random.normal());
  const y = Float64Array.from(encoded, (x) => Math.exp(1 + x / 2 + SPREAD * random.normal()));
  const part = (from: number, to: number): Int32Array =>
    Int32Array.from({ length: to - from }, (_, i) => from + i);
  const [third, two] = [rows / 3, rows / 3 + validation];
  return {
    rows,
    width: 1,
    encoded,
    truths: { y },
    split: { train: part(0, third), validation: part(third, two), test: part(two, rows) },
  };
}

function specFor(data: TrainingData, transform: "none" | "log" | "yeo-johnson"): ModelSpec {
  const column = { name: "y", type: "numeric", numbers: data.truths["y"]! } as const;
  const { coding } = fitTarget(column, data.split.train, "regression", { source: "t", transform });
  return { inputs: 1, tasks: [{ name: "y", coding }], links: [], trunk: [16], ...PLAIN };
}

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ workers: 1 });
});
afterAll(() => runtime.close());

const codingOf = (fitted: Fitted): RegressionCoding => fitted.spec.tasks[0]!.coding as RegressionCoding;

/** Means of the truth and of the predictions of test rows, and the standard error of their difference. */
async function meansOf(fitted: Fitted, data: TrainingData) {
  const [scored] = await scoreModel(fitted, data, data.split.test, runtime);
  if (scored!.prediction.kind !== "regression") throw new TypeError("a regression was trained");
  const { values } = scored!.prediction;
  const mean = (numbers: Float64Array): number => numbers.reduce((sum, x) => sum + x / numbers.length, 0);
  const errors = scored!.truth.map((y, i) => y - values[i]!);
  const variance = mean(errors.map((e) => e * e));
  return { truth: mean(scored!.truth), predicted: mean(values), error: Math.sqrt(variance / errors.length) };
}

describe("a target with log-normal noise", () => {
  it.each(["log", "yeo-johnson"] as const)("is predicted without bias on a %s scale", async (transform) => {
    const data = logNormal(ROWS, 1500);
    const fitted = await fit(specFor(data, transform), data, options, runtime);
    expect(codingOf(fitted).residuals).toHaveLength(50);
    const { truth, predicted, error } = await meansOf(fitted, data);
    expect(Math.abs(predicted - truth)).toBeLessThan(3 * error);
    expect(Math.abs(predicted / truth - 1)).toBeLessThan(0.06);

    const { residuals: _, ...plain } = codingOf(fitted);
    const naive = { ...fitted, spec: { ...fitted.spec, tasks: [{ name: "y", coding: plain }] } };
    const without = await meansOf(naive, data);
    expect(without.predicted).toBeLessThan(truth - 6 * without.error);
    if (transform === "log") expect(predicted / without.predicted).toBeCloseTo(Math.exp(SPREAD ** 2 / 2), 1);
  });
});

describe("residuals", () => {
  const quick = { ...options, epochs: 2 };

  it("come from validation rows and stay those of the first training after a second one", async () => {
    const data = logNormal(300, 60);
    const spec = specFor(data, "log");
    const once = await fit(spec, data, quick, runtime);
    const twice = await fit(spec, data, { ...quick, refit: true }, runtime);
    expect(codingOf(twice)).toEqual(codingOf(once));
    expect(twice.parameters).not.toEqual(once.parameters);
    const truths = { y: data.truths["y"]!.slice() };
    for (const row of data.split.test) truths.y[row]! *= 1000;
    expect(codingOf(await fit(spec, { ...data, truths }, quick, runtime))).toEqual(codingOf(once));
    for (const row of data.split.validation) truths.y[row]! **= 2;
    const noisier = codingOf(await fit(spec, { ...data, truths }, quick, runtime));
    expect(noisier.residuals!.at(-1)).toBeGreaterThan(1.5 * codingOf(once).residuals!.at(-1)!);
  });

  it("are absent without a transform and where fewer than ten validation rows are labelled", async () => {
    const data = logNormal(300, 60);
    expect(codingOf(await fit(specFor(data, "none"), data, quick, runtime)).residuals).toBeUndefined();
    const few = logNormal(300, 9);
    expect(codingOf(await fit(specFor(few, "log"), few, quick, runtime)).residuals).toBeUndefined();
  });
});
