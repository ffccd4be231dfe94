import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { groupOrder, taskGroups } from "../model/groups.js";
import type { ModelSpec } from "../model/spec.js";
import type { Task } from "../tasks/task-kind.js";
import { type TrainingData, labelTables, takeRows } from "./training-data.js";
import { PLAIN } from "../../test/fixtures/plain-model.js";

const TASKS: readonly Task[] = [
  {
    name: "c",
    coding: { kind: "binary", classes: ["n", "y"], classType: "string", priors: [0.5, 0.5], labelled: 3 },
  },
  { name: "a", coding: { kind: "regression", mean: 10, deviation: 2, labelled: 3 } },
  { name: "s", coding: { kind: "clustering", clusters: 3, embedding: 2 } },
  { name: "b", coding: { kind: "regression", mean: 0, deviation: 4, labelled: 3 } },
];
const specOf = (tasks: readonly Task[]): ModelSpec => ({
  inputs: 1,
  tasks,
  links: [],
  trunk: [4],
  ...PLAIN,
});
const dataOf = (truths: Readonly<Record<string, readonly number[]>>, rows: number): TrainingData => ({
  rows,
  width: 1,
  encoded: new Float32Array(rows),
  truths: Object.fromEntries(
    Object.entries(truths).map(([name, values]) => [name, Float64Array.from(values)]),
  ),
  split: {
    train: Int32Array.from({ length: rows }, (_, i) => i),
    validation: new Int32Array(0),
    test: new Int32Array(0),
  },
});

describe("label tables", () => {
  it("standardise amounts, keep class indices and mark what is labelled, in the order of the groups", () => {
    const spec = specOf(TASKS);
    const tables = labelTables(
      spec,
      dataOf({ c: [1, 0, Number.NaN], a: [12, Number.NaN, 7], s: [0, 1, 2], b: [-4, 8, 0] }, 3),
    );
    expect(groupOrder(taskGroups(spec)).map((t) => spec.tasks[t]!.name)).toEqual(["c", "a", "b", "s"]);
    expect(tables.targetWidth).toBe(6); // one each and three soft assignments
    expect([...tables.targets]).toEqual([1, 1, -1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, -1.5, 0, 0, 0, 0]);
    expect([...tables.mask]).toEqual([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0]);
  });

  it("never put a number where a label is missing, nor a label of a clustering's reference", () => {
    const cell = fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 0, max: 1 }));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell, cell, cell), { minLength: 1, maxLength: 12 }),
        fc.shuffledSubarray([...TASKS], { minLength: 1 }),
        (cells, tasks) => {
          const spec = specOf(tasks);
          const truths = Object.fromEntries(TASKS.map(({ name }, i) => [name, cells.map((row) => row[i]!)]));
          const { targets, targetWidth, mask } = labelTables(spec, dataOf(truths, cells.length));
          expect(targets.every(Number.isFinite)).toBe(true);
          for (const group of taskGroups(spec)) {
            group.tasks.forEach((t, g) => {
              cells.forEach((_, row) => {
                const { name, coding } = spec.tasks[t]!;
                const truth = truths[name]![row]!;
                const labelled = group.kind.supervised && !Number.isNaN(truth);
                const start = row * targetWidth + group.targetOffset + g * group.targetWidth;
                expect(mask[row * tasks.length + group.maskOffset + g]).toBe(labelled ? 1 : 0);
                expect(targets[start]).toBe(labelled ? Math.fround(group.kind.scale(coding, truth)) : 0);
              });
            });
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe("rows of a table", () => {
  it("are copied in the order asked for, repeats included", () => {
    const table = Float32Array.from([0, 1, 10, 11, 20, 21]);
    const taken = takeRows(table, 2, Int32Array.of(2, 0, 2));
    expect([...taken]).toEqual([20, 21, 0, 1, 20, 21]);
    taken[0] = -1;
    expect(table[4]).toBe(20);
  });
});
