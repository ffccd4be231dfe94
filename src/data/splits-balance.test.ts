import { describe, expect, it } from "vitest";
import { splitBalance } from "./splits-balance.js";

const split = {
  train: Int32Array.of(0, 1, 2, 3),
  validation: Int32Array.of(4, 5),
  test: Int32Array.of(6, 7),
};

describe("the balance of a split", () => {
  it("is labelled rows and mean for a number", () => {
    const truth = Float64Array.of(1, 2, 6, Number.NaN, Number.NaN, Number.NaN, -3, 5);
    expect(splitBalance(truth, split)).toEqual({
      train: { rows: 4, labelled: 3, mean: 3 },
      validation: { rows: 2, labelled: 0, mean: Number.NaN },
      test: { rows: 2, labelled: 2, mean: 1 },
    });
  });

  it("is labelled rows and the shares of classes otherwise, absent classes too", () => {
    const truth = Float64Array.of(0, 1, 1, 1, 2, Number.NaN, Number.NaN, Number.NaN);
    expect(splitBalance(truth, split, 3)).toEqual({
      train: { rows: 4, labelled: 4, shares: [0.25, 0.75, 0] },
      validation: { rows: 2, labelled: 1, shares: [0, 0, 1] },
      test: { rows: 2, labelled: 0, shares: [0, 0, 0] },
    });
  });
});
