import { describe, expect, it } from "vitest";
import { inspectTable, type InspectedTable, type InspectOptions } from "./inspect.js";
import { tableFromRows } from "./raw-rows.js";
import type { RawTable } from "./raw-table.js";
import { columnOf } from "./table.js";

/** A table with one column `x` of the given cells beside a constant column. */
function inspect(cells: readonly string[], options?: InspectOptions, name = "x"): InspectedTable {
  return inspectTable(lines({ [name]: cells, other: cells.map(() => "a") }), options);
}

/** Columns of cells as a file of one header line and one line a row gives them. */
function lines(columns: Readonly<Record<string, readonly string[]>>): RawTable {
  const rows = Object.values(columns)[0]!.length;
  return {
    source: "t.csv",
    rows,
    columns: Object.entries(columns).map(([name, cells]) => ({
      name,
      kind: "text",
      cells: cells.map((cell) => cell || null),
    })),
    unit: "line",
    lines: Int32Array.from({ length: rows }, (_, i) => i + 2),
  };
}
const typeOf = (cells: readonly string[], name = "x"): string => inspect(cells, {}, name).profiles[0]!.type;
const many = (n: number, cell: (i: number) => string): string[] =>
  Array.from({ length: n }, (_, i) => cell(i));
const scattered = (i: number): number => ((i * 7919) % 1009) + 1;

