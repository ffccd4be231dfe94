import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainNumbers } from "../column-text.js";
import { scanCells, scanNumbers, type SoundText } from "./number-scan.js";
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

describe("scanNumbers", () => {
  it("gives for each cell what Number gives for its text, or takes the column for none of numbers as plainNumbers does", () => {
    const style = [fc.constantFrom("\n", "\r\n", "\r"), fc.boolean()] as const;
    fc.assert(
      fc.property(fc.oneof(written, other), ...style, (cell, end, quoted) => {
        expect(scanNumbers(textOf([cell], end, quoted))[0]).toEqual(column([cell]));
      }),
      { numRuns: 5000 },
    );
  });

  it("reads whole columns so, and their cells when they are asked for", () => {
    const cells = fc.array(fc.oneof({ weight: 20, arbitrary: written }, other), { minLength: 1 });
    fc.assert(
      fc.property(cells, fc.boolean(), (texts, quoted) => {
        const text = textOf(texts, "\n", quoted);
        expect(scanNumbers(text)).toEqual([column(texts), undefined]);
        expect(scanCells(text, [0])).toEqual([["a", ...texts.map((cell) => cell || null)]]);
      }),
    );
  });
});
