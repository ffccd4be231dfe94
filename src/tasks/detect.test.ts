import { describe, expect, it } from "vitest";
import { DataError } from "../base/errors.js";
import type { Column, NumberColumn, StringColumn } from "../data/table.js";
import { detectTask } from "./detect.js";

const numbers = (values: number[], type: NumberColumn["type"] = "numeric"): Column => ({
  name: "y",
  type,
  numbers: Float64Array.from(values),
});
const strings = (values: (string | null)[], type: StringColumn["type"] = "category"): Column => ({
  name: "y",
  type,
  strings: values,
});
const cycle = (length: number, distinct: number): number[] => Array.from({ length }, (_, i) => i % distinct);

describe("detectTask", () => {
  it.each([
    ["fractions", numbers([0.5, 1.5, 2.5]), "regression"],
    ["two fractions", numbers([0.5, 1.5, 0.5]), "regression"],
    ["many whole numbers", numbers(cycle(100, 40)), "regression"],
    ["eleven whole numbers", numbers(cycle(100, 11), "ordinal"), "regression"],
    ["ten whole numbers", numbers(cycle(100, 10), "ordinal"), "multiclass"],
    ["few whole numbers, one of them once", numbers([1, 2, 3, 1, 2], "ordinal"), "regression"],
    ["0 and 1", numbers([0, 1, Number.NaN, 1], "ordinal"), "binary"],
    ["booleans", numbers([0, 1, 1], "boolean"), "binary"],
    ["dates", numbers([19000, 19001, 19000, 19001], "date"), "regression"],
    ["two labels", strings(["a", "b", null, "a"]), "binary"],
    ["three labels", strings(["a", "b", "c"]), "multiclass"],
    ["fifty labels", strings(cycle(200, 50).map(String)), "multiclass"],
  ] as const)("takes %s for what they are", (_what, column, kind) => {
    const detected = detectTask(column);
    expect(detected.kind).toBe(kind);
    expect(detected.because).not.toBe("");
  });

  it("says why whole numbers were taken for classes, and how to change that", () => {
    expect(detectTask(numbers(cycle(30, 5), "ordinal")).because).toBe(
      "only 5 distinct whole numbers; set its kind to regression if they are amounts",
    );
  });

  it("obeys a kind that was set", () => {
    expect(detectTask(numbers(cycle(30, 5)), { kind: "regression" })).toEqual({
      kind: "regression",
      because: "set",
    });
    expect(detectTask(numbers(cycle(90, 30)), { kind: "classification" }).kind).toBe("multiclass");
    expect(detectTask(strings(["x1", "x2", "x1"], "identifier"), { kind: "classification" }).kind).toBe(
      "binary",
    );
    expect(detectTask(strings(cycle(200, 60).map(String)), { kind: "classification" }).kind).toBe(
      "multiclass",
    );
  });

  it.each([
    ["more than fifty labels", strings(cycle(200, 51).map(String)), {}, /51 labels/],
    ["an identifier", strings(["a1", "a2", "a3"], "identifier"), {}, /identifier/],
    ["free text", strings(["it was fine", "no"], "text"), {}, /free text/],
    ["nothing but missing values", numbers([Number.NaN, Number.NaN]), {}, /no value in any row/],
    ["nothing but missing labels", strings([null, null]), { kind: "classification" }, /no value in any row/],
    ["one value", strings(["a", "a", null]), {}, /same value in every labelled row/],
    [
      "text for regression",
      strings(["tall", "small"]),
      { kind: "regression" },
      /must be numbers for regression, got text such as "tall"/,
    ],
  ] as const)("refuses %s in one line with a way out", (_what, column, options, message) => {
    const attempt = (): unknown => detectTask(column, { ...options, source: "table.csv" });
    expect(attempt).toThrow(DataError);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(/^table\.csv: target "y" [^\n]+\. [A-Z][^\n]+\.$/);
  });
});
