import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kindOf } from "../tasks/index.js";
import { DESCRIPTOR_WIDTH, type Task } from "../tasks/task-kind.js";
import { cosineMatrix, taskDescriptors } from "./task-vectors.js";

const cell = fc.double({ min: -100, max: 100, noNaN: true }).map((x) => (Math.abs(x) < 1e-3 ? 0 : x));
const vectors = fc
  .integer({ min: 1, max: 6 })
  .chain((width) =>
    fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }),
  );
const cosineOf = (rows: readonly (readonly number[])[]): number[][] =>
  cosineMatrix(Float64Array.from(rows.flat()), rows.length);

describe("the cosine of task vectors", () => {
  it("takes known values", () => {
    const found = cosineOf([
      [1, 0],
      [0, 2],
      [3, 3],
      [-1, 0],
      [0, 0],
    ]);
    const expected = [
      [1, 0, Math.SQRT1_2, -1, 0],
      [0, 1, Math.SQRT1_2, 0, 0],
      [Math.SQRT1_2, Math.SQRT1_2, 1, -Math.SQRT1_2, 0],
      [-1, 0, -Math.SQRT1_2, 1, 0],
      [0, 0, 0, 0, 1],
    ];
    found.forEach((row, i) => row.forEach((x, j) => expect(x).toBeCloseTo(expected[i]![j]!, 12)));
  });

  it("is symmetric, 1 on the diagonal and within -1 and 1", () => {
    fc.assert(
      fc.property(vectors, (rows) => {
        const found = cosineOf(rows);
        expect(found).toHaveLength(rows.length);
        found.forEach((row, i) => {
          expect(row[i]).toBe(1);
          row.forEach((x, j) => {
            expect(x).toBe(found[j]![i]);
            expect(Math.abs(x)).toBeLessThanOrEqual(1);
          });
        });
      }),
    );
  });

  it("does not change when a vector is stretched, and turns its sign with it", () => {
    fc.assert(
      fc.property(vectors, fc.constantFrom(-3, 0.01, 50), (rows, factor) => {
        const [before, after] = [
          cosineOf(rows),
          cosineOf(rows.map((row, i) => (i === 0 ? row.map((x) => x * factor) : row))),
        ];
        for (let j = 1; j < rows.length; j++)
          expect(after[0]![j]).toBeCloseTo(Math.sign(factor) * before[0]![j]!, 9);
      }),
    );
  });

  it("is empty for no tasks", () => expect(cosineMatrix(new Float64Array(0), 0)).toEqual([]));
});

describe("task descriptors", () => {
  const tasks: Task[] = [
    { name: "a", coding: { kind: "regression", mean: 3, deviation: 2, labelled: 100 } },
    {
      name: "b",
      coding: { kind: "binary", classes: ["n", "y"], classType: "string", priors: [0.1, 0.9], labelled: 20 },
    },
    { name: "s", coding: { kind: "clustering", clusters: 4, embedding: 3 } },
  ];

  it("are one row for each task, as its kind describes it", () => {
    const found = taskDescriptors(tasks);
    expect(found).toHaveLength(3 * DESCRIPTOR_WIDTH);
    tasks.forEach(({ coding }, t) =>
      expect([...found.subarray(t * DESCRIPTOR_WIDTH, (t + 1) * DESCRIPTOR_WIDTH)]).toEqual([
        ...kindOf(coding).describe(coding),
      ]),
    );
  });

  it("tell kinds apart, and do not read a task's name", () => {
    expect(taskDescriptors(tasks.map((task) => ({ ...task, name: "x" })))).toEqual(taskDescriptors(tasks));
    const cosine = cosineMatrix(taskDescriptors(tasks), 3);
    expect(cosine[0]![1]).toBeLessThan(0.9);
    expect(cosine[0]![2]).toBeLessThan(0.9);
  });
});
