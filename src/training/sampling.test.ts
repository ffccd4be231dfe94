import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import type { ModelSpec } from "../model/spec.js";
import { expectedVisits, rowProbabilities, systematicOrder, taskProbabilities } from "./sampling.js";
import { type TrainingData, labelTables } from "./training-data.js";

const specOf = (tasks: number): ModelSpec => ({
  inputs: 1,
  tasks: Array.from({ length: tasks }, (_, t) => ({
    name: `t${t}`,
    coding: { kind: "regression", mean: 0, deviation: 1, labelled: 9 },
  })),
  links: [],
  trunk: [4],
  initializer: "fan-in-uniform",
  members: 1,
  adapter: "input",
  head: 0,
  tie: 0,
  embedding: 0,
});

/** A table whose row i has a label of task t where `labels[i][t]`. */
function dataOf(labels: readonly (readonly boolean[])[], tasks: number): TrainingData {
  const rows = labels.length;
  const truths = Object.fromEntries(
    Array.from({ length: tasks }, (_, t) => [
      `t${t}`,
      Float64Array.from(labels, (has) => (has[t] ? 1 : Number.NaN)),
    ]),
  );
  const train = Int32Array.from({ length: rows }, (_, i) => i);
  const none = new Int32Array(0);
  return {
    rows,
    width: 1,
    encoded: new Float32Array(rows),
    truths,
    split: { train, validation: none, test: none },
  };
}

const labelled = fc.integer({ min: 2, max: 4 }).chain((tasks) =>
  fc.array(
    fc.array(fc.boolean(), { minLength: tasks, maxLength: tasks }).filter((has) => has.includes(true)),
    { minLength: 3, maxLength: 40 },
  ),
);
const sampling = fc.record({
  policy: fc.constantFrom("equal" as const, "temperature" as const),
  temperature: fc.double({ min: 1, max: 20, noNaN: true }),
});

describe("the probabilities of tasks", () => {
  it("are n^(1/T), from the shares of rows at T = 1 to the same for all", () => {
    const counts = [1000, 100, 10];
    const shares = (policy: "proportional" | "equal" | "temperature", temperature: number): number[] =>
      taskProbabilities(counts, { policy, temperature });
    expect(shares("proportional", 5)).toEqual(shares("temperature", 1));
    for (const T of [1, 2, 5]) {
      const [a, b, c] = shares("temperature", T) as [number, number, number];
      expect(a / b).toBeCloseTo(10 ** (1 / T), 9);
      expect(b / c).toBeCloseTo(10 ** (1 / T), 9);
      expect(a + b + c).toBeCloseTo(1, 12);
    }
    expect(shares("equal", 5)).toEqual([1 / 3, 1 / 3, 1 / 3]);
    expect(taskProbabilities([5, 0], { policy: "equal", temperature: 5 })).toEqual([1, 0]);
  });
});

describe("the probabilities of rows", () => {
  it("sum to 1 and add up to those of the tasks", () => {
    fc.assert(
      fc.property(labelled, sampling, (has, how) => {
        const tasks = has[0]!.length;
        const data = dataOf(has, tasks);
        const spec = specOf(tasks);
        const weights =
          rowProbabilities(spec, labelTables(spec, data), data.split.train, how) ??
          new Float64Array(has.length).fill(1 / has.length);
        expect(weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 9);
        const counts = Array.from({ length: tasks }, (_, t) => has.filter((row) => row[t]).length);
        const shares = taskProbabilities(counts, how);
        has.forEach((row, i) => {
          const sum = row.reduce((total, own, t) => total + (own ? shares[t]! / counts[t]! : 0), 0);
          expect(weights[i]).toBeCloseTo(sum, 9);
        });
      }),
    );
  });

  it("are not looked at where every row is drawn once", () => {
    const data = dataOf(
      Array.from({ length: 9 }, () => [true, true]),
      2,
    );
    const spec = specOf(2);
    const of = (policy: "equal" | "proportional"): unknown =>
      rowProbabilities(spec, labelTables(spec, data), data.split.train, { policy, temperature: 5 });
    expect([of("equal"), of("proportional")]).toEqual([undefined, undefined]);
  });
});

describe("rows drawn by systematic sampling", () => {
  it("are drawn as often as their probability says, to within one, and the same for the same seed", () => {
    const weights = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 200 }), fc.integer(), (given, length, seed) => {
        const sum = given.reduce((total, w) => total + w, 0);
        const probabilities = Float64Array.from(given, (w) => w / sum);
        const rows = Int32Array.from(given, (_, i) => 10 + i);
        const draw = (): Int32Array => systematicOrder(rows, probabilities, length, seededRandom(seed));
        const drawn = draw();
        expect(drawn).toEqual(draw());
        rows.forEach((row, i) => {
          const count = drawn.filter((found) => found === row).length;
          expect(Math.abs(count - probabilities[i]! * length)).toBeLessThan(1 + 1e-6);
        });
      }),
    );
  });

  it("give every task its expected visits", () => {
    const has = Array.from({ length: 330 }, (_, i) => [i < 300, i >= 300 && i < 320, i >= 315]);
    const [spec, data] = [specOf(3), dataOf(has, 3)];
    const how = { policy: "temperature", temperature: 2 } as const;
    const weights = rowProbabilities(spec, labelTables(spec, data), data.split.train, how)!;
    const expected = expectedVisits(spec, data, { batch: 30, sampling: how });
    const counts = [0, 0, 0];
    const epochs = 200;
    for (let epoch = 0; epoch < epochs; epoch++)
      for (const row of systematicOrder(data.split.train, weights, 330, seededRandom(epoch)))
        has[row]!.forEach((own, t) => (counts[t]! += own ? 1 / epochs : 0));
    counts.forEach((count, t) => {
      const { visits, share } = expected[`t${t}`]!;
      expect(count).toBeCloseTo(visits, 0);
      expect(share).toBeGreaterThan(0);
    });
    expect(expected["t0"]!.labelled).toBe(300);
    expect(expectedVisits(spec, data, { batch: 30 })["t0"]!.visits).toBeCloseTo(300, 9);
  });
});
