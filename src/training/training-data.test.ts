import { describe, expect, it } from "vitest";
import { type TrainingData, withoutOtherLabels } from "./training-data.js";

describe("withoutOtherLabels", () => {
  const data: TrainingData = {
    rows: 2,
    width: 4,
    encoded: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    truths: {},
    split: { train: Int32Array.of(0), validation: Int32Array.of(1), test: Int32Array.of() },
    labelColumns: [undefined, "a", "b", "a"],
  };

  it("leaves a task what tells of no labels or of its own, and takes the rest away", () => {
    expect([...withoutOtherLabels(data, "a").encoded]).toEqual([1, 2, 0, 4, 5, 6, 0, 8]);
    expect([...withoutOtherLabels(data, "b").encoded]).toEqual([1, 0, 3, 0, 5, 0, 7, 0]);
    expect([...data.encoded]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("is the same data where no column tells of other labels", () => {
    const { labelColumns: _, ...plain } = data;
    expect(withoutOtherLabels(plain, "a")).toBe(plain);
    const own = { ...data, labelColumns: [undefined, "a", undefined, "a"] };
    expect(withoutOtherLabels(own, "a")).toBe(own);
  });
});
