import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codedTable } from "./coded-table.js";
import { isReading } from "./column-reading.js";
import { fitInputEncoding } from "./fit-encoding.js";
import { inspectTable, type InspectedTable, type InspectOptions } from "./inspect.js";
import { plainReader } from "./plain-rows.js";
import type { RawTable } from "./raw-table.js";
import { columnOf, isNumberColumn } from "./table.js";

function raw(columns: Readonly<Record<string, readonly (string | null)[]>>, delimiter = ","): RawTable {
  return {
    source: "t.csv",
    rows: Object.values(columns)[0]!.length,
    columns: Object.entries(columns).map(([name, cells]) => ({ name, kind: "text", cells })),
    unit: "row",
    delimiter,
  };
}

const inspected = (
  cells: readonly string[],
  others: Readonly<Record<string, readonly string[]>> = {},
  options: InspectOptions = {},
  delimiter = ",",
): InspectedTable =>
  inspectTable(raw({ x: cells, other: cells.map(() => "a"), ...others }, delimiter), options);

const numbersOf = (table: InspectedTable, name = "x"): number[] | string => {
  const column = columnOf(table, name);
  return isNumberColumn(column) ? [...column.numbers] : column.type;
};
const notesOf = (table: InspectedTable): string[] =>
  table.cleaning.filter(({ column }) => column === "x").map(({ detail }) => detail);

describe("1,234, where every value leaves open what the mark is", () => {
  const open = ["1,234", "12", "5,600"];

  it("is thousands, but a decimal comma in text divided by semicolons, or where the table shows one", () => {
    expect(numbersOf(inspected(open))).toEqual([1234, 12, 5600]);
    expect(numbersOf(inspected(open, {}, {}, ";"))).toEqual([1.234, 12, 5.6]);
    expect(numbersOf(inspected(open, { y: ["1,5", "2,25", "3"] }))).toEqual([1.234, 12, 5.6]);
    expect(numbersOf(inspected(open, { y: ["1.5", "2.25", "3"] }, {}, ";"))).toEqual([1234, 12, 5600]);
    expect(numbersOf(inspected(open, {}, { decimal: "," }))).toEqual([1.234, 12, 5.6]);
    expect(notesOf(inspected(open))).toEqual([
      'numbers with commas between thousands: "1,234" is 1234; set decimal if that is wrong',
    ]);
  });

  it("is decimal beyond doubt with a zero before it, or other than three digits after it", () => {
    expect(numbersOf(inspected(["0,125", "1,234"]))).toEqual([0.125, 1.234]);
    expect(numbersOf(inspected(["1,2345", "1,234"]))).toEqual([1.2345, 1.234]);
  });
});

describe("1.234, where every value leaves open what the mark is", () => {
  const open = ["1.234", "12", "5.600"];

  it("is as it stands, but thousands where the table shows decimal commas or the mark is set", () => {
    expect(numbersOf(inspected(open))).toEqual([1.234, 12, 5.6]);
    expect(numbersOf(inspected(open, { y: ["1,5", "2,25", "3"] }, {}, ";"))).toEqual([1234, 12, 5600]);
    expect(numbersOf(inspected(open, {}, { decimal: "," }))).toEqual([1234, 12, 5600]);
    expect(numbersOf(inspected(["1.5", "2"], {}, { decimal: "," }))).toBe("category");
    expect(numbersOf(inspected([...open.slice(1), "0.5"], { y: ["1,5", "2,25", "3"] }))).toEqual([
      12, 5.6, 0.5,
    ]);
  });
});

