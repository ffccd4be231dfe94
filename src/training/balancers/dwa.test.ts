import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EXAMPLE_KINDS, balance, startExample } from "../balancer.contract.js";
import { dwa } from "./dwa.js";

/** Weights of every epoch of a course of mean losses, and of the one after it. */
function weightsOf(course: readonly (readonly number[])[], temperature = 2): number[][] {
  const tasks = course[0]!.length;
  const memory = dwa.memory!.start(tasks);
  const weights = (): number[] => [...memory.subarray(0, tasks)];
  const before = weights();
  return [
    before,
    ...course.map((losses, i) => {
      dwa.memory!.afterEpoch(memory, {
        epoch: i + 1,
        losses: Float64Array.from(losses),
        options: { temperature },
      });
      return weights();
    }),
  ];
}

describe("DWA", () => {
  it("weighs by K·softmax of the last two epochs' loss ratios over T, and by 1 in the first two epochs", () => {
    const epoch = fc.array(fc.double({ min: 0.5, max: 5, noNaN: true }), { minLength: 3, maxLength: 3 });
    const courses = fc.array(epoch, { minLength: 4, maxLength: 6 });
    fc.assert(
      fc.property(courses, fc.double({ min: 0.5, max: 9, noNaN: true }), (course, temperature) => {
        const found = weightsOf(course, temperature);
        expect(found.slice(0, 2)).toEqual([
          [1, 1, 1],
          [1, 1, 1],
        ]);
        found.slice(2).forEach((weights, i) => {
          const terms = course[i + 1]!.map((loss, t) => Math.exp(loss / course[i]![t]! / temperature));
          const sum = terms.reduce((a, b) => a + b);
          weights.forEach((weight, t) => expect(weight / ((3 * terms[t]!) / sum)).toBeCloseTo(1, 5)); // float32
        });
      }),
    );
  });

  it("weighs a task more whose loss falls more slowly", () => {
    const [, , , third] = weightsOf([
      [1, 1],
      [0.9, 0.5],
      [0.8, 0.2],
    ]);
    expect(third![0]).toBeGreaterThan(third![1]!);
  });

  it("leaves a task without labels in an epoch its weight, and shares the others' among them", () => {
    const found = weightsOf([
      [1, 1, 1],
      [0.5, 0.9, 0.7],
      [0.4, Number.NaN, 0.1],
      [0.3, 0.45, 0.1],
    ]);
    expect(found[3]![1]).toBe(found[2]![1]);
    expect(found[3]![0]! + found[3]![2]!).toBeCloseTo(2, 6);
    const terms = [0.3 / 0.4, 0.45 / 0.9, 1].map((ratio) => Math.exp(ratio / 2)); // the ratio to the last loss it had
    const sum = terms.reduce((a, b) => a + b);
    found[4]!.forEach((weight, t) => expect(weight).toBeCloseTo((3 * terms[t]!) / sum, 5));
  });

  it("multiplies losses with the weights it remembers", () => {
    const example = startExample(dwa, [1, 2, 3], EXAMPLE_KINDS);
    const { total, losses } = balance(dwa, { ...example, memory: [0.5, 1.5, 1, 9, 9, 9] });
    expect(losses).toEqual([0.5, 1.5, 1]);
    expect(total).toBe(6.5);
  });
});
