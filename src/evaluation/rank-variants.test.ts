import { describe, expect, it } from "vitest";
import { type VariantRun, type VariantRuns, rankVariants, spreadOf } from "./rank-variants.js";

const run = (rmse: number, logLoss: number): VariantRun => ({
  metrics: { amount: { rmse }, label: { "log-loss": logLoss } },
  seconds: 2,
  stepMs: 0.5,
});
const FAILED: VariantRun = { metrics: {}, seconds: Number.NaN, stepMs: Number.NaN };
const ALONE = { amount: { rmse: 1 }, label: { "log-loss": Math.log(2) } };

const ranked = (variants: VariantRuns["variants"]): ReturnType<typeof rankVariants> =>
  rankVariants({
    tasks: [
      { name: "amount", kind: "regression" },
      { name: "label", kind: "binary" },
    ],
    variants,
    alone: variants[0]!.runs.map(() => ALONE),
    testShare: 0.25,
  });

describe("the ranking of variants", () => {
  it("puts the best mean rank first and gives each its Δm over the single-task models", () => {
    const { variants, tasks } = ranked([
      { name: "first", runs: [run(1, Math.log(2)), run(1, Math.log(2))] },
      { name: "second", runs: [run(0.9, Math.log(2)), run(0.8, Math.log(2))] },
    ]);
    expect(variants.map(({ name }) => name)).toEqual(["second", "first"]);
    // wins amount, ties label: (1 + 1.5 + 1 + 1.5) / 4
    expect(variants.map(({ meanRank }) => meanRank)).toEqual([1.25, 1.75]);
    expect(variants[0]!.deltaM.mean).toBeCloseTo((5 + 10) / 2, 10);
    expect(variants[0]!.against!.difference).toBeCloseTo(7.5, 10);
    expect(variants[1]!.against).toBeUndefined();
    expect(variants[0]!.tasks[0]!.mean).toBeCloseTo(0.85, 10);
    expect(tasks.map(({ metric, alone }) => [metric, alone.mean])).toEqual([
      ["rmse", 1],
      ["log-loss", Math.log(2)],
    ]);
  });

  it("puts a failed training last on every task of its seed and leaves it out of the means", () => {
    const { variants } = ranked([
      { name: "first", runs: [run(1, 1), run(1, 1), run(1, 1)] },
      { name: "breaks", runs: [run(0.5, 0.5), FAILED, run(0.5, 0.5)] },
    ]);
    const breaks = variants.find(({ name }) => name === "breaks")!;
    expect(breaks.failed).toBe(1);
    expect(breaks.meanRank).toBeCloseTo((1 + 1 + 2 + 2 + 1 + 1) / 6, 10);
    expect(breaks.tasks[0]).toEqual({ mean: 0.5, sd: 0 });
    expect(breaks.seconds.mean).toBe(2);
  });

  it("has no spread and no p value with one seed", () => {
    const { variants } = ranked([
      { name: "first", runs: [run(1, 1)] },
      { name: "second", runs: [run(2, 1)] },
    ]);
    expect(variants[1]!.against).toMatchObject({ p: null, holm: null });
    expect(variants[1]!.deltaM).toMatchObject({ sd: null, low: null });
    expect(spreadOf([])).toEqual({ mean: null, sd: null });
  });
});
