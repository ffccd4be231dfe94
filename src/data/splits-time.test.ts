import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError, DataError } from "../base/errors.js";
import type { Split, SplitRequest } from "./splits-request.js";
import { splitRows } from "./splits.js";
import type { Column } from "./table.js";

const by = (column: Column, over: Partial<SplitRequest> = {}): SplitRequest => ({
  rows: "numbers" in column ? column.numbers.length : column.strings.length,
  kind: "time",
  seed: 0,
  validation: 0.16,
  test: 0.2,
  source: "t.csv",
  column,
  ...over,
});
const numbers = (times: readonly number[]): Column => ({
  name: "when",
  type: "date",
  numbers: Float64Array.from(times),
});
const texts = (...strings: (string | null)[]): Column => ({ name: "when", type: "category", strings });

describe("a split by time", () => {
  it("is ordered, never parts a time, keeps every row, and cuts nearest to the shares", () => {
    const times = fc.array(fc.integer({ min: 0, max: 25 }), { minLength: 30, maxLength: 200 });
    fc.assert(
      fc.property(times, (of) => {
        fc.pre(new Set(of).size >= 10);
        const { train, validation, test } = splitRows(by(numbers(of)));
        const all = [...train, ...validation, ...test];
        expect(all.sort((a, b) => a - b)).toEqual([...of.keys()]);
        const at = (rows: Int32Array): number[] => Array.from(rows, (row) => of[row]!);
        expect(Math.max(...at(train))).toBeLessThan(Math.min(...at(validation)));
        expect(Math.max(...at(validation))).toBeLessThan(Math.min(...at(test)));
        for (const part of [train, validation, test])
          expect(part.every((row, i) => i === 0 || row > part[i - 1]!)).toBe(true);
        const cuts = [...new Set(of)].map((time) => of.filter((other) => other <= time).length);
        const wanted = of.length - Math.round(of.length * 0.16) - Math.round(of.length * 0.2);
        const off = Math.min(...cuts.map((cut) => Math.abs(cut - wanted)));
        if (test.length > 0 && cuts.filter((cut) => cut > wanted).length > 2)
          expect(Math.abs(train.length - wanted)).toBe(off);
      }),
    );
  });

  it("reads dates and numbers in text, and pays no heed to the seed", () => {
    const days = Array.from({ length: 25 }, (_, i) => `2024-01-${String(25 - i).padStart(2, "0")}`);
    const split = splitRows(by(texts(...days)));
    expect(split.test).toEqual(Int32Array.of(0, 1, 2, 3, 4));
    expect(splitRows(by(texts(...days), { seed: 5 }))).toEqual(split);
    const counted = Array.from({ length: 25 }, (_, i) => String(100 - i));
    expect(splitRows(by(texts(...counted))).test).toEqual(split.test);
  });

  it("refuses what is no time, missing times, too few times and no column", () => {
    const years = Array.from({ length: 20 }, (_, i) => `${2000 + i}-01-01`);
    expect(() => splitRows(by(texts(...years, "soon", null)))).toThrow(
      't.csv: split column "when" must be dates such as 2024-03-31 or numbers in every row, got "soon" in row 21 and 1 more like it. Correct these cells or leave their rows out.',
    );
    expect(() => splitRows(by(texts(...years, "2020")))).toThrow(/got "2020" in row 21\. Correct/);
    expect(() => splitRows(by(numbers([...years.keys(), Number.NaN])))).toThrow(/a missing value in row 21/);
    const two = (): Split => splitRows(by(numbers(Array.from({ length: 20 }, (_, i) => i % 2))));
    expect(two).toThrow(DataError);
    expect(two).toThrow(/has 2 different values where at least 3 are needed/);
    const { column: _, ...without } = by(numbers([...years.keys()]));
    expect(() => splitRows(without)).toThrow(ConfigError);
  });
});
