import { array, assert as check, integer, property, subarray } from "fast-check";
import { describe, expect, it } from "vitest";
import { penguinsRecord } from "../../../test/fixtures/penguins-record.js";
import { commonest, confusionPlot, cutMatrix, MOST_CLASSES } from "./confusion.js";
import { forestDomain } from "./forest.js";
import { MOST_POINTS, scatterPlot, thin } from "./scatter.js";

const total = (counts: readonly (readonly number[])[]): number => counts.flat().reduce((a, b) => a + b, 0);

describe("cutMatrix", () => {
  it("loses no count, whatever is kept", () => {
    const names = ["a", "b", "c", "d", "e"];
    const indices = [0, 1, 2, 3, 4];
    check(
      property(
        array(array(integer({ min: 0, max: 99 }), { minLength: 5, maxLength: 5 }), {
          minLength: 5,
          maxLength: 5,
        }),
        subarray(indices),
        subarray(indices),
        (counts, rows, columns) => {
          const cut = cutMatrix({ rows: names, columns: names, counts }, rows, columns);
          expect(total(cut.counts)).toBe(total(counts));
          expect(cut.rows.length).toBe(rows.length + (rows.length < 5 ? 1 : 0));
        },
      ),
    );
  });

  it("keeps the commonest classes, in their own order", () => {
    expect(commonest([5, 9, 1, 7], 3)).toEqual([0, 1, 3]);
    expect(commonest([1, 1, 1], 2)).toEqual([0, 1]);
  });
});

describe("confusionPlot", () => {
  it("cuts sixty classes to the commonest and says so", () => {
    const classes = Array.from({ length: 60 }, (_, i) => `class ${i}`);
    const matrix = classes.map((_, a) => classes.map((_, b) => (a === b ? a + 1 : 0)));
    const { markup } = confusionPlot("many", classes, matrix);
    expect(markup).toContain(`The ${MOST_CLASSES} commonest of 60 classes`);
    expect(markup).toContain("class 59");
    expect(markup).not.toContain("class 47 →");
    expect(markup).toContain("1830 of 1830 rows on the diagonal");
  });
});

describe("scatterPlot", () => {
  it("draws at most so many points, and says of how many", () => {
    const truth = Array.from({ length: 5000 }, (_, i) => i);
    const { markup } = scatterPlot("t", truth, truth);
    expect(markup.match(/<circle/g)?.length).toBe(MOST_POINTS);
    expect(markup).toContain(`${MOST_POINTS} of 5000 test rows`);
  });

  it("draws equal values and leaves out what is not a number", () => {
    expect(scatterPlot("t", [2, 2, NaN], [2, 2, 3]).markup.match(/<circle/g)?.length).toBe(2);
    expect(scatterPlot("t", [NaN], [1]).markup).toContain("No labelled test row");
  });

  it("thins evenly and keeps both ends", () => {
    expect(thin([0, 1, 2, 3, 4, 5, 6, 7, 8], 3)).toEqual([0, 4, 8]);
    expect(thin([1, 2], 3)).toEqual([1, 2]);
  });
});

describe("forestDomain", () => {
  it("holds zero and every end, until one reaches far beyond the rest", () => {
    const { tasks } = penguinsRecord().evaluation;
    const { low, high, cut } = forestDomain(tasks);
    expect([low < -4, high > 14.6, cut]).toEqual([true, true, false]);
    const gain = { value: 5, low: 1, high: 5000, percent: 500 };
    expect(forestDomain([...tasks, { ...tasks[0]!, gain }]).cut).toBe(true);
    expect(forestDomain([])).toEqual({ low: -0.05, high: 0.05, cut: false });
  });
});
