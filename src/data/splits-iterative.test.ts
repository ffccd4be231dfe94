import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import { type Split, type SplitRequest } from "./splits-request.js";
import { strataOfColumn } from "./splits-strata.js";
import { splitRows } from "./splits.js";
import type { Column } from "./table.js";

const SHARES = { train: 0.64, validation: 0.16, test: 0.2 } as const;

/** Targets of three kinds in turn: classes with a rare one, measurements, levels; all with holes. */
function targets(rows: number, count: number, seed: number): Column[] {
  const random = seededRandom(seed, "targets");
  return Array.from({ length: count }, (_, t): Column => {
    const name = `y${t}`;
    const hole = random.uniform() * 0.3;
    const value = (x: number): number => (random.uniform() < hole ? Number.NaN : x);
    if (t % 3 === 1)
      return {
        name,
        type: "numeric",
        numbers: Float64Array.from({ length: rows }, () => value(random.normal())),
      };
    if (t % 3 === 2)
      return {
        name,
        type: "ordinal",
        numbers: Float64Array.from({ length: rows }, () => value(random.integer(5))),
      };
    const word = (u: number): string | null => (u < 0.03 ? "rare" : u < 0.5 ? "a" : u < 0.9 ? "b" : null);
    return { name, type: "category", strings: Array.from({ length: rows }, () => word(random.uniform())) };
  });
}

const asked = (strata: readonly Column[], rows: number, over: Partial<SplitRequest> = {}): SplitRequest => ({
  rows,
  kind: "stratified",
  seed: 0,
  validation: SHARES.validation,
  test: SHARES.test,
  strata,
  source: "t.csv",
  ...over,
});

/** By how many rows each part differs from its share of each stratum of each column. */
function deviations(split: Split, columns: readonly Column[], rows: number): number[] {
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  return columns
    .flatMap((column) => strataOfColumn(column, all))
    .flatMap((stratum) =>
      (["train", "validation", "test"] as const).map((part) => {
        const held = new Set(split[part]);
        const count = stratum.filter((row) => held.has(row)).length;
        return Math.abs(count - SHARES[part] * stratum.length);
      }),
    );
}
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

describe("a split stratified over several targets", () => {
  it("is disjoint, complete, of exact sizes and the same for the same seed", () => {
    const counts = fc.record({
      rows: fc.integer({ min: 20, max: 150 }),
      targets: fc.integer({ min: 2, max: 5 }),
    });
    fc.assert(
      fc.property(counts, fc.integer(), ({ rows, targets: count }, seed) => {
        const request = asked(targets(rows, count, seed), rows, { seed });
        const split = splitRows(request);
        const { train, validation, test } = split;
        expect([...train, ...validation, ...test].sort((a, b) => a - b)).toEqual([...Array(rows).keys()]);
        expect([validation.length, test.length]).toEqual([Math.round(rows * 0.16), Math.round(rows * 0.2)]);
        expect(splitRows(request)).toEqual(split);
      }),
      { numRuns: 40 },
    );
  });

  it("keeps every stratum of every target to within two rows, missing labels too", () => {
    for (const [rows, count, seed] of [
      [300, 3, 1],
      [1000, 6, 2],
      [2000, 8, 3],
    ] as const) {
      const columns = targets(rows, count, seed);
      const found = deviations(splitRows(asked(columns, rows, { seed })), columns, rows);
      const byChance = deviations(splitRows(asked(columns, rows, { seed, kind: "random" })), columns, rows);
      expect(Math.max(...found)).toBeLessThan(2);
      expect(mean(found)).toBeLessThan(mean(byChance) / 3);
    }
  });

  it("keeps the labels of targets of which each row has one", () => {
    const rows = 600;
    const random = seededRandom(4, "long");
    const task = Array.from({ length: rows }, () => random.integer(12));
    const columns = Array.from({ length: 12 }, (_, t): Column => ({
      name: `y${t}`,
      type: "numeric",
      numbers: Float64Array.from(task, (of) => (of === t ? random.normal() : Number.NaN)),
    }));
    const { test } = splitRows(asked(columns, rows));
    for (let t = 0; t < 12; t++) {
      const all = task.filter((of) => of === t).length;
      const tested = test.filter((row) => task[row] === t).length;
      expect(Math.abs(tested - 0.2 * all)).toBeLessThanOrEqual(2);
    }
  });

  it("differs between seeds", () => {
    const columns = targets(200, 3, 5);
    expect(splitRows(asked(columns, 200, { seed: 1 }))).not.toEqual(
      splitRows(asked(columns, 200, { seed: 2 })),
    );
  });
});
