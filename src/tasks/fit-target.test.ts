import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../base/errors.js";
import type { Column, NumberColumn } from "../data/table.js";
import { fitTarget } from "./fit-target.js";
import { TASK_KINDS } from "./index.js";

const source = "table.csv";
const numbers = (values: number[], type: NumberColumn["type"] = "numeric"): NumberColumn => ({
  name: "y",
  type,
  numbers: Float64Array.from(values),
});
const strings = (values: (string | null)[]): Column => ({ name: "y", type: "category", strings: values });
const all = (column: Column): number[] => [
  ...("numbers" in column ? column.numbers.keys() : column.strings.keys()),
];

describe("fitTarget for regression", () => {
  it("takes mean and deviation from labelled training rows only", () => {
    const { coding, warnings } = fitTarget(numbers([1, 3, Number.NaN, 1000]), [0, 1, 2], "regression", {
      source,
    });
    expect(coding).toEqual({ kind: "regression", mean: 2, deviation: 1, labelled: 2 });
    expect(warnings).toEqual([]);
  });

  it("standardises any finite target to mean 0 and deviation 1", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 2, maxLength: 30 }),
        (values) => {
          const { coding } = fitTarget(
            numbers(values),
            values.map((_, i) => i),
            "regression",
            { source },
          );
          if (coding.kind !== "regression") throw new Error(coding.kind);
          const scaled = values.map((value) => (value - coding.mean) / coding.deviation);
          expect(scaled.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 6);
          expect(scaled.reduce((sum, value) => sum + value * value, 0) / values.length).toBeCloseTo(1, 9);
        },
      ),
    );
  });

  it.each([
    [
      "an infinite value",
      numbers([1, Number.POSITIVE_INFINITY, 2]),
      /row 2 must be a finite number, got Infinity/,
    ],
    ["a value beyond float32", numbers([1, 1e38, 2]), /larger unit/],
    ["no value", numbers([Number.NaN]), /no value in any row/],
    ["a constant", numbers([4, 4, 4]), /same value/],
    ["text", strings(["a", "b"]), /numbers for regression/],
  ] as const)("refuses %s", (_what, column, message) => {
    const attempt = (): unknown => fitTarget(column, all(column), "regression", { source });
    expect(attempt).toThrow(DataError);
    expect(attempt).toThrow(message);
  });

  it("refuses a target that is constant or missing in the training rows", () => {
    const column = numbers([1, 1, Number.NaN, 2]);
    expect(() => fitTarget(column, [0, 1], "regression", { source })).toThrow(
      /one value only in the training rows/,
    );
    expect(() => fitTarget(column, [2], "regression", { source })).toThrow(/no value in the training rows/);
  });
});

describe("fitTarget for regression on another scale", () => {
  const skewed = numbers([0, 1, 1, 2, 3, 5, 8, 13, 21, 34]);

  it.each(["log", "yeo-johnson"] as const)(
    "standardises what %s makes of the training labels",
    (transform) => {
      const { coding } = fitTarget(skewed, all(skewed).slice(0, 8), "regression", { source, transform });
      if (coding.kind !== "regression") throw new Error(coding.kind);
      const scaled = [...TASK_KINDS.regression.truth(coding, skewed)]
        .slice(0, 8)
        .map((y) => TASK_KINDS.regression.scale(coding, y));
      expect(coding.transform?.kind).toBe(transform);
      expect(scaled.reduce((sum, z) => sum + z, 0)).toBeCloseTo(0, 9);
      expect(scaled.reduce((sum, z) => sum + z * z, 0) / 8).toBeCloseTo(1, 9);
      const other = numbers([...skewed.numbers.slice(0, 8), 5e5, -0]);
      expect(fitTarget(other, all(other).slice(0, 8), "regression", { source, transform }).coding).toEqual(
        coding,
      );
    },
  );

  it("refuses a logarithm of a negative value by its row, and takes it by Yeo-Johnson", () => {
    const column = numbers([1, 2, Number.NaN, -0.5, 4]);
    const attempt = (transform: "log" | "yeo-johnson") => () =>
      fitTarget(column, [0, 1], "regression", { source, transform });
    expect(attempt("log")).toThrow(
      /^table\.csv: target "y", row 4 must be at least 0 for a logarithm, got -0\.5\. Set its transform to yeo-johnson/,
    );
    expect(attempt("yeo-johnson")).not.toThrow();
  });
});

describe("fitTarget for classes", () => {
  it("puts classes in ascending order and writes whole numbers without a decimal point", () => {
    const column = numbers([10, 2, 10, 2, 9, 9], "ordinal");
    expect(fitTarget(column, all(column), "multiclass", { source }).coding).toEqual({
      kind: "multiclass",
      classes: ["2", "9", "10"],
      classType: "integer",
      priors: [1 / 3, 1 / 3, 1 / 3],
      labelled: 6,
    });
  });

  it("keeps the way labels were written: booleans, fractions, strings", () => {
    const typeOf = (column: Column) => {
      const { coding } = fitTarget(column, all(column), "binary", { source });
      return coding.kind === "regression" ? undefined : [coding.classType, coding.classes];
    };
    expect(typeOf(numbers([1, 0, 0, 1], "boolean"))).toEqual(["boolean", ["false", "true"]]);
    expect(typeOf(numbers([0.5, 1, 1, 0.5]))).toEqual(["number", ["0.5", "1"]]);
    expect(typeOf(strings(["b", "a", "B", "b", "a", "B"]))).toEqual(["string", ["B", "a", "b"]]);
  });

  it("leaves out a class without a training row, with a warning, and counts the classes that remain", () => {
    const column = strings(["a", "b", "a", "b", "c", "c"]);
    const { coding, warnings } = fitTarget(column, [0, 1, 2, 3], "multiclass", { source });
    expect(coding).toEqual({
      kind: "binary",
      classes: ["a", "b"],
      classType: "string",
      priors: [0.5, 0.5],
      labelled: 4,
    });
    expect(warnings).toEqual([
      'Target "y": class "c" has no training row and cannot be learned; its 2 rows count as unlabelled.',
    ]);
  });

  it.each([
    ["a class with a single row", strings(["a", "a", "b", "b", "c"]), /a class with a single row: "c"/],
    ["many classes with a single row", strings(["a", "b", "c", "d", "e"]), /"a", "b", "c" and 2 more/],
    ["one class", strings(["a", "a"]), /same value/],
    ["an infinite label", numbers([1, 1, Number.NEGATIVE_INFINITY]), /finite/],
  ] as const)("refuses %s", (_what, column, message) => {
    const attempt = (): unknown => fitTarget(column, all(column), "multiclass", { source });
    expect(attempt).toThrow(DataError);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(/^table\.csv: target "y"[^\n]+\. [A-Z][^\n]+\.$/);
  });

  it("refuses training rows of a single class", () => {
    expect(() => fitTarget(strings(["a", "a", "b", "b"]), [0, 1], "binary", { source })).toThrow(
      /one value only/,
    );
  });

  it("gives priors that sum to 1", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "b", "c", null), { maxLength: 30 }), (labels) => {
        const column = strings(["a", "b", "c", "a", "b", "c", ...labels]);
        const { coding } = fitTarget(column, all(column), "multiclass", { source });
        if (coding.kind === "regression") throw new Error(coding.kind);
        expect(coding.priors.reduce((sum, prior) => sum + prior, 0)).toBeCloseTo(1, 12);
        expect(coding.labelled).toBe(6 + labels.filter((label) => label !== null).length);
      }),
    );
  });
});
