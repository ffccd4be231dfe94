import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { TASK_KINDS } from "../index.js";
import { adjustedRand, normalisedMutualInformation } from "./agreement.js";
import { accuracy, balancedAccuracy, confusion, logLosses, macroF1, meanOfFinite } from "./classification.js";
import { mae, r2, rmse } from "./regression.js";
import { rocAuc } from "./roc-auc.js";
import { SILHOUETTE_ROWS, silhouettes } from "./silhouette.js";

type Numbers = readonly (number | null)[];
interface Case {
  readonly name: string;
  readonly score: Readonly<Record<string, number | null>>;
}
interface Fixture {
  readonly regression: readonly (Case & { truth: Numbers; values: Numbers })[];
  readonly classification: readonly (Case & { truth: Numbers; classes: number; probabilities: Numbers })[];
  readonly clustering: readonly (Case & {
    width: number;
    points: Numbers;
    assignment: readonly number[];
    clusters: number;
    reference: Numbers;
  })[];
}

const fixture = JSON.parse(
  readFileSync(new URL("../../../test/fixtures/metrics.json", import.meta.url), "utf8"),
) as Fixture;
const numbers = (values: Numbers): Float64Array => Float64Array.from(values, (value) => value ?? Number.NaN);

function expectScores(actual: Record<string, number>, expected: Case["score"]): void {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
  for (const [metric, value] of Object.entries(expected)) {
    if (value === null) expect(actual[metric], metric).toBeNaN();
    else
      expect(Math.abs(actual[metric]! - value), `${metric}: ${actual[metric]} against ${value}`).toBeLessThan(
        1e-9,
      );
  }
}

describe("metrics agree with scikit-learn", () => {
  it.each(fixture.regression)("regression: $name", ({ truth, values, score }) => {
    const t = numbers(truth);
    const p = numbers(values);
    expectScores({ rmse: rmse(t, p), mae: mae(t, p), r2: r2(t, p) }, score);
  });

  it.each(fixture.classification)("classification: $name", ({ truth, classes, probabilities, score }) => {
    const t = numbers(truth);
    const p = { probabilities: numbers(probabilities), classes };
    const counts = confusion(t, p);
    const scores = {
      "log-loss": meanOfFinite(logLosses(t, p)),
      accuracy: accuracy(counts, classes),
      "balanced-accuracy": balancedAccuracy(counts, classes),
      "macro-f1": macroF1(counts, classes),
      "roc-auc": rocAuc(t, p),
    };
    expectScores(scores, score);
    expectScores(TASK_KINDS.multiclass.score(t, { kind: "multiclass", ...p }), score);
  });

  it.each(fixture.clustering)(
    "clustering: $name",
    ({ width, points, assignment, clusters, reference, score }) => {
      const truth = numbers(reference);
      const data = Float32Array.from(numbers(points));
      const scores = {
        silhouette: meanOfFinite(silhouettes({ data, width, assignment })),
        nmi: normalisedMutualInformation(truth, assignment),
        "adjusted-rand": adjustedRand(truth, assignment),
      };
      expectScores(scores, score);
      const probabilities = Float64Array.from(
        assignment.flatMap((cluster) => Array.from({ length: clusters }, (_, k) => (k === cluster ? 1 : 0))),
      );
      const prediction = { kind: "clustering", probabilities, classes: clusters } as const;
      expectScores(TASK_KINDS.clustering.score(truth, prediction, { encoded: { data, width } }), score);
    },
  );
});

describe("silhouettes", () => {
  it("of many rows are taken on a sample that does not depend on the assignment", () => {
    const rows = SILHOUETTE_ROWS + 500;
    const data = Float32Array.from({ length: rows }, (_, i) => (i % 2) * 10 + (i % 7) / 10);
    const sampled = (period: number): number[] => {
      const values = silhouettes({
        data,
        width: 1,
        assignment: Array.from({ length: rows }, (_, i) => i % period),
      });
      return [...values.keys()].filter((i) => !Number.isNaN(values[i]!));
    };
    expect(sampled(2)).toHaveLength(SILHOUETTE_ROWS);
    expect(sampled(3)).toEqual(sampled(2));
    const right = silhouettes({ data, width: 1, assignment: Array.from({ length: rows }, (_, i) => i % 2) });
    expect(meanOfFinite(right)).toBeGreaterThan(0.9);
  });
});
