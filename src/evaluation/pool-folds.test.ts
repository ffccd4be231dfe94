import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import type { Task } from "../tasks/task-kind.js";
import { compareTask } from "./compare-task.js";
import { type ScoredFold, poolFolds } from "./pool-folds.js";
import type { ScoredTask } from "./score-model.js";
import { kindOf } from "../tasks/index.js";

const amount: Task = { name: "y", coding: { kind: "regression", mean: 0, deviation: 1, labelled: 9 } };
const classes = (labels: readonly string[]): Task => ({
  name: "c",
  coding: {
    kind: labels.length === 2 ? "binary" : "multiclass",
    classes: labels,
    classType: "string",
    priors: labels.map(() => 1 / labels.length),
    labelled: 9,
  },
});

function scoredAmounts(truth: readonly number[], values: readonly number[]): ScoredTask {
  const prediction = { kind: "regression" as const, values: Float64Array.from(values) };
  const known = Float64Array.from(truth);
  return {
    task: amount,
    truth: known,
    prediction,
    context: {},
    metrics: kindOf(amount.coding).score(known, prediction),
  };
}

/** Folds over rows with a truth and two predictions each. */
function foldsOf(
  rows: readonly { readonly truth: number; readonly multi: number; readonly single: number }[],
  k: number,
  repeat = 0,
): ScoredFold[] {
  return Array.from({ length: k }, (_, fold) => {
    const held = rows.flatMap((_, row) => ((row + repeat) % k === fold ? [row] : []));
    const of = (key: "multi" | "single"): ScoredTask[] => [
      scoredAmounts(
        held.map((row) => rows[row]!.truth),
        held.map((row) => rows[row]![key]),
      ),
    ];
    const [together, alone] = [of("multi"), of("single")];
    const tasks = [compareTask(together[0]!, alone[0]!, 1)];
    return { repeat, fold, rows: Int32Array.from(held), together, alone, tasks, deltaM: 0 };
  });
}

const number = fc.double({ min: -10, max: 10, noNaN: true });
const rowsOf = fc.array(
  fc.record({ truth: fc.oneof(number, fc.constant(Number.NaN)), multi: number, single: number }),
  { minLength: 6, maxLength: 40 },
);

describe("pooled folds", () => {
  it("give the comparison of one test part with the same rows and predictions, however they are cut", () => {
    fc.assert(
      fc.property(rowsOf, fc.integer({ min: 2, max: 5 }), (rows, k) => {
        fc.pre(rows.some(({ truth }) => !Number.isNaN(truth)));
        const found = poolFolds(foldsOf(rows, k), [amount], rows.length, 4);
        const all = (key: "multi" | "single"): ScoredTask =>
          scoredAmounts(
            rows.map(({ truth }) => truth),
            rows.map((row) => row[key]),
          );
        const whole = compareTask(all("multi"), all("single"), 4);
        const [one] = found.tasks;
        expect(one!.gain.value).toBeCloseTo(whole.gain.value, 9);
        expect(one!.gain.low).toBeCloseTo(whole.gain.low, 9);
        expect(one!.gain.high).toBeCloseTo(whole.gain.high, 9);
        expect(one!.verdict).toBe(whole.verdict);
        expect(one!.testRows).toBe(whole.testRows);
        expect(one!.multi["rmse"]).toBeCloseTo(whole.multi["rmse"]!, 9);
        expect([...found.lines.row].toSorted((a, b) => a - b)).toEqual(rows.map((_, row) => row));
      }),
      { numRuns: 40 },
    );
  });

  it("are no surer for being repeated: twice the same predictions give the same interval", () => {
    fc.assert(
      fc.property(rowsOf, (rows) => {
        fc.pre(rows.some(({ truth }) => !Number.isNaN(truth)));
        const once = poolFolds(foldsOf(rows, 3), [amount], rows.length, 4);
        const twice = poolFolds([...foldsOf(rows, 3), ...foldsOf(rows, 3, 1)], [amount], rows.length, 4);
        const [a, b] = [once.tasks[0]!.gain, twice.tasks[0]!.gain];
        expect(b.low).toBeCloseTo(a.low, 9);
        expect(b.high).toBeCloseTo(a.high, 9);
        expect(twice.lines.row).toHaveLength(2 * rows.length);
        expect(twice.tasks[0]!.testRows).toBe(once.tasks[0]!.testRows);
      }),
      { numRuns: 20 },
    );
  });

  it("put classes that a fold does not know in their places, and leave rows of them out there", () => {
    const random = seededRandom(3);
    const whole = classes(["a", "b", "c"]);
    const scored = (task: Task, labels: readonly string[], share: number): ScoredTask => {
      const own = "classes" in task.coding ? task.coding.classes : [];
      const truth = Float64Array.from(labels, (label) =>
        own.includes(label) ? own.indexOf(label) : Number.NaN,
      );
      const probabilities = Float64Array.from(
        labels.flatMap((label) => own.map((one) => (one === label ? share : (1 - share) / (own.length - 1)))),
      );
      const prediction = { kind: task.coding.kind as "binary", probabilities, classes: own.length };
      return { task, truth, prediction, context: {}, metrics: kindOf(task.coding).score(truth, prediction) };
    };
    const fold = (index: number, task: Task, labels: readonly string[]): ScoredFold => {
      const rows = Int32Array.from(labels, (_, i) => 3 * index + i);
      return {
        repeat: 0,
        fold: index,
        rows,
        together: [scored(task, labels, 0.9)],
        alone: [scored(task, labels, 0.6)],
        tasks: [],
        deltaM: 0,
      };
    };
    const folds = [fold(0, whole, ["c", "a", "b"]), fold(1, classes(["a", "c"]), ["c", "b", "a"])];
    const {
      scored: [one],
      tasks,
    } = poolFolds(folds, [whole], 6, random.integer(9));
    expect([...one!.truth]).toEqual([2, 0, 1, 2, Number.NaN, 0]);
    expect(one!.prediction).toMatchObject({ kind: "multiclass", classes: 3 });
    const shares = one!.prediction.kind === "regression" ? [] : [...one!.prediction.probabilities];
    expect(shares.slice(9, 12)).toEqual([expect.closeTo(0.1, 12), 0, 0.9]);
    expect(tasks[0]!.multi["log-loss"]).toBeCloseTo(-Math.log(0.9), 9);
    expect(tasks[0]).toMatchObject({ testRows: 5, verdict: "helped" });
  });
});
