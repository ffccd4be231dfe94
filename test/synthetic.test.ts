import { describe, expect, it } from "vitest";
import { type LoadOptions, load, synthetic } from "../src/index.js";

const QUICK = {
  budget: { epochs: 40, patience: 10 },
  sharing: { members: 1, trunk: [32] },
} as const;

/** The record of a quick study of a family, with what its planning warned of. */
async function recordOf(
  { rows, tasks, relations }: synthetic.Family,
  options: Partial<LoadOptions<synthetic.Family["tasks"]>> = {},
) {
  const study = await load(rows, { tasks, relations, ...QUICK, ...options });
  const model = await study.train();
  try {
    return { ...model.record, planned: study.warnings };
  } finally {
    await model.close();
  }
}

/** Labels of each task that are left. */
const labelsLeft = ({ rows, tasks }: synthetic.Family): Record<string, number> =>
  Object.fromEntries(
    Object.keys(tasks).map((name) => [name, rows.filter((row) => row[name] !== null).length]),
  );

const labelsCounted = (record: Awaited<ReturnType<typeof recordOf>>): Record<string, number> =>
  Object.fromEntries(
    record.tasks.map(({ name, labelled }) => [name, labelled.train + labelled.validation + labelled.test]),
  );

/** Every task's score is at least `share` of the way from guessing to the best there is, and not above that but by chance. */
function expectWithinReach(
  family: synthetic.Family,
  record: Awaited<ReturnType<typeof recordOf>>,
  share: number,
) {
  for (const { task, multi, testRows } of record.evaluation.tasks) {
    const { best, classes } = family.truth.tasks[task]!;
    const guess = best.metric === "r2" ? 0 : 1 / classes.length;
    const chance = 4 * Math.sqrt(0.25 / testRows);
    expect(multi[best.metric]).toBeLessThan(best.value + chance);
    expect(multi[best.metric]).toBeGreaterThan(guess + share * (best.value - guess) - chance / 2);
  }
}

describe("a study of a synthetic family", () => {
  it("takes mixed kinds as planted and comes near the best score, never above it", async () => {
    const family = synthetic.outlierTasks({
      rows: 800,
      inputs: 6,
      tasks: 4,
      kinds: ["regression", "binary", "multiclass"],
      seed: 1,
    });
    const record = await recordOf(family);
    expect(record.planned).toEqual([]);
    expect(record.tasks.map(({ kind }) => kind)).toEqual([
      "regression",
      "binary",
      "multiclass",
      "regression",
    ]);
    expectWithinReach(family, record, 0.85);
  });

  it.each([
    ["gains from tasks that are alike", { clusters: 1 }, 1],
    ["loses by tasks that have nothing in common", { clusters: 8 }, -1],
    ["gains from tasks that are opposed", undefined, 1],
  ] as const)("%s, when each has few labels", async (_, clustered, sign) => {
    const options = { rows: 1000, inputs: 16, tasks: 8, spread: 0.05, noise: 0.3, seed: 0 };
    const whole = clustered
      ? synthetic.clusteredTasks({ ...options, ...clustered })
      : synthetic.opposedTasks(options);
    const family = synthetic.missingLabels(whole, { share: 0.85, mechanism: "random" });
    const record = await recordOf(family, { split: { kind: "random", validation: 0.1, test: 0.6 } });
    expect(labelsCounted(record)).toEqual(labelsLeft(family));
    expect(sign * record.evaluation.deltaM.percent).toBeGreaterThan(3);
  });

  it("learns the labels of a hierarchy with their link", async () => {
    const family = synthetic.parentChild({ rows: 900, inputs: 4, noise: 0.3, seed: 2 });
    const record = await recordOf(family);
    expect(record.links.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ["parent-child", "genus", "species"],
    ]);
    expectWithinReach(family, record, 0.85);
  });

  it("trains a funnel whose labels are missing by its steps and by value", async () => {
    const whole = synthetic.funnel({ rows: 900, inputs: 4, noise: 0.3, seed: 2 });
    const family = synthetic.missingLabels(whole, { share: 0.3, mechanism: "by-value" });
    const record = await recordOf(family);
    expect(labelsCounted(record)).toEqual(labelsLeft(family));
    const auc = record.evaluation.tasks.map(({ multi }) => multi["roc-auc"]!);
    expect(Math.min(...auc)).toBeGreaterThan(0.85);
  });
});
