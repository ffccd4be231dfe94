import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Column, feedType, fitInputEncoding, isNumberInput, tableFromRows } from "../src/data/index.js";
import { NORMALISATIONS } from "../src/data/encoders/normalisation.js";
import { nodeRuntime } from "../src/runtime/node.js";
import type { Runtime } from "../src/runtime/runtime.js";
import type { BudgetOptions, SplitOptions } from "../src/study/options.js";
import { type PlannedStudy, planStudy } from "../src/study/plan.js";
import { withDefaults } from "../src/study/schema-complete.js";
import { type TrainedPlan, trainPlan } from "../src/study/train-plan.js";
import type { Fitted } from "../src/training/fitted.js";
import { takeRows } from "../src/training/training-data.js";
import { NOISE_SPLITS, NOISE_TASKS_AND_CLUSTERS, noiseRows, redrawn, SPLIT_COLUMNS } from "./noise-tables.js";

describe("inputs and labels of validation and test rows", () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await nodeRuntime();
  });
  afterAll(() => runtime.close());

  const host = { node: "none", platform: "none" };
  const optionsFor = (split: SplitOptions, budget: Partial<BudgetOptions>) =>
    withDefaults({
      data: "rows",
      tasks: NOISE_TASKS_AND_CLUSTERS,
      sharing: { members: 2, trunk: [16] },
      budget: { batch: 64, ...budget },
      split,
      ignore: SPLIT_COLUMNS.filter((name) => name !== split.column),
      relations: ["agreed:amount"],
      seed: 4,
    });
  const planFor = (split: SplitOptions): PlannedStudy =>
    planStudy(tableFromRows(noiseRows(4)), optionsFor(split, {}));
  const train = (
    plan: PlannedStudy,
    split: SplitOptions,
    budget: Partial<BudgetOptions>,
  ): Promise<TrainedPlan> => trainPlan(plan, optionsFor(split, budget), { runtime, host, name: "noise" }, {});

  const digest = (...parts: readonly (Uint8Array | Float32Array)[]): string =>
    parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest("hex");
  /** Everything that is fitted but the networks. */
  const fitted = ({ prepared: { encoding, tasks, data } }: TrainedPlan) => ({
    encoding,
    tasks,
    encodedTrainingRows: digest(takeRows(data.encoded, data.width, data.split.train)),
  });
  const models = ({ comparison: { multi, single } }: TrainedPlan): readonly Fitted[] => [
    multi,
    ...Object.values(single),
  ];
  const parameters = (trained: TrainedPlan): string[] =>
    models(trained).map((model) => digest(model.parameters));
  const file = ({ modelBytes }: TrainedPlan): string => digest(modelBytes);
  const trainingLosses = (trained: TrainedPlan) =>
    models(trained).map(({ epochs }) => epochs.map((epoch) => epoch.train));

  it.each(NOISE_SPLITS.map((split) => [split.kind, split] as const))(
    "of test rows change no byte of the model on a %s split, trained anew with the validation rows",
    async (_, split) => {
      const plan = planFor(split);
      const changed = redrawn(plan, plan.split.test, 7);
      const budget = { epochs: 3, refit: "always" } as const;
      const [before, after] = [await train(plan, split, budget), await train(changed, split, budget)];
      expect(fitted(after)).toEqual(fitted(before));
      expect(parameters(after)).toEqual(parameters(before));
      expect(file(after)).toBe(file(before));
      const scores = ({ comparison }: TrainedPlan) => comparison.tasks.map(({ multi }) => multi);
      expect(scores(after)).not.toEqual(scores(before));
    },
  );

  it.each(NOISE_SPLITS.map((split) => [split.kind, split] as const))(
    "of validation rows choose the epoch on a %s split, and change nothing else",
    async (_, split) => {
      const plan = planFor(split);
      const held = Int32Array.from([...plan.split.validation, ...plan.split.test]);
      const changed = redrawn(plan, held, 8);
      const long = { epochs: 5, patience: 5, refit: "never" } as const;
      const [before, after] = [await train(plan, split, long), await train(changed, split, long)];
      expect(fitted(after)).toEqual(fitted(before));
      expect(trainingLosses(before)[0]).toHaveLength(5);
      expect(trainingLosses(after)).toEqual(trainingLosses(before));
      const once = { epochs: 1, refit: "never" } as const;
      expect(file(await train(changed, split, once))).toBe(file(await train(plan, split, once)));
    },
  );

  it("are told from those of training rows: one training row changes codings, losses and bytes", async () => {
    const split = NOISE_SPLITS[0]!;
    const plan = planFor(split);
    const budget = { epochs: 1, refit: "never" } as const;
    const before = await train(plan, split, budget);
    const after = await train(redrawn(plan, plan.split.train.slice(0, 1), 9), split, budget);
    expect(after.prepared.encoding).not.toEqual(before.prepared.encoding);
    expect(after.prepared.tasks).not.toEqual(before.prepared.tasks);
    expect(trainingLosses(after)).not.toEqual(trainingLosses(before));
    expect(file(after)).not.toBe(file(before));
  });

  it("count once the model is trained anew with the validation rows", async () => {
    const split = NOISE_SPLITS[0]!;
    const plan = planFor(split);
    const budget = { epochs: 1, refit: "always" } as const;
    const after = await train(redrawn(plan, plan.split.validation, 10), split, budget);
    const before = await train(plan, split, budget);
    expect(fitted(after)).toEqual(fitted(before));
    expect(file(after)).not.toBe(file(before));
  });

  it("are drawn for inputs of every coding there is", async () => {
    const { prepared } = await train(planFor(NOISE_SPLITS[0]!), NOISE_SPLITS[0]!, {
      epochs: 1,
      refit: "never",
    });
    const { inputs } = prepared.encoding;
    expect([...new Set(inputs.map(({ type }) => type))].sort()).toEqual([
      "boolean",
      "category",
      "date",
      "embedding",
      "numeric",
      "ordinal",
      "text",
    ]);
    const codings = inputs.map((coding) => ("coding" in coding ? coding.coding : coding.type));
    expect(codings.filter((coding) => coding === "target")).toHaveLength(2);
    expect(inputs.filter((coding) => feedType(coding) === "float64").map(({ name }) => name)).toEqual([
      "zip",
      "since",
      "seen",
    ]);
    expect(inputs.flatMap((coding) => ("order" in coding ? coding.order : []))).toEqual([
      "S",
      "M",
      "L",
      "XL",
    ]);
    expect(inputs.flatMap((coding) => ("parts" in coding ? [coding.parts] : []))).toEqual([
      ["year", "month", "week"],
      ["year", "month", "week", "day"],
    ]);
    expect(inputs.some((coding) => isNumberInput(coding) && coding.indicator)).toBe(true);
    expect(inputs.some((coding) => isNumberInput(coding) && coding.edges.length > 0)).toBe(true);
    expect(inputs.some((coding) => coding.type === "category" && coding.levels.includes(""))).toBe(true);
    expect(inputs.some((coding) => coding.type === "category" && coding.levels.length > 50)).toBe(true);
    expect(prepared.tasks.map(({ coding }) => coding.kind)).toEqual([
      "regression",
      "regression",
      "binary",
      "multiclass",
      "clustering",
    ]);
  });
});

