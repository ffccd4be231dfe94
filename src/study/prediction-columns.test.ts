import { describe, expect, it } from "vitest";
import type { OutputColumn } from "../data/index.js";
import type { ScoredTask } from "../evaluation/score-model.js";
import type { ClassType, Prediction } from "../tasks/task-kind.js";
import { predictionColumns, scoredColumns } from "./prediction-columns.js";

const labels = (
  classes: readonly string[],
  classType: ClassType,
  probabilities: readonly number[],
  indices: readonly number[],
): OutputColumn[] => {
  const kind = classes.length === 2 ? ("binary" as const) : ("multiclass" as const);
  const shares = Float64Array.from(probabilities);
  const prediction: Prediction = { kind, probabilities: shares, classes: classes.length };
  return predictionColumns([
    {
      task: { name: "y", kind, classes, classType },
      values: Float64Array.from(indices),
      probabilities: shares,
      prediction,
    },
  ]);
};
const shown = (columns: readonly OutputColumn[]): (readonly [string, string, unknown[]])[] =>
  columns.map(({ name, type, values }) => [name, type, Array.from(values as ArrayLike<unknown>)]);

describe("columns of predictions", () => {
  it("are the numbers of a regression", () => {
    const values = Float64Array.of(1.5, -2);
    const columns = predictionColumns([
      {
        task: { name: "y", kind: "regression", classes: [], classType: "number" },
        values,
        probabilities: new Float64Array(0),
        prediction: { kind: "regression", values },
      },
    ]);
    expect(shown(columns)).toEqual([["y", "number", [1.5, -2]]]);
  });

  it.each([
    ["string", ["no", "yes"], "string", ["yes", "no"]],
    ["boolean", ["false", "true"], "boolean", [true, false]],
    ["integer", ["3", "7"], "integer", [7, 3]],
    ["number", ["0.5", "1.5"], "number", [1.5, 0.5]],
  ] as const)(
    "are labels as they were read, then a probability for each: %s",
    (classType, classes, type, written) => {
      expect(shown(labels(classes, classType, [0.25, 0.75, 0.9, 0.1], [1, 0]))).toEqual([
        ["y", type, [...written]],
        [`y.${classes[0]}`, "number", [0.25, 0.9]],
        [`y.${classes[1]}`, "number", [0.75, 0.1]],
      ]);
    },
  );
});

describe("columns of scored rows", () => {
  const scored = (
    task: ScoredTask["task"],
    truth: readonly number[],
    prediction: Prediction,
  ): ScoredTask => ({ task, truth: Float64Array.from(truth), prediction, metrics: {}, context: {} });
  const rows = Int32Array.of(7, 2);

  it("have the row numbers first and the truth beside each prediction", () => {
    const task = { name: "y", coding: { kind: "regression" as const, mean: 0, deviation: 1, labelled: 2 } };
    expect(
      shown(
        scoredColumns(rows, [
          scored(task, [3, Number.NaN], { kind: "regression", values: Float64Array.of(2.5, 4) }),
        ]),
      ),
    ).toEqual([
      ["row", "integer", [7, 2]],
      ["truth:y", "number", [3, Number.NaN]],
      ["y", "number", [2.5, 4]],
    ]);
  });

  it.each([
    ["string", ["a", "b", "c"], ["c", null]],
    ["integer", ["1", "2", "5"], [5, Number.NaN]],
    ["number", ["0.5", "1", "1.5"], [1.5, Number.NaN]],
  ] as const)("leave a missing label empty, and predict it all the same: %s", (classType, classes, truth) => {
    const coding = { kind: "multiclass" as const, classes, classType, priors: [0.3, 0.3, 0.4], labelled: 2 };
    const prediction: Prediction = {
      kind: "multiclass",
      probabilities: Float64Array.of(0.2, 0.5, 0.3, 0.1, 0.1, 0.8),
      classes: 3,
    };
    const [, known, predicted, ...shares] = shown(
      scoredColumns(rows, [scored({ name: "y", coding }, [2, Number.NaN], prediction)]),
    );
    expect(known).toEqual(["truth:y", classType, [...truth]]);
    expect(predicted![2]).toEqual(
      [classes[1], classes[2]].map((label) => (classType === "string" ? label : Number(label))),
    );
    expect(shares.map(([name, , values]) => [name, values])).toEqual([
      [`y.${classes[0]}`, [0.2, 0.1]],
      [`y.${classes[1]}`, [0.5, 0.1]],
      [`y.${classes[2]}`, [0.3, 0.8]],
    ]);
  });

  it("leave a missing boolean empty", () => {
    const coding = {
      kind: "binary" as const,
      classes: ["false", "true"],
      classType: "boolean" as const,
      priors: [0.5, 0.5],
      labelled: 2,
    };
    const prediction: Prediction = {
      kind: "binary",
      probabilities: Float64Array.of(0.2, 0.8, 0.6, 0.4),
      classes: 2,
    };
    const [, known, predicted] = shown(
      scoredColumns(rows, [scored({ name: "y", coding }, [Number.NaN, 1], prediction)]),
    );
    expect(known).toEqual(["truth:y", "boolean", [null, true]]);
    expect(predicted).toEqual(["y", "boolean", [true, false]]);
  });

  it("number the clusters of a clustering and claim no truth for them", () => {
    const prediction: Prediction = {
      kind: "clustering",
      probabilities: Float64Array.of(0.2, 0.8, 0.6, 0.4),
      classes: 2,
    };
    expect(
      shown(
        scoredColumns(rows, [
          scored(
            { name: "s", coding: { kind: "clustering", clusters: 2, embedding: 2 } },
            [0, 1],
            prediction,
          ),
        ]),
      ),
    ).toEqual([
      ["row", "integer", [7, 2]],
      ["s", "integer", [1, 0]],
      ["s.0", "number", [0.2, 0.6]],
      ["s.1", "number", [0.8, 0.4]],
    ]);
  });
});
