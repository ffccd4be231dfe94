import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError, DataError } from "../base/errors.js";
import type { Split, SplitRequest } from "./splits-request.js";
import { splitRows } from "./splits.js";
import type { Column } from "./table.js";

const request = (over: Partial<SplitRequest>): SplitRequest => ({
  rows: 100,
  kind: "random",
  seed: 0,
  validation: 0.16,
  test: 0.2,
  source: "t.csv",
  ...over,
});
const sizes = ({ train, validation, test }: Split): number[] => [
  train.length,
  validation.length,
  test.length,
];
const words = (...strings: (string | null)[]): Column => ({ name: "part", type: "category", strings });

function expectPartition(split: Split, rows: number): void {
  const all = [...split.train, ...split.validation, ...split.test];
  expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, i) => i));
  expect(Math.min(...sizes(split))).toBeGreaterThan(0);
  for (const part of [split.train, split.validation, split.test]) {
    expect(part.every((row, i) => i === 0 || row > part[i - 1]!)).toBe(true);
  }
}

describe("splitRows", () => {
  it("is disjoint, complete, never empty and the same for the same seed", () => {
    const share = fc.double({ min: 0.05, max: 0.45, noNaN: true });
    const kind = fc.constantFrom("random" as const, "stratified" as const);
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 300 }),
        fc.integer(),
        kind,
        share,
        share,
        (rows, seed, kind, validation, test) => {
          const strata: Column = {
            name: "y",
            type: "numeric",
            numbers: Float64Array.from({ length: rows }, (_, i) => (i * 37) % 41),
          };
          const asked = request({ rows, seed, kind, validation, test, strata: [strata] });
          const split = splitRows(asked);
          expectPartition(split, rows);
          expect(split.validation.length).toBe(Math.round(rows * validation));
          expect(split.test.length).toBe(Math.round(rows * test));
          expect(splitRows(asked)).toEqual(split);
        },
      ),
    );
  });

  it("differs between seeds", () => {
    expect(splitRows(request({ seed: 1 }))).not.toEqual(splitRows(request({ seed: 2 })));
    expect(sizes(splitRows(request({})))).toEqual([64, 16, 20]);
  });

  it("keeps the proportion of each stratum", () => {
    const strings = Array.from({ length: 1000 }, (_, i) =>
      i % 10 === 0 ? "rare" : i % 100 === 1 ? null : "common",
    );
    const split = splitRows(
      request({ rows: 1000, kind: "stratified", strata: [words(...strings)], seed: 3 }),
    );
    for (const [part, share] of [
      [split.test, 0.2],
      [split.validation, 0.16],
    ] as const) {
      const rare = part.filter((row) => strings[row] === "rare").length;
      expect(Math.abs(rare - 100 * share)).toBeLessThanOrEqual(2);
      expect(part.some((row) => strings[row] === null)).toBe(true);
    }
  });

  it("follows a column in any case and spelling", () => {
    const split = splitRows(
      request({ rows: 5, kind: "column", column: words("Train", "VALID", "test", "train", "val") }),
    );
    expect(split).toEqual({
      train: Int32Array.of(0, 3),
      validation: Int32Array.of(1, 4),
      test: Int32Array.of(2),
    });
  });

  it("carves validation rows from the training rows of a column that has none", () => {
    const column = words(...Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? "train" : "test")));
    const split = splitRows(request({ kind: "column", column }));
    expectPartition(split, 100);
    expect(sizes(split)).toEqual([34, 16, 50]);
    expect(split.validation.every((row) => row % 2 === 0)).toBe(true);
    expect(splitRows(request({ kind: "column", column, seed: 9 })).validation).not.toEqual(split.validation);
  });

  it("refuses other values, absent parts, too few rows and senseless shares", () => {
    const by =
      (...strings: (string | null)[]) =>
      () =>
        splitRows(request({ rows: strings.length, kind: "column", column: words(...strings) }));
    expect(by("train", "test", "fold 2", null)).toThrow(
      't.csv: split column "part" must be train, validation or test in every row, got "fold 2", missing values.',
    );
    expect(by("train", "validation")).toThrow(/has no row that says test/);
    expect(by("test", "test")).toThrow(/has no row that says train/);
    expect(by("train", "test")).toThrow(DataError);
    expect(() => splitRows(request({ rows: 6 }))).toThrow(
      "t.csv: rows are too few for train, validation and test: 6 where at least 7 are needed. Add rows.",
    );
    expect(sizes(splitRows(request({ rows: 7 })))).toEqual([5, 1, 1]);
    expect(() => splitRows(request({ validation: 0.5, test: 0.5 }))).toThrow(ConfigError);
    expect(() => splitRows(request({ kind: "stratified" }))).toThrow(
      /split of kind stratified needs a column/,
    );
  });
});
