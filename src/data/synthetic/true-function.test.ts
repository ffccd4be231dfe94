import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bestClassification, intervalShares } from "./best-score.js";
import { clusteredTasks } from "./clustered-tasks.js";
import type { Family } from "./family.js";
import { funnel } from "./funnel.js";
import { normalQuantile, normalShare } from "./normal.js";
import { parentChild } from "./parent-child.js";
import { bestPrediction, completeRows, scoreOfTruth, trueProbabilities } from "./true-function.js";

describe("the normal distribution", () => {
  it.each([
    [0, 0.5],
    [1, 0.8413447460685429],
    [-2, 0.0227501319481792],
    [1.959963984540054, 0.975],
    [-5, 2.866515718791939e-7],
  ])("of %f has the share %f below", (x, share) => {
    expect(Math.abs(normalShare(x) - share)).toBeLessThan(1e-14);
  });

  it("has quantiles that undo its shares", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), (share) => {
        expect(normalShare(normalQuantile(share))).toBeCloseTo(share, 12);
      }),
    );
  });
});

describe("the best score", () => {
  it("of two equal classes is 1 − arctan(noise)/π", () => {
    for (const noise of [0.01, 0.3, 0.5, 1, 3]) {
      expect(bestClassification([0], noise).value).toBeCloseTo(1 - Math.atan(noise) / Math.PI, 4);
    }
  });

  it("without noise is certain", () => {
    expect(bestClassification([-1, 1], 0)).toMatchObject({ logLoss: 0 });
    expect(bestClassification([-1, 1], 0).value).toBeCloseTo(1, 12);
  });

  it("falls with the noise, its log loss rises", () => {
    const scores = [0.1, 0.4, 0.9, 2].map((noise) => bestClassification([-0.6, 0.6], noise));
    for (let i = 1; i < scores.length; i++) {
      expect(scores[i]!.value).toBeLessThan(scores[i - 1]!.value);
      expect(scores[i]!.logLoss).toBeGreaterThan(scores[i - 1]!.logLoss!);
    }
  });

  it("is what the true function reaches on many rows, for every kind", () => {
    const rows = 20_000;
    const bound = 5 / Math.sqrt(4 * rows); // five standard errors of a share, more than R² needs here
    const families: Family[] = [
      clusteredTasks({ rows, tasks: 3, kinds: ["regression", "binary", "multiclass"], noise: 0.7, seed: 1 }),
      parentChild({ rows, groups: 3, perGroup: 3, noise: 0.4, seed: 2 }),
      funnel({ rows, noise: 0.8, seed: 3 }),
    ];
    for (const family of families) {
      const complete = completeRows(family);
      for (const [name, { best }] of Object.entries(family.truth.tasks)) {
        const reached = scoreOfTruth(family, name, complete);
        expect(reached.labels).toBe(rows);
        expect(Math.abs(reached.value - best.value)).toBeLessThan(bound);
      }
    }
  });

  it("in log loss is what the true probabilities reach", () => {
    const rows = 20_000;
    const family = parentChild({ rows, noise: 0.5, seed: 8 });
    for (const [name, { best, classes }] of Object.entries(family.truth.tasks)) {
      const losses = family.rows.map(
        (row) => -Math.log(trueProbabilities(family, name, row)[classes.indexOf(String(row[name]))]!),
      );
      const mean = losses.reduce((sum, x) => sum + x, 0) / rows;
      const variance = losses.reduce((sum, x) => sum + (x - mean) ** 2, 0) / rows;
      expect(Math.abs(mean - best.logLoss!)).toBeLessThan(5 * Math.sqrt(variance / rows));
    }
  });
});

describe("the score of the truth", () => {
  it("is NaN without labels, or with one amount", () => {
    const family = clusteredTasks({ rows: 2, tasks: 2, clusters: 1 });
    const [first] = family.rows;
    expect(scoreOfTruth(family, "task1", [])).toEqual({ value: Number.NaN, labels: 0 });
    expect(scoreOfTruth(family, "task1", [first!])).toEqual({ value: Number.NaN, labels: 1 });
  });

  it("is 1 where there is no noise", () => {
    const family = clusteredTasks({
      rows: 200,
      tasks: 3,
      kinds: ["regression", "binary", "multiclass"],
      noise: 0,
    });
    for (const name of Object.keys(family.tasks)) expect(scoreOfTruth(family, name).value).toBe(1);
  });
});

describe("true probabilities", () => {
  it("sum to 1 and are largest where the best prediction is", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -6, max: 6, noNaN: true }),
        fc.double({ min: 0, max: 3, noNaN: true }),
        (s, n) => {
          const shares = intervalShares(s, [-1, 0.2, 1], n);
          expect(shares.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
          expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
        },
      ),
    );
    const family = parentChild({ rows: 50 });
    for (const row of family.rows) {
      const shares = trueProbabilities(family, "species", row);
      expect(shares.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
      const best = family.truth.tasks["species"]!.classes.indexOf(
        String(bestPrediction(family, "species", row)),
      );
      expect(shares[best]).toBe(Math.max(...shares));
    }
  });

  it("are refused for a task that is not there", () => {
    expect(() => trueProbabilities(parentChild({ rows: 2 }), "family", {})).toThrow(
      'synthetic family: task "family" is not one of its tasks. They are genus, species.',
    );
  });
});
