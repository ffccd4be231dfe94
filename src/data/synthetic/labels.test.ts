import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clusteredTasks } from "./clustered-tasks.js";
import { funnel } from "./funnel.js";
import { missingLabels, missingProbability } from "./missing-labels.js";
import { parentChild } from "./parent-child.js";
import { completeRows, scoreOfTruth } from "./true-function.js";

const KINDS = ["regression", "binary", "multiclass"] as const;
const MECHANISMS = ["random", "by-input", "by-value"] as const;
const family = clusteredTasks({ rows: 4000, tasks: 3, kinds: KINDS, seed: 11 });
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

/** Mean of a column in rows where the task has lost its label, less that in the others, in standard errors. */
function pull(column: readonly number[], lost: readonly boolean[]): number {
  const [gone, kept] = [column.filter((_, i) => lost[i]), column.filter((_, i) => !lost[i])];
  const all = mean(column);
  const variance = mean(column.map((x) => (x - all) ** 2));
  return (mean(gone) - mean(kept)) / Math.sqrt(variance * (1 / gone.length + 1 / kept.length));
}

describe("labels of a hierarchy", () => {
  it("never leave their parent, and all of them are there", () => {
    const { rows, truth, relations } = parentChild({ rows: 2000, groups: 4, perGroup: 3, noise: 1 });
    expect(relations).toEqual(["genus:species"]);
    expect(truth.tasks["species"]!.parent).toBe("genus");
    expect(truth.tasks["species"]!.classes).toHaveLength(12);
    for (const row of rows) expect(String(row["species"]).split(".")[0]).toBe(row["genus"]);
    expect(new Set(rows.map((row) => row["species"])).size).toBe(12);
    expect(new Set(rows.map((row) => row["genus"])).size).toBe(4);
  });

  it("turn round from one parent to the next", () => {
    const { rows, truth, inputs } = parentChild({ rows: 4000, groups: 2, noise: 0.3 });
    const { coefficients } = truth.tasks["species"]!;
    for (const [genus, sign] of [
      ["genus1", 1],
      ["genus2", -1],
    ] as const) {
      const own = rows.filter((row) => row["genus"] === genus);
      const scores = own.map((row) =>
        inputs.reduce((sum, x, f) => sum + coefficients[f]! * Number(row[x]), 0),
      );
      const second = own.map((row) => String(row["species"]).endsWith(".2"));
      expect(sign * pull(scores, second)).toBeGreaterThan(20);
    }
  });
});

describe("a funnel", () => {
  const steps = { seen: 0.6, clicked: 0.4, bought: 0.3 };
  const made = funnel({ rows: 6000, steps, affinity: 0.7, seed: 4 });

  it("has a label only where the step before is yes", () => {
    expect(made.relations).toEqual(["seen:clicked", "clicked:bought"]);
    for (const row of made.rows) {
      expect(row["seen"]).toMatch(/^(?:yes|no)$/);
      expect(row["clicked"] !== null).toBe(row["seen"] === "yes");
      expect(row["bought"] !== null).toBe(row["clicked"] === "yes");
    }
  });

  it("keeps the other labels as truth, with the shares asked for over all rows", () => {
    const complete = completeRows(made);
    for (const [name, share] of Object.entries(steps)) {
      const yes = mean(complete.map((row) => Number(row[name] === "yes")));
      expect(Math.abs(yes - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / complete.length));
    }
    expect(made.truth.removed.every(({ why }) => why === "after-parent")).toBe(true);
  });

  it("selects the willing: the share among labelled rows is above that over all", () => {
    const labelled = made.rows.filter((row) => row["bought"] !== null);
    const yes = mean(labelled.map((row) => Number(row["bought"] === "yes")));
    expect(yes).toBeGreaterThan(steps.bought + 5 * Math.sqrt(0.21 / labelled.length));
  });
});

