import * as fc from "fast-check";
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
const among = (length: number, levels: readonly number[]): Column =>
  numbers(
    Array.from({ length }, (_, i) => levels[i % levels.length]!),
    "ordinal",
  );
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

  it.each([
    ["steps of an abundance", [0, 1, 3, 5], "regression"],
    ["round amounts", [100, 150, 200, 500], "regression"],
    ["differences around 0", [-4, -2, 0, 2], "regression"],
    ["years", [2007, 2008, 2009], "multiclass"],
    ["classes of which one is absent", [1, 2, 3, 5, 6, 7], "multiclass"],
    ["long codes of one length", [111, 112, 120], "multiclass"],
    ["two codes far apart", [2, 40], "binary"],
  ] as const)("takes whole numbers that are %s, %j, for %s", (_what, levels, kind) => {
    expect(detectTask(among(60, levels)).kind).toBe(kind);
  });

  it("takes whole numbers in a row for classes wherever they begin, and the same numbers spread out for amounts", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -50, max: 5000 }),
        fc.integer({ min: 3, max: 10 }),
        fc.integer({ min: 2, max: 40 }),
        (first, levels, step) => {
          const spread = (by: number): number[] => Array.from({ length: levels }, (_, i) => first + by * i);
          expect(detectTask(among(60, spread(1))).kind).toBe("multiclass");
          expect(detectTask(among(60, spread(step))).kind).toBe("regression");
        },
      ),
    );
  });

  it("says why whole numbers with gaps were taken for amounts, and how to change that", () => {
    expect(detectTask(among(60, [0, 1, 3, 5])).because).toBe(
      "4 distinct whole numbers with gaps, from 0 to 5, as of amounts; set its kind to classification if they are classes",
    );
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
