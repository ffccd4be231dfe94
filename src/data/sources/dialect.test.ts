import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type RawTable } from "../raw-table.js";
import { delimiterNamed, delimiterOf } from "./dialect.js";
import { rawFromText } from "./raw-text.js";

const read = (text: string, choice = {}): RawTable => rawFromText(text, "t.csv", choice);
const names = (table: RawTable): string[] => table.columns.map(({ name }) => name);
const notes = (table: RawTable): string[] => (table.notes ?? []).map(({ detail }) => detail);
const cells = (table: RawTable): readonly unknown[] =>
  table.columns.map((column) => (column.kind === "text" ? column.cells : []));

describe("the delimiter", () => {
  it("is the one that divides every row alike, whatever else stands more often in the header", () => {
    expect(delimiterOf("weight, kg, net\theight, cm\n1\t2\n3\t4\n")).toBe("\t");
    expect(delimiterOf("a;b\n1,5;2,5\n")).toBe(";");
    expect(delimiterOf('"a,b,c";d\n1;2\n')).toBe(";");
    expect(delimiterOf("a b\n1\n")).toBe(",");
    expect(delimiterOf("a|b|c\n1|2|3")).toBe("|");
  });

  it("is found again for any table of plain cells", () => {
    const cell = fc.constantFrom("1", "2.5", "x y", "", "word");
    const rows = fc
      .integer({ min: 2, max: 5 })
      .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }));
    fc.assert(
      fc.property(rows, fc.constantFrom(",", ";", "\t", "|"), (table, delimiter) => {
        const header = table[0]!.map((_, c) => `c${c}`);
        expect(delimiterOf([header, ...table].map((row) => row.join(delimiter)).join("\n"))).toBe(delimiter);
      }),
    );
  });

  it("may be set to any sign, by itself or by name", () => {
    expect(cells(read("a^b\n1,5^2\n", { delimiter: "^" }))).toEqual([["1,5"], ["2"]]);
    expect(cells(read('a b\n1 "x y"\n', { delimiter: "space" }))).toEqual([["1"], ["x y"]]);
    expect(delimiterNamed("tab")).toBe("\t");
    for (const wrong of ['"', "ab", "1", "", "\n", "é"])
      expect(() => delimiterNamed(wrong)).toThrow("delimiter must be one sign such as ; or |");
  });
});

describe("what stands before the header", () => {
  it("is left out where it is Excel's line or comments, with a note, and lines go on to be counted", () => {
    const excel = read("sep=;\r\na;b\r\n1;2\r\n");
    expect([names(excel), notes(excel), [...excel.lines!]]).toEqual([
      ["a", "b"],
      ["line 1, sep=;, names the delimiter and was left out"],
      [3],
    ]);
    const comments = read("\uFEFF# made today, by me\n#\n\na,b\n1,2\n3,4\n");
    expect([names(comments), notes(comments), [...comments.lines!]]).toEqual([
      ["a", "b"],
      ["2 lines that begin with # before the header left out"],
      [5, 6],
    ]);
    expect(() => read("# x\na,b\n1\n")).toThrow("t.csv line 3: the row has 1 cell where the header has 2.");
  });

  it("is the header itself where a line with # has its cells and numbers stand below, or no blank follows", () => {
    expect(names(read("# x, y\n1,2\n3,4\n"))).toEqual(["# x", "y"]);
    expect(names(read("#x,y\nBob,Paris\n"))).toEqual(["#x", "y"]);
    expect(names(read("# exported\n# x,y\n1,2\n"))).toEqual(["# x", "y"]);
    expect(names(read("# source: a, b\nname,town\nBob,Paris\n"))).toEqual(["name", "town"]);
  });
});

describe("quotes escaped with backslashes", () => {
  it("are read so only where the text is sound with them and not without", () => {
    const table = read('a,b\n"say \\"no\\", \\\\ please","C:\\dir"\n');
    expect(cells(table)).toEqual([['say "no", \\ please'], ["C:\\dir"]]);
    expect(notes(table)).toEqual(["quotes inside cells are escaped with backslashes, and were read so"]);
    expect(cells(read('a,b\n"C:\\",2\n'))).toEqual([["C:\\"], ["2"]]);
    expect(() => read('a,b\n"x\\"y,2\n')).toThrow("has text after a closing quote");
  });
});

describe("a table without a header", () => {
  it("keeps its first row where it has numbers over numbers, and names its columns", () => {
    const iris = read("5.1,3.5,setosa\n4.9,3.0,setosa\n7.0,3.2,versicolor\n");
    expect([names(iris), iris.rows, cells(iris)[0]]).toEqual([
      ["column 1", "column 2", "column 3"],
      3,
      ["5.1", "4.9", "7.0"],
    ]);
    expect(notes(iris)[0]).toContain("line 1 is a row");
    expect([...iris.lines!]).toEqual([1, 2, 3]);
  });

  it.each([
    ["x,2\n1,2\n3,4\n", "a word over numbers"],
    ["country,2019,2020\nA,1,2\nB,3,4\n", "years"],
    ["0,1,2\n5,6,7\n8,9,1\n", "counted names"],
    ["a,b\nc,d\ne,f\n", "no numbers"],
    ["5.1,3.5\n4.9,3.0\n", "a single row below"],
  ])("is not seen in %j: %s", (text) => {
    expect(read(text).rows).toBe(text.split("\n").length - 2);
  });
});

describe("other files under the name of text", () => {
  it("are refused by what they are", async () => {
    const { refuseOtherKinds } = await import("./file-kind.js");
    const archive = Uint8Array.from([0x50, 0x4b, 3, 4, 0, 1, 2]);
    expect(() => refuseOtherKinds(archive, "t.csv")).toThrow(
      "t.csv: the file must be text, got a zip archive or an Excel workbook. Unzip it, or save the sheet as CSV (UTF-8).",
    );
    expect(() => refuseOtherKinds(Buffer.from("BZh,PAR1\n1,2\n"), "t.csv")).not.toThrow();
  });
});