describe("missing labels", () => {
  it.each(MECHANISMS)("are the share asked for, %s", (mechanism) => {
    fc.assert(
      fc.property(fc.double({ min: 0.05, max: 0.95, noNaN: true }), fc.integer(), (share, seed) => {
        const { rows, truth } = missingLabels(family, { share, mechanism, seed });
        for (const name of Object.keys(family.tasks)) {
          const lost = rows.filter((row) => row[name] === null).length;
          expect(truth.removed.filter(({ task }) => task === name)).toHaveLength(lost);
          const bound = 5.5 * Math.sqrt((share * (1 - share)) / rows.length);
          expect(Math.abs(lost / rows.length - share)).toBeLessThan(bound);
        }
      }),
      { numRuns: 6 },
    );
  });

  it("depend on what the mechanism says, and on nothing else", () => {
    for (const mechanism of MECHANISMS) {
      const { rows } = missingLabels(family, { share: 0.4, mechanism, seed: 2 });
      Object.keys(family.tasks).forEach((name, t) => {
        const lost = rows.map((row) => row[name] === null);
        const { classes, coefficients } = family.truth.tasks[name]!;
        const pulls = family.inputs.map((input) =>
          pull(
            family.rows.map((row) => Number(row[input])),
            lost,
          ),
        );
        const values = family.rows.map((row) =>
          classes.length === 0 ? Number(row[name]) : classes.indexOf(String(row[name])),
        );
        if (mechanism === "by-value") expect(pull(values, lost)).toBeGreaterThan(20);
        if (mechanism === "by-input") expect(pulls[t]).toBeGreaterThan(20);
        if (mechanism === "random") expect(Math.abs(pull(values, lost))).toBeLessThan(5);
        const others = pulls.filter((_, i) =>
          mechanism === "by-value" ? Math.abs(coefficients[i]!) < 0.01 : mechanism === "random" || i !== t,
        );
        for (const other of others) expect(Math.abs(other)).toBeLessThan(5);
      });
    }
  });

  it("are removed with the probability the rule states", () => {
    const { rows, truth } = missingLabels(family, { share: 0.3, mechanism: "by-input", input: "x5" });
    for (const rule of truth.missing) {
      expect(rule.column).toBe("x5");
      const probabilities = family.rows.map((row) => missingProbability(rule, Number(row["x5"])));
      expect(mean(probabilities)).toBeCloseTo(0.3, 10);
      const likely = probabilities.flatMap((p, i) => (p > 0.6 ? [i] : []));
      const lost = mean(likely.map((i) => Number(rows[i]![rule.task] === null)));
      const expected = mean(likely.map((i) => probabilities[i]!));
      expect(Math.abs(lost - expected)).toBeLessThan(5 * Math.sqrt(0.25 / likely.length));
    }
  });

  it("can be put back to the byte, and leave inputs, other tasks and the given family as they were", () => {
    const before = JSON.stringify(family);
    const once = missingLabels(family, { share: 0.5, mechanism: "by-value", tasks: ["task2"] });
    const twice = missingLabels(once, { share: 0.5, mechanism: "random", tasks: ["task2", "task1"] });
    expect(JSON.stringify(family)).toBe(before);
    expect(JSON.stringify(completeRows(twice))).toBe(JSON.stringify(family.rows));
    expect(once.rows.every((row, i) => row["task1"] === family.rows[i]!["task1"])).toBe(true);
    expect(twice.rows.every((row, i) => row["x1"] === family.rows[i]!["x1"])).toBe(true);
    expect(twice.rows.every((row) => row["task3"] !== null)).toBe(true);
    const labelled = (rows: typeof family.rows): number => rows.filter((row) => row["task2"] !== null).length;
    expect(labelled(twice.rows) / labelled(once.rows)).toBeCloseTo(0.5, 1);
  });

  it("by value change what labelled rows can reach, at random they do not", () => {
    const best = family.truth.tasks["task1"]!.best.value;
    const reached = (mechanism: (typeof MECHANISMS)[number]): number =>
      scoreOfTruth(missingLabels(family, { share: 0.5, mechanism, strength: 5 }), "task1").value;
    expect(Math.abs(reached("random") - best)).toBeLessThan(0.03);
    expect(reached("by-value")).toBeLessThan(best - 0.05);
  });

  it("are the same for the same seed and others for another", () => {
    const lost = (seed: number): string =>
      JSON.stringify(missingLabels(family, { share: 0.2, mechanism: "random", seed }).truth.removed);
    expect(lost(1)).toBe(lost(1));
    expect(lost(1)).not.toBe(lost(2));
  });

  it.each([
    [{ share: 0, mechanism: "random" }, "missingLabels: share must be a number above 0 and below 1, got 0."],
    [
      { share: 0.5, mechanism: "by-inputs" },
      'missingLabels: mechanism must be one of random, by-input, by-value, got "by-inputs". Did you mean "by-input"',
    ],
    [
      { share: 0.5, mechanism: "random", tasks: ["task9"] },
      'missingLabels: tasks must be one of task1, task2, task3, got "task9".',
    ],
    [{ share: 0.5, mechanism: "by-input", input: "y" }, "missingLabels: input must be one of x1, x2,"],
  ])("with options out of range are refused (%#)", (options, message) => {
    expect(() => missingLabels(family, options as Parameters<typeof missingLabels>[1])).toThrow(message);
  });
});