describe("inspectTable decides", () => {
  it("numeric, ordinal and boolean", () => {
    expect(typeOf(many(60, (i) => String(i / 7)))).toBe("numeric");
    expect(typeOf(many(60, (i) => String(scattered(i))))).toBe("numeric");
    expect(typeOf(many(60, (i) => String(i % 20)))).toBe("ordinal");
    expect(typeOf(many(60, (i) => String(i % 21)))).toBe("numeric");
    expect(typeOf(["1", "2", "3"])).toBe("numeric");
    expect(typeOf(many(10, (i) => String(i % 2)))).toBe("ordinal");
    expect(typeOf(["TRUE", "false", "True"])).toBe("boolean");
    expect(typeOf(["T", "F", "t"])).toBe("boolean");
    expect(typeOf(["F", "F"])).toBe("category");
    expect(typeOf(["M", "F"])).toBe("category");
    expect(typeOf(["yes", "no"])).toBe("category");
  });

  it("dates as days since 1970-01-01, with their zone, and no days that do not exist", () => {
    const table = inspect(["1970-01-02", "2000-03-01T12:00:00Z", "2000-03-01 12:00+06:00"]);
    expect(table.profiles[0]).toMatchObject({
      type: "date",
      summary: "1970-01-02 … 2000-03-01T12:00:00.000Z",
    });
    expect(columnOf(table, "x")).toMatchObject({ numbers: Float64Array.of(1, 11017.5, 11017.25) });
    expect(typeOf(["2001-02-29", "2001-02-28"])).toBe("category");
  });

  it("identifiers: row counters, unique keys by name, names of rows; never measurements", () => {
    expect(typeOf(many(40, (i) => String(i + 5)))).toBe("identifier");
    expect(
      typeOf(
        many(40, (i) => String(1970 + i)),
        "year",
      ),
    ).toBe("numeric");
    expect(
      typeOf(
        many(40, (i) => String(scattered(i))),
        "customer_id",
      ),
    ).toBe("identifier");
    expect(
      typeOf(
        many(40, (i) => String(scattered(i))),
        "customerId",
      ),
    ).toBe("identifier");
    expect(
      typeOf(
        many(40, (i) => String(scattered(i))),
        "PID",
      ),
    ).toBe("identifier");
    expect(
      typeOf(
        many(40, (i) => String(scattered(i))),
        "humid",
      ),
    ).toBe("numeric");
    expect(
      typeOf(
        many(40, (i) => String(scattered(i) / 2)),
        "id",
      ),
    ).toBe("numeric");
    expect(typeOf(many(40, (i) => `p${i}`))).toBe("identifier");
    expect(typeOf(many(120, (i) => `p${i % 70}`))).toBe("identifier");
    expect(typeOf(many(120, (i) => `p${i % 50}`))).toBe("category");
  });

  it("identifiers: the clock of a log, but neither a clock that repeats, a short curve, nor another rising measurement", () => {
    const rising = (rows: number): string[] => many(rows, (i) => String(i * 0.25 + (i % 7) / 100));
    for (const name of ["seconds", "time_ms", "elapsed (s)", "Timestamp"])
      expect(typeOf(rising(1000), name)).toBe("identifier");
    for (const name of ["altitude", "lifetimes", "timeless"])
      expect(typeOf(rising(1000), name)).toBe("numeric");
    expect(typeOf(rising(999), "seconds")).toBe("numeric");
    const again = rising(500);
    expect(typeOf([...again, ...again], "seconds")).toBe("numeric");
    expect(typeOf([...rising(1000).slice(1), ""], "seconds")).toBe("numeric");
  });

  it("identifiers: the parts of a divided table, whatever the column is called", () => {
    const parts = many(40, (i) => (i % 4 === 0 ? "test" : i % 4 === 1 ? "Val" : "train"));
    const { type, why } = inspect(parts).profiles[0]!;
    expect([type, why]).toEqual([
      "identifier",
      "names the parts of a divided table; name it as the split to use it",
    ]);
    expect(typeOf(many(40, (i) => (i % 2 === 0 ? "train" : "bus")))).toBe("category");
  });

  it("few whole numbers to be ordinal, and a category where name or digits say that they are groups", () => {
    const decided = (name: string, levels = 5, first = 0, step = 1): string => {
      const cells = many(120, (i) => String(first + step * (i % levels)));
      const { type, why } = inspect(cells, {}, name).profiles[0]!;
      return `${type}: ${why}`;
    };
    const remedy = "set its type to ordinal or numeric if they are amounts";
    const named = `category: 5 distinct whole numbers, named as groups; ${remedy}`;
    for (const name of ["Region", "country_birth", "TrafficType", "Marital_status", "zone.code"])
      expect(decided(name)).toBe(named);
    for (const name of ["grade", "statement", "typeface", "distress"])
      expect(decided(name)).toBe("ordinal: 5 distinct whole numbers");
    expect(decided("sex", 2)).toBe("ordinal: 2 distinct whole numbers");
    expect(decided("region", 5, -2)).toBe("ordinal: 5 distinct whole numbers");
    expect(decided("zip", 30, 10_115, 7)).toBe(
      `category: 30 distinct whole numbers, named as groups; ${remedy}`,
    );
    expect(decided("region", 30)).toBe("numeric: ");
    expect(decided("power", 6, 100, 10)).toBe("ordinal: 6 distinct whole numbers");
    const cells = many(60, (i) => ["111", "112", "125", "126"][i % 4]!);
    expect(inspect(cells, {}, "household").profiles[0]!.why).toMatch(
      /^4 distinct whole numbers, codes by their digits/,
    );
    expect(inspect(cells, {}, "year").profiles[0]!.type).toBe("ordinal");
  });

  it("a category of numbers to hold each number once, however it is written", () => {
    const { columns } = inspect(["1", "1.0", "01.50", "", "NA", "1.5"], { types: { x: "category" } }, "x");
    expect(columns[0]).toEqual({
      name: "x",
      type: "category",
      strings: ["1", "1", "1.5", null, null, "1.5"],
      codes: true,
    });
    const zips = inspect(["01234", "1234", "01234"], { types: { x: "category" } }, "x").columns[0];
    expect(zips).toEqual({ name: "x", type: "category", strings: ["01234", "1234", "01234"] });
  });

  it("words of one ladder to be ordinal, whatever their case, and no others", () => {
    const orderOf = (...words: string[]): readonly string[] | undefined => {
      const column = inspect(many(30, (i) => words[i % words.length]!)).columns[0]!;
      return "order" in column ? column.order : undefined;
    };
    expect(orderOf("high", "Low", "MEDIUM")).toEqual(["Low", "MEDIUM", "high"]);
    expect(orderOf("Gd", "TA", "Ex", "Fa")).toEqual(["Fa", "TA", "Gd", "Ex"]);
    expect(orderOf("strongly_agree", "disagree", "neutral")).toEqual([
      "disagree",
      "neutral",
      "strongly_agree",
    ]);
    expect(orderOf("XL", "S", "M", "L", "2XL")).toEqual(["S", "M", "L", "XL", "2XL"]);
    expect(orderOf("low", "high")).toBeUndefined();
    expect(orderOf("low", "medium", "red")).toBeUndefined();
    expect(orderOf("low", "Low", "high")).toBeUndefined();
    expect(orderOf("small", "often", "good")).toBeUndefined();
  });

  it("an order that is set, and refuses a value that is not in it, with its line", () => {
    const cells = ["Fair", "Ideal", "NA", "Good"];
    const order = ["Fair", "Good", "Ideal"];
    const { columns, profiles } = inspect(cells, { types: { x: order } }, "x");
    expect(columns[0]).toEqual({
      name: "x",
      type: "ordinal",
      strings: ["Fair", "Ideal", null, "Good"],
      order,
    });
    expect(profiles[0]!.why).toBe("set by the study: Fair < Good < Ideal");
    expect(() => inspect(cells, { types: { x: ["Fair", "Good"] } }, "x")).toThrow(
      /line 3: column "x" must be one of "Fair", "Good", got "Ideal"/,
    );
    expect(() => inspect(cells, { types: { x: "ordinal" } }, "x")).toThrow(
      /must be numbers, or words of a ladder that is known by itself, got "Fair". List its values/,
    );
  });

  it("free text", () => {
    expect(typeOf(many(40, (i) => `the review number ${i} was long`))).toBe("text");
  });

  it("numbers with leading zeros to be codes", () => {
    const table = inspect(many(20, (i) => `0${(i % 4) + 1}`));
    expect(table.profiles[0]).toMatchObject({ type: "category", distinct: 4 });
  });

  it("what the user sets, and refuses values that do not fit", () => {
    expect(inspect(["1", "2"], { types: { x: "category" } }).columns[0]).toMatchObject({
      strings: ["1", "2"],
    });
    expect(inspect(["yes", "no"], { types: { x: "boolean" } }).columns[0]).toMatchObject({
      numbers: Float64Array.of(1, 0),
    });
    expect(() => inspect(["1", "two"], { types: { x: "numeric" } })).toThrow(
      't.csv line 3: column "x" must be a number, got "two". Correct the value, or list "two" under missing.',
    );
    expect(() => inspect(["1"], { types: { y: "numeric" } })).toThrow(
      /column "y" has a type in the study but is not in the table/,
    );
  });
});

