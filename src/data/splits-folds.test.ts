import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError, DataError } from "../base/errors.js";
import { type Fold, folds } from "./splits-folds.js";
import type { SplitRequest } from "./splits-request.js";
import type { Column } from "./table.js";

const ROWS = 120;
const numbersOf = (of: (row: number) => number, rows = ROWS): Column => ({
  name: "c",
  type: "ordinal",
  numbers: Float64Array.from({ length: rows }, (_, row) => of(row)),
});
const asked = (kind: SplitRequest["kind"], over: Partial<SplitRequest> = {}): SplitRequest => ({
  rows: ROWS,
  kind,
  seed: 0,
  validation: 0.16,
  test: 0.2,
  source: "t.csv",
  ...over,
});
const sorted = (rows: Iterable<number>): number[] => [...rows].sort((a, b) => a - b);

function expectWhole({ split }: Fold, rows: number): void {
  const { train, validation, test } = split;
  expect(sorted([...train, ...validation, ...test])).toEqual([...Array(rows).keys()]);
  for (const part of [train, validation, test]) {
    expect(part.length).toBeGreaterThan(0);
    expect(sorted(part)).toEqual([...part]);
  }
}

const KINDS: Readonly<Record<string, (rows: number) => Partial<SplitRequest> & Pick<SplitRequest, "kind">>> =
  {
    random: () => ({ kind: "random" }),
    "stratified over one target": (rows) => ({ kind: "stratified", strata: [numbersOf((i) => i % 4, rows)] }),
    "stratified over two targets": (rows) => ({
      kind: "stratified",
      strata: [numbersOf((i) => i % 4, rows), numbersOf((i) => (i * 7919) % 101, rows)],
    }),
    group: (rows) => ({ kind: "group", column: numbersOf((i) => i % 15, rows) }),
  };

describe("folds", () => {
  it.each(Object.entries(KINDS))("are disjoint, complete and the same for the same seed: %s", (_, of) => {
    const counts = fc.record({
      rows: fc.integer({ min: 30, max: 150 }),
      k: fc.integer({ min: 2, max: 6 }),
      repeats: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(counts, fc.integer(), ({ rows, k, repeats }, seed) => {
        const request = asked("random", { rows, seed, ...of(rows) });
        const found = folds(request, k, repeats);
        expect(found.map(({ repeat, fold }) => [repeat, fold])).toEqual(
          Array.from({ length: k * repeats }, (_unused, i) => [Math.floor(i / k), i % k]),
        );
        for (const fold of found) expectWhole(fold, rows);
        for (let repeat = 0; repeat < repeats; repeat++) {
          const tests = found.filter((fold) => fold.repeat === repeat).map(({ split }) => split.test);
          expect(sorted(tests.flatMap((test) => [...test]))).toEqual([...Array(rows).keys()]);
          if (request.kind !== "group") {
            const sizes = tests.map(({ length }) => length);
            expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
          }
        }
        expect(folds(request, k, repeats)).toEqual(found);
      }),
      { numRuns: 20 },
    );
  });

  it("differ between repeats and seeds, and take validation rows as the shares say", () => {
    const [first, second] = [folds(asked("random"), 4, 2), folds(asked("random", { seed: 1 }), 4)];
    expect(first[0]!.split.test).not.toEqual(first[4]!.split.test);
    expect(first[0]!.split.test).not.toEqual(second[0]!.split.test);
    for (const { split } of first) expect([split.test.length, split.validation.length]).toEqual([30, 18]);
  });

  it("keep the share of a stratum to within one row", () => {
    const strata = [numbersOf((i) => Number(i % 12 === 0))];
    for (const { split } of folds(asked("stratified", { strata }), 5, 3)) {
      expect(split.test.filter((row) => row % 12 === 0)).toHaveLength(2);
      expect(Math.abs(split.validation.filter((row) => row % 12 === 0).length - 1.6)).toBeLessThan(1);
    }
  });

  it("never part a group, in validation as in test", () => {
    for (const { split } of folds(asked("group", { column: numbersOf((i) => i % 17) }), 4, 2)) {
      const groups = [split.train, split.validation, split.test].map(
        (rows) => new Set(rows.map((row) => row % 17)),
      );
      expect(groups.reduce((sum, { size }) => sum + size, 0)).toBe(17);
    }
  });

  it("by time train on the past of the test rows alone, and test every stretch but the oldest", () => {
    const time = (row: number): number => Math.floor(((row * 77) % ROWS) / 3);
    const found = folds(asked("time", { column: numbersOf(time) }), 4);
    const ends = (rows: Int32Array): [number, number] => {
      const times = Array.from(rows, time);
      return [Math.min(...times), Math.max(...times)];
    };
    let past = 0;
    for (const { split } of found) {
      const { train, validation, test } = split;
      expect(ends(train)[1]).toBeLessThan(ends(validation)[0]);
      expect(ends(validation)[1]).toBeLessThan(ends(test)[0]);
      expect(train.length + validation.length).toBe((past += past === 0 ? 24 : found[0]!.split.test.length));
      expect(test.length).toBe(24);
    }
    const tested = found.flatMap(({ split }) => [...split.test]);
    expect(new Set(tested).size).toBe(96);
    expect(Math.min(...tested.map(time))).toBe(8);
  });

  it("by a column are its values", () => {
    const column = numbersOf((i) => [7, 3, 5][i % 3]!);
    const found = folds(asked("column", { column }), 3, 2);
    expect(found.map(({ split }) => split.test[0])).toEqual([0, 1, 2, 0, 1, 2]);
    for (const fold of found) {
      expectWhole(fold, ROWS);
      expect(new Set(fold.split.test.map((row) => row % 3)).size).toBe(1);
    }
    expect(found[0]!.split.validation).not.toEqual(found[3]!.split.validation);
    expect(() => folds(asked("column", { column }), 5)).toThrow(
      't.csv: folds by split column "c" must be 3, one for each different value, got 5.',
    );
  });

  it("refuse numbers that cannot be, and tables that are too small", () => {
    expect(() => folds(asked("random"), 1)).toThrow(
      "t.csv: folds must be a whole number of at least 2, got 1.",
    );
    expect(() => folds(asked("random"), 2.5)).toThrow(ConfigError);
    expect(() => folds(asked("random"), 3, 0)).toThrow(/repeats must be/);
    expect(() => folds(asked("time", { column: numbersOf((i) => i) }), 3, 2)).toThrow(
      /nothing in it is chance/,
    );
    expect(() => folds(asked("random", { rows: 4 }), 5)).toThrow(DataError);
    expect(() => folds(asked("group", { column: numbersOf((i) => i % 3) }), 4)).toThrow(
      /at least 4 are needed/,
    );
    expect(() => folds(asked("time", { column: numbersOf((i) => i % 4) }), 3)).toThrow(
      /at least 5 are needed/,
    );
    expect(() => folds(asked("stratified"), 3)).toThrow(/needs a column/);
  });
});
