import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainNumbers } from "../column-text.js";
import { arePlain } from "../known-numbers.js";
import { scanCells, scanColumns, type SoundText } from "./column-scan.js";
import { recordIndex } from "./record-index.js";

const digits = (most: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), maxLength: most });

const written = fc.oneof(
  fc
    .tuple(fc.constantFrom("", "-", "+"), digits(22), fc.constantFrom("", "."), digits(22), exponent())
    .map((parts) => parts.join("")),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.float({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.integer().map((x) => String(x / 1000)),
);
const other = fc.constantFrom(
  "",
  " 1",
  "1 ",
  "1_000",
  "0x1f",
  "inf",
  "nan",
  "NA",
  "007",
  "-007",
  "00.5",
  "1e39",
  "1e",
  "e1",
  "1.2.3",
  "+-1",
  "é",
  "1-2",
  "9007199254740993",
  "1e-400",
  "0e99",
  "000000000000000001.5",
);

function exponent(): fc.Arbitrary<string> {
  const some = fc
    .tuple(fc.constantFrom("e", "E"), fc.constantFrom("", "-", "+"), fc.integer({ min: 0, max: 60 }))
    .map((parts) => parts.join(""));
  return fc.oneof({ weight: 3, arbitrary: fc.constant("") }, some);
}

function textOf(cells: readonly string[], end: string, quoted: boolean): SoundText {
  const write = (cell: string): string => (quoted ? `"${cell}"` : cell);
  const lines = ["a,b", ...cells.map((cell) => `${write(cell)},x`)];
  const bytes = new TextEncoder().encode(lines.join(end));
  const { lines: found, cells: count, fault } = recordIndex(bytes, ",");
  expect(fault).toBeUndefined();
  return { bytes, delimiter: ",", cells: count, records: found.length };
}

const column = (cells: readonly string[]): Float64Array | undefined =>
  plainNumbers({ name: "a", kind: "text", cells: cells.map((cell) => (cell === "" ? null : cell)) });

/** The numbers of a column where it is all plain ones. */
function scanned(text: SoundText, c: number): Float64Array | undefined {
  const { numbers } = scanColumns(text)[c]!;
  return numbers && arePlain(numbers) ? numbers.numbers : undefined;
}

describe("scanColumns", () => {
  it("gives for each cell what Number gives for its text, or takes the column for none of plain numbers as plainNumbers does", () => {
    const style = [fc.constantFrom("\n", "\r\n", "\r"), fc.boolean()] as const;
    fc.assert(
      fc.property(fc.oneof(written, other), ...style, (cell, end, quoted) => {
        expect(scanned(textOf([cell], end, quoted), 0)).toEqual(column([cell]));
      }),
      { numRuns: 5000 },
    );
  });

  it("reads whole columns so, and their cells when they are asked for", () => {
    const cells = fc.array(fc.oneof({ weight: 20, arbitrary: written }, other), { minLength: 1 });
    fc.assert(
      fc.property(cells, fc.boolean(), (texts, quoted) => {
        const text = textOf(texts, "\n", quoted);
        expect(scanned(text, 0)).toEqual(column(texts));
        expect(scanCells(text, [0])).toEqual([["a", ...texts.map((cell) => cell || null)]]);
      }),
    );
  });

  it("tells cells among numbers that are none, trimmed, in order of appearance, and how many have blanks", () => {
    const text = textOf(
      [" 1", "NA", "2\u00a0", "k.A.", "", "NA ", "  ", "007", "\u2003NA", "3.5"],
      "\n",
      false,
    );
    expect(scanColumns(text)[0]!.numbers).toEqual({
      numbers: Float64Array.from([1, NaN, 2, NaN, NaN, NaN, NaN, NaN, NaN, 3.5]),
      others: new Map([
        ["NA", 3],
        ["k.A.", 1],
        ["007", 1],
      ]),
      trimmed: 5,
      blank: 1,
    });
  });

  it("takes a column of words for cells from its first records, and leaves one that turns to words later", () => {
    const words = (i: number): string => `w${i % 40}`;
    const cells = Array.from({ length: 3000 }, (_, i) => (i < 2000 ? String(i) : words(i)));
    const lines = ["a,b", ...cells.map((cell, i) => `${cell},${words(i)}`)];
    const bytes = new TextEncoder().encode(lines.join("\n"));
    const [later, first] = scanColumns({ bytes, delimiter: ",", cells: 2, records: lines.length });
    expect(later).toEqual({});
    expect(first!.cells).toEqual(["b", ...cells.map((_, i) => words(i))]);
  });
});