describe("a column's form", () => {
  it("is taken only where all values agree; else the first that does not is named", () => {
    const cells = [...Array.from({ length: 20 }, (_, i) => `${i},5`), "2.5"];
    expect(numbersOf(inspected(cells))).toBe("identifier");
    expect(notesOf(inspected(cells))).toEqual([
      'not read as numbers because of 1 value, first "2.5" at t.csv row 21; list it under missing or correct it',
    ]);
    expect(numbersOf(inspected(["12 kg", "13 kg"]))).toBe("category");
    expect(numbersOf(inspected(["12 %", "13.5 %", "NA"]))).toEqual([12, 13.5, Number.NaN]);
    expect(numbersOf(inspected(["(1,234)", "$5"]))).toBe("category");
    expect(notesOf(inspected(["EUR 5", "EUR 6.5", "USD 7"]))).toEqual([
      'not read as numbers, since "EUR 5" and "USD 7" are not in one unit; write all in one, or the unit into a column of its own',
    ]);
    expect(notesOf(inspected(["EUR 5", "EUR 1,206.50"]))).toEqual([
      'numbers with commas between thousands, EUR: "EUR 5" is 5',
    ]);
  });

  it("of dates is taken with missing spellings among them, and said where day and month are open", () => {
    expect(numbersOf(inspected(["05.01.1970", "NA"]))).toEqual([4, Number.NaN]);
    expect(numbersOf(inspected(["05/01/1970", "13/01/1970"]))).toEqual([4, 12]);
    expect(notesOf(inspected(["05/01/1970", "06/01/1970"]))[0]).toContain("cannot be told apart");
    expect(numbersOf(inspected(["18:00", "6:00"]))).toEqual([0.75, 0.25]);
  });
});

describe("05/01/1970, where no value has a day above 12", () => {
  const open = ["05/01/1970", "06/01/1970", "05/03/1970"];
  const days = { first: [4, 5, 63], second: [120, 151, 122] };

  it("is as set, then as the table's other dates show, else text; a note says how to change it", () => {
    expect(numbersOf(inspected(open))).toBe("category");
    expect(notesOf(inspected(open))[0]).toMatch(
      /cannot be told apart.*; set dates to day-first or month-first$/,
    );
    expect(numbersOf(inspected(open, {}, { dates: "day-first" }))).toEqual(days.first);
    expect(numbersOf(inspected(open, {}, { dates: "month-first" }))).toEqual(days.second);
    const shown = { y: ["13/01/1970", "NA", "02/02/1970"] };
    expect(numbersOf(inspected(open, shown))).toEqual(days.first);
    expect(numbersOf(inspected(open, { y: ["01/13/1970", "", "1/2/1970"] }))).toEqual(days.second);
    expect(notesOf(inspected(open, shown))).toEqual([
      'dates, day, month, year, as in other columns: "05/01/1970" is 1970-01-05; set dates to month-first if that is wrong',
    ]);
    const either = { y: ["13/01/1970", "NA", ""], z: ["01/13/1970", "NA", ""] };
    expect(numbersOf(inspected(open, either))).toBe("category");
    expect(numbersOf(inspected(open, { y: ["13/01/1970", "NA", ""] }, { dates: "month-first" }))).toEqual(
      days.second,
    );
  });

  it("is the first of a month where one part is 1 in every value and there are several years", () => {
    expect(numbersOf(inspected(["01/02/1970", "01/03/1971"]))).toEqual([31, 424]);
    expect(numbersOf(inspected(["02/01/1970", "03/01/1971"]))).toEqual([31, 424]);
    expect(numbersOf(inspected(["01/02/1970", "01/03/1970"]))).toBe("category");
  });

  it("is read so where the type is set to date, kept by a model, and no matter where values tell", () => {
    const table = inspected(open, {}, { dates: "month-first", types: { x: "date" } });
    expect(numbersOf(table)).toEqual(days.second);
    expect(table.readings).toEqual({ x: { dates: "m/d/y" } });
    expect(() => inspected(open, {}, { types: { x: "date" } })).toThrow(
      "Set dates to day-first or month-first.",
    );
    expect(numbersOf(inspected(["13/01/1970", "05/01/1970"], {}, { dates: "month-first" }))).toEqual([12, 4]);
  });
});

