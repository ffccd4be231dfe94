import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dominates, dominatorsOf, hypervolume } from "./pareto-front.js";

const loss = fc.integer({ min: 0, max: 12 }).map((value) => value / 10);
const fronts = (tasks: number): fc.Arbitrary<number[][]> =>
  fc.array(fc.array(loss, { minLength: tasks, maxLength: tasks }), { minLength: 1, maxLength: 7 });

/** The volume of a union of boxes, by adding and taking away the intersections of all subsets. */
function byInclusion(points: readonly (readonly number[])[], reference: readonly number[]): number {
  let volume = 0;
  for (let subset = 1; subset < 2 ** points.length; subset++) {
    const chosen = points.filter((_, i) => (subset >> i) & 1);
    const box = reference.reduce(
      (product, top, t) => product * Math.max(0, top - Math.max(...chosen.map((point) => point[t]!))),
      1,
    );
    volume += chosen.length % 2 === 1 ? box : -box;
  }
  return volume;
}

describe("the hypervolume", () => {
  it.each([1, 2, 3, 4])("is the volume of the union of boxes, with %d losses", (tasks) => {
    const reference = Array.from({ length: tasks }, (_, t) => 1 + t / 10);
    fc.assert(
      fc.property(fronts(tasks), (points) => {
        expect(hypervolume(points, reference)).toBeCloseTo(byInclusion(points, reference), 10);
      }),
    );
  });

  it("is 0 without points, and that of the front alone", () => {
    expect(hypervolume([], [1, 1])).toBe(0);
    fc.assert(
      fc.property(fronts(3), (points) => {
        const front = points.filter((_, i) => dominatorsOf(points, i).length === 0);
        expect(hypervolume(front, [1, 1, 1])).toBeCloseTo(hypervolume(points, [1, 1, 1]), 12);
      }),
    );
  });
});

describe("dominance", () => {
  it("wants nothing worse and something better", () => {
    expect(dominates([1, 2], [1, 3])).toBe(true);
    expect(dominates([1, 2], [1, 2])).toBe(false);
    expect(dominates([1, 2], [0, 3])).toBe(false);
    expect(
      dominatorsOf(
        [
          [1, 2],
          [0, 1],
          [0, 3],
          [Number.NaN, 0],
        ],
        0,
      ),
    ).toEqual([1]);
  });
});