describe("inspectTable cleans", () => {
  const notes = (table: InspectedTable): string[] =>
    table.cleaning.map(({ column, action, detail }) => `${column}: ${action}: ${detail}`);

  it("blanks around values", () => {
    const table = inspect([" a", "a ", "b", "b"]);
    expect(table.profiles[0]).toMatchObject({ distinct: 2, missing: 0 });
    expect(notes(table)).toEqual(["x: trimmed blanks: blanks around 2 values removed"]);
  });

  it("spellings of missing among numbers, but not among categories", () => {
    const table = inspect(["1.5", "NA", "?", "n/a", "2.5"]);
    expect(table.profiles[0]).toMatchObject({ type: "numeric", missing: 3 });
    expect(notes(table)).toEqual([
      'x: taken as missing: "NA" in 1 row',
      'x: taken as missing: "?" in 1 row',
      'x: taken as missing: "n/a" in 1 row',
    ]);
    expect(inspect(["NA", "None", "Brick", "NA"]).profiles[0]).toMatchObject({
      type: "category",
      missing: 0,
      distinct: 3,
    });
  });

  it("a lone sign among categories, and spellings the user lists", () => {
    const signs = inspect(["MALE", "FEMALE", ".", "MALE"]);
    expect(signs.profiles[0]).toMatchObject({ missing: 1, distinct: 2 });
    expect(notes(signs)).toEqual(['x: taken as missing: "." in 1 row']);
    expect(inspect(["+", "-", ".", "?"]).profiles[0]).toMatchObject({ missing: 0 });
    expect(inspect(["a", "NA", "b"], { missing: ["NA"] }).profiles[0]).toMatchObject({
      missing: 1,
      distinct: 2,
    });
  });

  it("names columns, and says why numbers were not read as such", () => {
    const columns = {
      "column 1": many(30, (i) => String(i * 1.5)),
      y: many(30, (i) => (i === 20 ? "x7" : String(i))),
    };
    const table = inspectTable({ ...lines(columns), unnamed: ["column 1"] });
    expect(notes(table)).toEqual([
      "column 1: named: had no name in the header",
      'y: doubtful numbers: not read as numbers because of 1 value, first "x7" at t.csv line 22; list it under missing or correct it',
    ]);
  });
});

