import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { placeOf, type RawTable } from "../raw-table.js";
import { readDelimited } from "./delimited.js";

const read = async (text: string): Promise<RawTable> => readDelimited(Buffer.from(text), "t.csv");
const namesOf = async (text: string): Promise<string[]> => (await read(text)).columns.map(({ name }) => name);
const cellsOf = async (text: string): Promise<readonly (readonly (string | null)[])[]> =>
  (await read(text)).columns.map((column) => (column.kind === "text" ? column.cells : []));

describe("readDelimited", () => {
  it("reads quotes, doubled quotes, line breaks in cells, empty cells and blank lines", async () => {
    const text = 'a,b\n"x ""y"", z","two\r\nlines"\n\n,""\r\n"last",1';
    expect(await cellsOf(text)).toEqual([
      ['x "y", z', null, "last"],
      ["two\r\nlines", null, "1"],
    ]);
  });

  it("keeps cells as written: spaces, quotes inside, words for nothing, comment signs, NUL", async () => {
    expect(await cellsOf('#a,b\n 1 ,x"y\nNULL,#2\n\u00001,\\\n')).toEqual([
      [" 1 ", "NULL", "\u00001"],
      ['x"y', "#2", "\\"],
    ]);
  });

  it("tells an empty line from a quoted empty cell in a table of one column", async () => {
    const table = await read('\n\na\r\n1\r\n\r\n""\r\n2\n');
    expect(table.columns).toEqual([{ name: "a", kind: "text", cells: ["1", null, "2"] }]);
    expect([...table.lines!]).toEqual([4, 6, 7]);
  });

  it("drops one space before a quote and no others", async () => {
    expect(await cellsOf('a,b\n 1, "x, ""y"""\n "2", z \n3,  "w"\n')).toEqual([
      [" 1", "2", "3"],
      ['x, "y"', " z ", '  "w"'],
    ]);
  });

  it("loses nothing where CR, LF and CRLF end lines by turns", async () => {
    const table = await read('h\r\n"\\"","\r#\\#\r\n\r\r\n\tz\n"1\r2\r\n3"\r4');
    expect(table.columns).toEqual([
      { name: "h", kind: "text", cells: ['\\",', "#\\#", "\tz", "1\r2\r\n3", "4"] },
    ]);
    expect([...table.lines!]).toEqual([2, 3, 6, 7, 10]);
  });

  it("knows the line on which each row begins", async () => {
    const table = await read('a,b\n"1\n2",x\n\n3,y\r4,z\r\n5,w\n');
    expect([0, 1, 2, 3].map((row) => placeOf(table, row))).toEqual([
      "t.csv line 2",
      "t.csv line 5",
      "t.csv line 6",
      "t.csv line 7",
    ]);
  });

  it("takes the delimiter that is commonest outside quotes in the header", async () => {
    expect(await namesOf('"a,b,c";d\n1;2\n')).toEqual(["a,b,c", "d"]);
    expect(await namesOf("\n\na|b|c\n1|2|3")).toEqual(["a", "b", "c"]);
    expect(await namesOf("a b\n1\n")).toEqual(["a b"]);
    expect(await cellsOf("a;b\n1,5;2,5\n")).toEqual([["1,5"], ["2,5"]]);
  });

  it("names columns without a name", async () => {
    const table = await read(",a, \n0,1,2\n");
    expect(table.columns.map(({ name }) => name)).toEqual(["column 1", "a", "column 3"]);
    expect(table.unnamed).toEqual(["column 1", "column 3"]);
  });

  it("drops a byte order mark, also before a quote", async () => {
    expect(await namesOf('\uFEFF"a",b\n1,2\n')).toEqual(["a", "b"]);
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
      'a,b\n"x\ny",1\n1,2,3,4,5\n',
      "t.csv line 4: the row has 5 cells where the header has 2. Quote cells that contain the delimiter.",
    ],
    ["a,b\n1,2,\n", "t.csv line 2: the row has 3 cells where the header has 2."],
    [
      "a,b\n\n1\n",
      "t.csv line 3: the row has 1 cell where the header has 2. Fill the row up with empty cells.",
    ],
    ['a,b\n1,"open\n2,3\n', "t.csv line 2: the row opens a quoted cell that never ends."],
    ['a,b\n"x"y,3\n', "t.csv line 2: the row has text after a closing quote."],
    ['a,b\r\n1,"x\ny" \r\n', "t.csv line 3: the row has text after a closing quote."],
  ])("refuses %j with the line and what is wrong", async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it("gives back any cells that were quoted, whatever the line ends", async () => {
    const cell = fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 });
    const odd = fc.string({
      unit: fc.constantFrom("a", ",", ";", '"', "\n", "\r"),
      minLength: 1,
      maxLength: 6,
    });
    const rows = fc.array(fc.tuple(cell, odd, fc.constantFrom("\n", "\r\n", "\r")), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(rows, async (written) => {
        const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const text = `a,b\n${written.map(([a, b, end]) => quote(a) + "," + quote(b) + end).join("")}`;
        expect(await cellsOf(text)).toEqual([written.map(([a]) => a), written.map(([, b]) => b)]);
      }),
      { numRuns: 40 },
    );
  });

  it("reads a record of several megabytes", async () => {
    const long = "x".repeat(3_000_000);
    expect(await cellsOf(`a,b\n1,2\n${long},"${long}"\n`)).toEqual([
      ["1", long],
      ["2", long],
    ]);
  });

  it("takes the first row for a header or for a row as it is set, whatever it looks like", () => {
    const read = (text: string, header?: "yes" | "no"): RawTable =>
      readDelimited(Buffer.from(text), "t.csv", header && { header });
    const shape = ({ columns, rows, notes }: RawTable): unknown => [
      columns.map(({ name }) => name),
      rows,
      notes?.length,
    ];
    const numbers = "5,1\n7,2\n8,3\n";
    expect(shape(read(numbers))).toEqual([["column 1", "column 2"], 3, 1]);
    expect(shape(read(numbers, "yes"))).toEqual([["5", "1"], 2, undefined]);
    expect(shape(read("a,b\nc,d\n", "no"))).toEqual([["column 1", "column 2"], 2, undefined]);
    expect(read("a,1\nc,2\n", "no").columns).toMatchObject([{ cells: ["a", "c"] }, { cells: ["1", "2"] }]);
    expect(read("a,1\n", "no").rows).toBe(1);
    expect(() => read("a,1\n", "yes")).toThrow("has a header but no rows");
  });
});