describe("spellings of a missing value", () => {
  it("may be those of one column, and count by value among numbers", () => {
    const y = ["-1", "-1", "2", "4"];
    const missing = { "*": ["k.A."], x: ["-1", "999"] };
    const table = inspected(["-1", "-1,0", "k.A.", "3,5"], { y }, { missing });
    expect(numbersOf(table)).toEqual([Number.NaN, Number.NaN, Number.NaN, 3.5]);
    expect(numbersOf(table, "y")).toEqual([-1, -1, 2, 4]);
    expect(() => inspected(["1"], {}, { missing: { z: ["-1"] } })).toThrow(
      'column "z" has spellings of a missing value in the study but is not in the table',
    );
  });

  it("of one column are missing to a model in its rows too, and in no other column", () => {
    const inputs = ["x", "y"].map((name) => ({ name, type: "numeric" as const }));
    const table = inspectTable(raw({ x: ["1", "2.5", "4"], y: ["1", "-1", "7.5"] }), {
      missing: { x: ["-1"] },
    });
    const { encoding } = fitInputEncoding(
      table,
      inputs.map(({ name }) => name),
      Int32Array.of(0, 1, 2),
    );
    const feeds = plainReader(encoding.inputs, { x: ["-1"] })([{ x: -1, y: -1 }])!;
    expect([feeds["x"]!.data[0], feeds["y"]!.data[0]]).toEqual([Number.NaN, -1]);
  });
});

describe("a reading that a model keeps", () => {
  it("reads the rows of its table again to the same numbers, one by one", () => {
    const styles = [
      (x: number) => x.toFixed(2).replace(".", ","),
      (x: number) => `${x.toFixed(1)} %`,
      (x: number) => `EUR ${x.toFixed(2)}`,
      (x: number) => `${x.toFixed(2).replace(".", ",")} €`,
      (x: number) => `$${x.toLocaleString("en-US", { minimumFractionDigits: 2 })}`,
      (x: number) => x.toLocaleString("de-DE", { minimumFractionDigits: 1 }),
      (x: number) =>
        new Date(Math.round(x) * 86_400_000).toISOString().slice(0, 10).split("-").toReversed().join("."),
    ];
    const values = fc.uniqueArray(fc.integer({ min: 1, max: 900_000 }), { minLength: 5, maxLength: 20 });
    fc.assert(
      fc.property(values, fc.constantFrom(...styles), (whole, style) => {
        const cells = whole.map((x) => style(x / 100));
        const table = inspected(cells);
        const { encoding } = fitInputEncoding(table, ["x"], Int32Array.from(cells.keys()));
        const card = { readings: JSON.parse(JSON.stringify(table.readings)) as InspectedTable["readings"] };
        const one = cells.map((cell) => codedTable(raw({ x: [cell] }), encoding.inputs, card));
        expect(one.map((row) => (row.columns[0] as { numbers: Float64Array }).numbers[0])).toEqual(
          numbersOf(table),
        );
      }),
    );
  });

  it("refuses another unit in new rows, and takes numbers without one", () => {
    const table = inspected(["EUR 5", "EUR 6.5", "EUR 9"]);
    const { encoding } = fitInputEncoding(table, ["x"], Int32Array.of(0, 1, 2));
    const read = (cell: string): unknown =>
      codedTable(raw({ x: [cell] }), encoding.inputs, { readings: table.readings }).columns[0];
    expect(table.readings).toEqual({ x: { numbers: { decimal: ".", unit: "EUR" } } });
    expect([read("EUR 7"), read("7")]).toEqual([read("7 EUR"), read("7 EUR")]);
    expect(() => read("USD 7")).toThrow('must be a number with a decimal point, in EUR, got "USD 7"');
  });

  it("is told from what is none", () => {
    expect(
      [
        {},
        { numbers: { decimal: ".", unit: "US$" } },
        { numbers: { decimal: "," } },
        { dates: "d.m.y" },
      ].every(isReading),
    ).toBe(true);
    expect(
      [
        null,
        1,
        { numbers: {} },
        { numbers: { decimal: ".", unit: "kg" } },
        { numbers: { decimal: ";" } },
        { dates: "y" },
      ].some(isReading),
    ).toBe(false);
  });
});