describe("fitInputEncoding", () => {
  const number = fc.oneof(fc.double({ min: -1e6, max: 1e6 }), fc.constantFrom(Number.NaN, 0, 1, 2));
  const level = fc.option(fc.constantFrom("a", "b", "c", "d", ""), { nil: null });
  const cells = fc.record({
    x: number,
    k: fc.integer({ min: 0, max: 4 }),
    b: fc.constantFrom(0, 1, Number.NaN),
    c: level,
  });
  const row = fc.record({ trains: fc.boolean(), cells, other: cells });
  type Cells = { x: number; k: number; b: number; c: string | null };
  const columnsOf = (rows: readonly Cells[]): Column[] => [
    { name: "x", type: "numeric", numbers: Float64Array.from(rows, ({ x }) => x) },
    { name: "k", type: "ordinal", numbers: Float64Array.from(rows, ({ k }) => k) },
    { name: "b", type: "boolean", numbers: Float64Array.from(rows, ({ b }) => b) },
    { name: "d", type: "date", numbers: Float64Array.from(rows, ({ x }) => Math.round(x)) },
    { name: "c", type: "category", strings: rows.map(({ c }) => c) },
    { name: "sure", type: "boolean", numbers: Float64Array.from(rows, (_, i) => i % 2) },
  ];

  it.each(NORMALISATIONS)(
    "gives the same %s encoding and notes whatever rows outside training hold",
    (normalisation) => {
      fc.assert(
        fc.property(fc.array(row, { minLength: 4, maxLength: 40 }), (rows) => {
          const train = Int32Array.from(rows.flatMap(({ trains }, i) => (trains || i < 2 ? [i] : [])));
          const inTraining = new Set(train);
          const fit = (all: readonly Cells[]) =>
            fitInputEncoding(
              { source: "t", rows: all.length, columns: columnsOf(all) },
              ["x", "k", "b", "d", "c", "sure"],
              train,
              { normalisation },
            );
          const changed = rows.map(({ cells: own, other }, i) => (inTraining.has(i) ? own : other));
          expect(fit(changed)).toEqual(fit(rows.map(({ cells: own }) => own)));
        }),
      );
    },
  );
});
