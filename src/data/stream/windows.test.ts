import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type RowRange, type RowWindow, endlessWindows, mixing, passWindows, rowRanges } from "./windows.js";

const groups = fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1, maxLength: 12 });
const range = (from: number, rows: number): RowRange => ({ from, rows, wanted: rows });
const seeds = fc.integer({ min: 0, max: 1000 });

describe("ranges of rows", () => {
  test("follow each other without a gap and none is larger than a row group of DuckDB", () => {
    fc.assert(
      fc.property(groups, (rows) => {
        const ranges = rowRanges(rows);
        let next = 0;
        for (const range of ranges) {
          expect(range.from).toBe(next);
          expect(range.rows).toBeGreaterThan(0);
          expect(range.rows).toBeLessThanOrEqual(122_880);
          next += range.rows;
        }
        expect(next).toBe(rows.reduce((sum, count) => sum + count, 0));
      }),
    );
  });

  test("count the rows that are wanted", () => {
    const wanted = Uint8Array.from({ length: 250_000 }, (_, row) => (row % 5 === 0 ? 1 : 0));
    const ranges = rowRanges([100_000, 150_000], wanted);
    expect(ranges.reduce((sum, range) => sum + range.wanted, 0)).toBe(50_000);
    for (const range of ranges)
      expect(range.wanted).toBe(wanted.subarray(range.from, range.from + range.rows).filter(Boolean).length);
  });
});

describe("windows", () => {
  test("hold every wanted range exactly once a pass, in an order that differs from pass to pass", () => {
    fc.assert(
      fc.property(groups, seeds, fc.integer({ min: 1, max: 500_000 }), (rows, seed, windowRows) => {
        const ranges = rowRanges(rows);
        const pass = (n: number): number[] =>
          passWindows(ranges, n, { seed, windowRows }).flatMap((window) =>
            window.ranges.map(({ from }) => from),
          );
        expect(pass(0).toSorted((a, b) => a - b)).toEqual(ranges.map(({ from }) => from));
        expect(pass(0)).toEqual(pass(0));
        if (ranges.length > 8) expect([pass(1), pass(2), pass(3)]).not.toEqual([pass(0), pass(0), pass(0)]);
      }),
    );
  });

  test("go on from any row as they would have gone on from the start", () => {
    fc.assert(
      fc.property(groups, seeds, fc.integer({ min: 0, max: 2_000_000 }), (rows, seed, from) => {
        const ranges = rowRanges(rows);
        const options = { seed, windowRows: 200_000 };
        let expected: RowWindow | undefined;
        for (const window of endlessWindows(ranges, options)) {
          expected = window;
          if (window.first + window.rows > from) break;
        }
        const found = endlessWindows(ranges, options, { from }).next().value;
        expect(found).toEqual(expected);
        expect(found!.first).toBeLessThanOrEqual(from);
      }),
    );
  });

  test("mix their rows by a permutation that seed, pass and place decide", () => {
    const [first, second] = passWindows([range(0, 400), range(400, 500)], 0, { seed: 3, windowRows: 1 });
    const places = mixing(first!, 3);
    expect([...places].sort((a, b) => a - b)).toEqual([...places.keys()]);
    expect(mixing(first!, 3)).toEqual(places);
    expect(mixing(first!, 4)).not.toEqual(places);
    expect(mixing({ ...first!, pass: 1 }, 3)).not.toEqual(places);
    expect(second!.first).toBe(first!.rows);
  });
});
