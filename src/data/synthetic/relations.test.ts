import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clusteredTasks } from "./clustered-tasks.js";
import { dirtyTasks } from "./dirty-tasks.js";
import { dot } from "./directions.js";
import type { Family } from "./family.js";
import { funnel } from "./funnel.js";
import { missingLabels } from "./missing-labels.js";
import { opposedTasks } from "./opposed-tasks.js";
import { outlierTasks } from "./outlier-tasks.js";
import { parentChild } from "./parent-child.js";

const seeds = fc.integer({ min: -1e6, max: 1e6 });
const spreads = fc.double({ min: 0, max: 0.5, noNaN: true });
const coefficientsOf = ({ truth }: Family): (readonly number[])[] =>
  Object.values(truth.tasks).map(({ coefficients }) => coefficients);

/** Pairs of tasks by whether `alike` says they belong together. */
function cosinesBy(family: Family, alike: (a: number, b: number) => boolean): [number[], number[]] {
  const within: number[] = [];
  const across: number[] = [];
  family.truth.relations.forEach((row, a) =>
    row.forEach((cosine, b) => {
      if (a < b) (alike(a, b) ? within : across).push(cosine);
    }),
  );
  return [within, across];
}

describe("planted relations", () => {
  it("are the cosines of coefficients of length 1, in every family", () => {
    const families = [
      clusteredTasks({ rows: 3 }),
      outlierTasks({ rows: 3 }),
      opposedTasks({ rows: 3 }),
      dirtyTasks({ rows: 3 }),
      parentChild({ rows: 3 }),
      funnel({ rows: 3 }),
    ];
    for (const family of families) {
      const vectors = coefficientsOf(family);
      family.truth.relations.forEach((row, a) =>
        row.forEach((cosine, b) => expect(cosine).toBeCloseTo(dot(vectors[a]!, vectors[b]!), 12)),
      );
      family.truth.relations.forEach((row, a) => expect(row[a]).toBeCloseTo(1, 12));
    }
  });

  it("of clusters are high within a cluster and low across, for any seed", () => {
    fc.assert(
      fc.property(seeds, spreads, (seed, spread) => {
        const family = clusteredTasks({ rows: 1, inputs: 20, tasks: 6, clusters: 3, spread, seed });
        const clusters = Object.values(family.truth.tasks).map(({ cluster }) => cluster);
        expect(clusters).toEqual([0, 1, 2, 0, 1, 2]);
        const [within, across] = cosinesBy(family, (a, b) => clusters[a] === clusters[b]);
        const reach = (spread * spread) / (1 + spread * spread); // what two turns aside can add or take
        const center = 1 / (1 + spread * spread);
        expect(Math.min(...within)).toBeGreaterThanOrEqual(center - reach - 1e-9);
        expect(Math.max(...across.map(Math.abs))).toBeLessThanOrEqual(reach + 1e-9);
      }),
      { numRuns: 40 },
    );
  });

  it("of an outlier to every other task are 0, and the related ones stay related", () => {
    fc.assert(
      fc.property(seeds, spreads, (seed, spread) => {
        const family = outlierTasks({ rows: 1, tasks: 5, outliers: 2, spread, seed });
        const tasks = Object.values(family.truth.tasks);
        expect(tasks.map(({ outlier }) => outlier)).toEqual([false, false, false, true, true]);
        const [related, alone] = cosinesBy(family, (a, b) => !tasks[a]!.outlier && !tasks[b]!.outlier);
        expect(Math.max(...alone.map(Math.abs))).toBeLessThan(1e-9);
        expect(Math.min(...related)).toBeGreaterThan(0.59);
      }),
      { numRuns: 40 },
    );
  });

  it("of opposed tasks are negative across the sides and positive within", () => {
    fc.assert(
      fc.property(seeds, spreads, (seed, spread) => {
        const family = opposedTasks({ rows: 1, tasks: 5, spread, seed });
        const [within, across] = cosinesBy(family, (a, b) => (a - b) % 2 === 0);
        expect(Math.min(...within)).toBeGreaterThan(0.59);
        expect(Math.max(...across)).toBeLessThan(-0.59);
      }),
      { numRuns: 40 },
    );
  });

  it("of dirty tasks come from the common inputs alone: each reads its own ones by itself", () => {
    const family = dirtyTasks({ rows: 1, inputs: 12, tasks: 4, common: 3, own: 2 });
    coefficientsOf(family).forEach((vector, t) => {
      const read = vector.flatMap((x, i) => (x === 0 ? [] : [i]));
      expect(read).toEqual([0, 1, 2, 3 + 2 * t, 4 + 2 * t]);
    });
  });

  it("of the steps of a funnel are the affinity", () => {
    const family = funnel({ rows: 1, affinity: -0.4, steps: { seen: 0.6, clicked: 0.4, bought: 0.3 } });
    expect(family.truth.relations[0]![1]).toBeCloseTo(-0.4, 12);
    expect(family.truth.relations[1]![2]).toBeCloseTo(-0.4, 12);
  });
});