describe("inspectTable refuses", () => {
  it("tables of one column", () => {
    expect(() => inspectTable(lines({ a: ["1", "2"] }))).toThrow(/^t\.csv: the table has one column, "a",/);
  });

  it.each(["inf", "-Infinity", "1e999"])("%s among numbers, with line and column", (text) => {
    expect(() => inspect(["1", text])).toThrow(
      `t.csv line 3: column "x" must be a finite number within ±3.4e38, got ${text}.`,
    );
  });

  it("numbers in two forms in a column that is declared numeric, with line and column", () => {
    expect(() => inspect(["1,5", "3,14", "2.75", "NA"], { types: { x: "numeric" } })).toThrow(
      't.csv line 4: column "x" must be a number with a decimal comma, got "2.75". Write all numbers of the column alike.',
    );
  });
});

describe("tableFromRows", () => {
  it("infers like a file from objects with missing properties", () => {
    const table = tableFromRows([
      { a: 1.5, b: true, c: "x", d: new Date(86_400_000), e: "1" },
      { a: null, b: false, c: null, e: 2n },
      { a: Number.NaN, c: "y", d: new Date(0), e: "NA" },
    ]);
    expect(table.columns).toEqual([
      { name: "a", type: "numeric", numbers: Float64Array.of(1.5, Number.NaN, Number.NaN) },
      { name: "b", type: "boolean", numbers: Float64Array.of(1, 0, Number.NaN) },
      { name: "c", type: "category", strings: ["x", null, "y"] },
      { name: "d", type: "date", numbers: Float64Array.of(1, Number.NaN, 0) },
      { name: "e", type: "numeric", numbers: Float64Array.of(1, 2, Number.NaN) },
    ]);
  });

  it("refuses no rows, rows that are arrays, nested and infinite values", () => {
    expect(() => tableFromRows([])).toThrow("rows: the table has no rows.");
    expect(() => tableFromRows([[1, 2]] as unknown as Record<string, unknown>[])).toThrow(
      /rows row 1: the row must be an object/,
    );
    expect(() => tableFromRows([{ a: 1, b: { c: 1 } }])).toThrow(
      /rows row 1: column "b" must be a string.*got an object/,
    );
    expect(() => tableFromRows([{ a: 1, b: Infinity }])).toThrow(
      /rows row 1: column "b" must be a finite number within ±3.4e38, got Infinity/,
    );
    expect(() => tableFromRows([{ a: 1 }, { a: 2, b: "-inf" }])).toThrow(
      /rows row 2: column "b" must be a finite number within ±3.4e38, got -inf/,
    );
  });
});
