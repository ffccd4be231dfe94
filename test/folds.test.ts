import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tableFromRows } from "../src/data/index.js";
import { nodeRuntime } from "../src/runtime/node.js";
import type { Runtime } from "../src/runtime/runtime.js";
import type { SplitOptions, StudyOptions } from "../src/study/options.js";
import { type PlannedStudy, planStudy } from "../src/study/plan.js";
import { withDefaults } from "../src/study/schema-complete.js";
import { type TrainedPlan, trainPlan } from "../src/study/train-plan.js";
import { NOISE_ROWS, NOISE_TASKS_AND_CLUSTERS, noiseRows, redrawn, SPLIT_COLUMNS } from "./noise-tables.js";

const optionsFor = (split: Partial<SplitOptions>): StudyOptions =>
  withDefaults({
    data: "rows",
    tasks: NOISE_TASKS_AND_CLUSTERS,
    sharing: { members: 1, trunk: [8] },
    budget: { epochs: 1, batch: 128, refit: "never" },
    split: { kind: "random", validation: 0.15, test: 0.2, folds: 3, ...split },
    ignore: SPLIT_COLUMNS.filter((name) => name !== split.column),
    seed: 4,
  });
const planFor = (split: Partial<SplitOptions>): PlannedStudy =>
  planStudy(tableFromRows(noiseRows(4)), optionsFor(split));
const rowsFrom = (count: number): number[] => Array.from({ length: count }, (_, row) => row);
const sorted = (rows: Iterable<number>): number[] => [...rows].toSorted((a, b) => a - b);

describe("the plan of a study in folds", () => {
  const kinds: readonly Partial<SplitOptions>[] = [
    { kind: "random", repeats: 2 },
    { kind: "stratified", repeats: 2 },
    { kind: "group", column: "site", repeats: 2 },
  ];

  it.each(kinds)("tests every row once in each repeat, and trains the saved model on all: %o", (split) => {
    const plan = planFor(split);
    for (const repeat of [0, 1]) {
      const own = plan.folds!.filter((fold) => fold.repeat === repeat);
      expect(own).toHaveLength(3);
      expect(sorted(own.flatMap((fold) => [...fold.split.test]))).toEqual(rowsFrom(NOISE_ROWS));
    }
    for (const { split: parts } of plan.folds!)
      expect(sorted([...parts.train, ...parts.validation, ...parts.test])).toEqual(rowsFrom(NOISE_ROWS));
    expect(plan.split.test).toHaveLength(0);
    expect(sorted([...plan.split.train, ...plan.split.validation])).toEqual(rowsFrom(NOISE_ROWS));
  });

  it("never parts a group", () => {
    const plan = planFor({ kind: "group", column: "site" });
    const site = plan.table.columns.find(({ name }) => name === "site")!;
    const groupsOf = (rows: Int32Array): Set<unknown> =>
      new Set(Array.from(rows, (row) => ("strings" in site ? site.strings[row] : site.numbers[row])));
    for (const { split } of plan.folds!) {
      const test = groupsOf(split.test);
      expect(
        [...groupsOf(split.train), ...groupsOf(split.validation)].filter((one) => test.has(one)),
      ).toEqual([]);
    }
  });

  it("never trains on what comes after the tested rows", () => {
    const plan = planFor({ kind: "time", column: "since" });
    const since = plan.table.columns.find(({ name }) => name === "since")!;
    const times = (rows: Int32Array): number[] =>
      Array.from(rows, (row) => ("numbers" in since ? since.numbers[row]! : Number.NaN));
    for (const { split } of plan.folds!) {
      const first = Math.min(...times(split.test));
      expect(Math.max(...times(split.train), ...times(split.validation))).toBeLessThan(first);
    }
  });

  it("refuses one fold, and repeats of a split by time, before anything is trained", () => {
    expect(() => planFor({ folds: 1 })).toThrow(/folds must be a whole number of at least 2, got 1/);
    expect(() => planFor({ kind: "time", column: "since", repeats: 2 })).toThrow(
      /repeats of a split by time/,
    );
  });
});

describe("a study trained in folds", () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await nodeRuntime();
  });
  afterAll(() => runtime.close());
  const host = { node: "none", platform: "none" };
  const train = (plan: PlannedStudy, options: StudyOptions): Promise<TrainedPlan> =>
    trainPlan(plan, options, { runtime, host, name: "noise" }, {});
  /** Predictions of a regression on the lines of one fold. */
  const predicted = ({ comparison, crossValidation }: TrainedPlan, fold: number): Map<number, number> => {
    const { prediction } = comparison.scored[0]!;
    const { row, fold: of } = crossValidation!.lines;
    return new Map(
      [...row].flatMap((one, i) =>
        of[i] === fold && prediction.kind === "regression" ? [[one, prediction.values[i]!]] : [],
      ),
    );
  };

  it("is scored over all rows, is the same every time, and no held-out row is read by what predicts it", async () => {
    const options = optionsFor({});
    const plan = planFor({});
    const before = await train(plan, options);
    const [first] = before.comparison.tasks;
    const { truth, prediction } = before.comparison.scored[0]!;
    expect(prediction.kind).toBe("regression");
    if (prediction.kind !== "regression") return;
    const squares = [...truth].flatMap((y, i) => (Number.isNaN(y) ? [] : [(y - prediction.values[i]!) ** 2]));
    expect(first!.multi["rmse"]).toBeCloseTo(
      Math.sqrt(squares.reduce((a, b) => a + b, 0) / squares.length),
      9,
    );
    expect(first!.testRows).toBe(squares.length);
    expect(before.record.evaluation.folds).toMatchObject({ count: 3, repeats: 1 });
    expect(before.record.data.split).toMatchObject({ how: "random, seed 4, 3 folds", test: 0 });

    expect((await train(planFor({}), options)).comparison.tasks).toEqual(before.comparison.tasks);

    const held = plan.folds![0]!.split.test;
    const changed = held.slice(0, held.length >> 1);
    const after = await train(redrawn(plan, changed, 7), options);
    const [then, now] = [predicted(before, 0), predicted(after, 0)];
    const others = [...held].filter((row) => !changed.includes(row));
    expect(others.length).toBeGreaterThan(50);
    expect(others.map((row) => now.get(row))).toEqual(others.map((row) => then.get(row)));
    expect([...predicted(after, 1)]).not.toEqual([...predicted(before, 1)]);
  });
});
