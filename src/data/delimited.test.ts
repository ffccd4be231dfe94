import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readDelimited } from "./delimited.js";
import { placeOf } from "./raw-table.js";

const cellsOf = (text: string): readonly (readonly (string | null)[])[] =>
  readDelimited(text, "t.csv").columns.map((column) => (column.kind === "text" ? column.cells : []));

describe("readDelimited", () => {
  it("reads quotes, doubled quotes, line breaks in cells, empty cells and blank lines", () => {
    const text = 'a,b\n"x ""y"", z","two\r\nlines"\n\n,""\r\n"last",1';
    expect(cellsOf(text)).toEqual([
      ['x "y", z', null, "last"],
      ["two\r\nlines", null, "1"],
    ]);
  });

  it("knows the line on which each row begins", () => {
    const table = readDelimited('a,b\n"1\n2",x\n\n3,y\r4,z\r\n5,w\n', "t.csv");
    expect([0, 1, 2, 3].map((row) => placeOf(table, row))).toEqual([
      "t.csv line 2",
      "t.csv line 5",
      "t.csv line 6",
      "t.csv line 7",
    ]);
  });

  it("takes the delimiter that is commonest outside quotes in the header", () => {
    const names = (text: string): string[] => readDelimited(text, "t.csv").columns.map(({ name }) => name);
    expect(names('"a,b,c";d\n1;2\n')).toEqual(["a,b,c", "d"]);
    expect(names("\n\na|b|c\n1|2|3")).toEqual(["a", "b", "c"]);
    expect(names("a b\n1\n")).toEqual(["a b"]);
  });

  it("names columns without a name", () => {
    const table = readDelimited(",a, \n0,1,2\n", "t.csv");
    expect(table.columns.map(({ name }) => name)).toEqual(["column 1", "a", "column 3"]);
    expect(table.unnamed).toEqual(["column 1", "column 3"]);
  });

  it.each([
    ["", "t.csv: the file is empty."],
    ["\n\n", "t.csv: the file is empty."],
    ["a,b\n", "t.csv: the file has a header but no rows."],
    [
      "a,b, a\n1,2,3\n",
      't.csv line 1: column name "a" stands twice, in columns 1 and 3. Give every column its own name.',
    ],
    [
      'a,b\n"x\ny",1\n1,2,3\n',
      "t.csv line 4: the row has 3 cells where the header has 2. Quote cells that contain the delimiter.",
    ],
    [
      "a,b\n\n1\n",
      "t.csv line 3: the row has 1 cell where the header has 2. Fill the row up with empty cells.",
    ],
    ['a,b\n1,"open\n2,3\n', "t.csv line 2: the row opens a quoted cell that never ends."],
    ['a,b\n"x"y,3\n', "t.csv line 2: the row has text after a closing quote."],
  ])("refuses %j with the line and what is wrong", (text, message) => {
    expect(() => readDelimited(text, "t.csv")).toThrow(message);
  });

  it("gives back any cells that were quoted", () => {
    const cell = fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 });
    const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(rows, (written) => {
        const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const text = `a,b\n${written.map((row) => row.map(quote).join(",")).join("\n")}`;
        expect(cellsOf(text)).toEqual([written.map(([a]) => a), written.map(([, b]) => b)]);
      }),
    );
  });
});