describe("targets", () => {
  it("follow the planted coefficients: least squares finds them again", () => {
    const family = clusteredTasks({ rows: 4000, inputs: 6, tasks: 2, noise: 0.5, seed: 3 });
    for (const [name, { coefficients }] of Object.entries(family.truth.tasks)) {
      // Inputs are independent with variance 1, so products with the target estimate its coefficients.
      const products = family.inputs.map(
        (input) =>
          family.rows.reduce((sum, row) => sum + Number(row[input]) * Number(row[name]), 0) /
          family.rows.length,
      );
      const error = 5 * Math.sqrt((2 + 0.25) / 4000); // five standard errors
      products.forEach((product, i) => expect(Math.abs(product - coefficients[i]!)).toBeLessThan(error));
    }
  });

  it("are the same bytes for the same seed, and others for another", () => {
    const make = [clusteredTasks, outlierTasks, opposedTasks, dirtyTasks, parentChild, funnel];
    for (const family of make) {
      const options = { rows: 30, seed: 5 };
      expect(JSON.stringify(family(options))).toBe(JSON.stringify(family(options)));
      expect(JSON.stringify(family(options))).not.toBe(JSON.stringify(family({ ...options, seed: 6 })));
    }
  });

  it("come with a truth that is plain data", () => {
    for (const make of [clusteredTasks, outlierTasks, opposedTasks, dirtyTasks, parentChild, funnel]) {
      const whole = make({ rows: 30 });
      const { truth } = missingLabels(whole, { share: 0.5, mechanism: "by-value" });
      expect(JSON.parse(JSON.stringify(truth))).toEqual(truth);
    }
  });

  it("keep their inputs when tasks, kinds or noise change", () => {
    const inputsOf = ({ rows, inputs }: Family): unknown => rows.map((row) => inputs.map((x) => row[x]));
    const plain = inputsOf(clusteredTasks({ rows: 20 }));
    expect(inputsOf(clusteredTasks({ rows: 20, tasks: 3, kinds: ["binary"], noise: 2 }))).toEqual(plain);
    expect(inputsOf(parentChild({ rows: 20 }))).toEqual(plain);
  });

  it("are of the kinds asked for, in turn", () => {
    const family = opposedTasks({
      rows: 300,
      tasks: 3,
      kinds: ["regression", "binary", "multiclass"],
      classes: 4,
    });
    expect(family.tasks).toEqual({
      task1: { kind: "regression" },
      task2: { kind: "classification" },
      task3: { kind: "classification" },
    });
    const labels = (name: string): number => new Set(family.rows.map((row) => row[name])).size;
    expect([labels("task1"), labels("task2"), labels("task3")]).toEqual([300, 2, 4]);
  });
});

describe("options of families", () => {
  it.each([
    [() => clusteredTasks({ rows: 0 }), "clusteredTasks: rows must be a whole number of at least 1, got 0."],
    [
      () => clusteredTasks({ clusters: 7 }),
      "clusteredTasks: tasks must be a whole number of at least 7, got 6.",
    ],
    [
      () => clusteredTasks({ inputs: 2 }),
      "clusteredTasks: inputs must be a whole number of at least 3, got 2.",
    ],
    [() => outlierTasks({ spread: -1 }), "outlierTasks: spread must be a number at least 0, got -1."],
    [() => opposedTasks({ noise: Number.NaN }), "opposedTasks: noise must be a number at least 0, got NaN."],
    [() => opposedTasks({ seed: 0.5 }), "opposedTasks: seed must be a whole number, got 0.5."],
    [
      () => opposedTasks({ kinds: [] }),
      "opposedTasks: kinds must be one or more of regression, binary, multiclass, got none.",
    ],
    [() => dirtyTasks({ inputs: 4 }), "dirtyTasks: inputs must be a whole number of at least 9, got 4."],
    [() => parentChild({ groups: 1 }), "parentChild: groups must be a whole number of at least 2, got 1."],
    [() => funnel({ steps: { clicked: 0.4 } }), "funnel: steps must be two steps or more, got 1."],
    [() => funnel({ affinity: 2 }), "funnel: affinity must be a number at least -1 and at most 1, got 2."],
    [
      () => funnel({ steps: { a: 0.4, b: 1 } }),
      "funnel: steps.b must be a number above 0 and below 1, got 1.",
    ],
  ])("out of range are refused with what was expected (%#)", (make, message) => {
    expect(make).toThrow(message);
  });
});
