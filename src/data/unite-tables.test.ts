import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../base/errors.js";
import { inspectTable } from "./inspect.js";
import { placeOf, type RawTable } from "./raw-table.js";
import { rawFromText } from "./sources/raw-text.js";
import { rawFromRows, type Row } from "./raw-rows.js";
import { columnOf } from "./table.js";
import { uniteTables } from "./unite-tables.js";

const cellsOf = (table: RawTable, name: string): unknown[] => {
  const column = table.columns.find((one) => one.name === name)!;
  if (column.kind === "text") return [...column.cells];
  return Array.from(column.numbers, (x) => (Number.isNaN(x) ? null : x));
};

const row = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.integer(), { minKeys: 1 });
const rows = fc.array(row, { minLength: 1, maxLength: 5 });

describe("tables put one after another", () => {
  it("are the table of all rows", () => {
    fc.assert(
      fc.property(fc.array(rows, { minLength: 1, maxLength: 4 }), (parts) => {
        const whole = rawFromRows(parts.flat() as Row[]);
        const united = uniteTables(parts.map((part, t) => rawFromRows(part as Row[], `part ${t}`)));
        expect(united.rows).toBe(whole.rows);
        expect(united.columns).toEqual(whole.columns);
      }),
    );
  });

  it("say of every row its table and its line there, also when united twice", () => {
    const [a, b, c] = [
      rawFromText("x,y\n1,2\n\n3,4\n", "a.csv"),
      rawFromText("x,y\n5,6\n", "b.csv"),
      rawFromRows([{ x: 7, y: 8 }], "c.json"),
    ];
    const places = ["a.csv line 2", "a.csv line 4", "b.csv line 2", "c.json row 1"];
    for (const united of [uniteTables([a, b, c]), uniteTables([uniteTables([a, b]), c])])
      expect(places.map((_, i) => placeOf(united, i))).toEqual(places);
    const wrong = uniteTables([a, b, rawFromText("x,y\nz,1\n", "d.csv")]);
    expect(() => inspectTable(wrong, { types: { x: "numeric" } })).toThrow(/^d\.csv line 2: column "x"/);
  });

  it("have a column as text as written where one has numbers and another text", () => {
    const united = uniteTables([rawFromRows([{ x: 1.5 }, { x: null }]), rawFromRows([{ x: "two" }])]);
    expect(cellsOf(united, "x")).toEqual(["1.5", null, "two"]);
  });

  it("keep the kind of a column that has no value in some tables", () => {
    const united = uniteTables([rawFromRows([{ x: null, y: 1 }]), rawFromRows([{ x: true }])]);
    expect(united.columns.map(({ name, kind }) => [name, kind])).toEqual([
      ["x", "boolean"],
      ["y", "number"],
    ]);
    expect(cellsOf(united, "y")).toEqual([1, null]);
  });

  it("note in cleaning what a table does not have", () => {
    const united = uniteTables([rawFromRows([{ x: 1, y: 1 }], "a"), rawFromRows([{ x: 2 }, { x: 3 }], "b")]);
    expect(inspectTable(united).cleaning).toEqual([
      { column: "y", action: "absent", detail: "not in b: missing in 2 rows" },
    ]);
  });

  it("name each row's table where asked to, and refuse a column of that name", () => {
    const tables = [rawFromRows([{ x: 1 }], "a.csv"), rawFromRows([{ x: 2 }, { x: 3 }], "b.csv")];
    const united = uniteTables(tables, { column: "table", names: ["1", "2"] });
    expect(columnOf(inspectTable(united), "table")).toMatchObject({ numbers: Float64Array.of(1, 2, 2) });
    expect(() => uniteTables(tables, { column: "x", names: ["1", "2"] })).toThrow(ConfigError);
  });
});
