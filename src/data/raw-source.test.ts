import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../base/errors.js";
import type { Row } from "./raw-rows.js";
import { type TableData, dataName, rawFromData } from "./raw-source.js";
import type { RawTable } from "./raw-table.js";

const messageOf = async (data: TableData): Promise<string> => {
  const error = await rawFromData(data).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(DataError);
  return (error as DataError).message;
};

async function* later(rows: Iterable<Row>): AsyncGenerator<Row> {
  for (const row of rows) yield Promise.resolve(row);
}

/** The cells of a table as rows of plain values, with what each column is. */
const cellsOf = ({ columns, rows }: RawTable): unknown =>
  columns.map((column) => ({
    name: column.name,
    kind: column.kind,
    values: Array.from({ length: rows }, (_, row) =>
      column.kind === "text" ? column.cells[row] : column.numbers[row],
    ),
  }));

const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 6 }),
  fc.constantFrom("__proto__", "a b", "é", "x[1]"),
);
const cell = fc.oneof(
  fc.double(),
  fc.boolean(),
  fc.string({ maxLength: 4 }),
  fc.date({ noInvalidDate: false }),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
  fc.constantFrom(null, undefined),
);

/** A column of values, with what it must become by the rule: one kind of values keeps it, several make text. */
function expected(values: readonly unknown[]): unknown {
  const isMissing = (value: unknown): boolean =>
    value === null || value === undefined || Number.isNaN(value instanceof Date ? value.getTime() : value);
  const kindOf = (value: unknown): string =>
    value instanceof Date
      ? "date"
      : typeof value === "string"
        ? "text"
        : typeof value === "boolean"
          ? "boolean"
          : "number";
  const kinds = new Set(values.filter((value) => !isMissing(value)).map(kindOf));
  const [only] = kinds;
  if (kinds.size === 1 && only !== "text") {
    const numbers = values.map((value) =>
      isMissing(value) ? Number.NaN : value instanceof Date ? value.getTime() / 86_400_000 : Number(value),
    );
    return { kind: only, values: numbers };
  }
  const text = (value: unknown): string =>
    value instanceof Date ? value.toISOString() : String(value as string);
  return {
    kind: "text",
    values: values.map((value) => (isMissing(value) || value === "" ? null : text(value))),
  };
}

describe("data in memory", () => {
  it("gives the same table as rows, as a generator, asynchronously and as columns", async () => {
    const table = fc
      .tuple(fc.uniqueArray(name, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 8 }))
      .chain(([names, rows]) =>
        fc.tuple(
          fc.constant(names),
          fc.array(fc.array(cell, { minLength: rows, maxLength: rows }), {
            minLength: names.length,
            maxLength: names.length,
          }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(table, async ([names, values]) => {
        const rows = values[0]!.map((_, row): Row =>
          Object.fromEntries(names.map((name, c) => [name, values[c]![row]])),
        );
        const columns = Object.fromEntries(names.map((name, c) => [name, values[c]!]));
        const order = Object.keys(columns);
        const wanted = order.map((name) => ({
          name,
          ...(expected(values[names.indexOf(name)]!) as object),
        }));
        expect(cellsOf(await rawFromData(rows))).toEqual(wanted);
        expect(cellsOf(await rawFromData(new Set(rows).values()))).toEqual(wanted);
        expect(cellsOf(await rawFromData(later(rows)))).toEqual(wanted);
        expect(cellsOf(await rawFromData(columns))).toEqual(wanted);
      }),
    );
  });

  it("may have rows that lack a property, at first or at last", async () => {
    const table = await rawFromData([{ a: 1 }, { b: "x" }, { a: 3, c: true }, { b: "y" }]);
    expect(cellsOf(table)).toEqual([
      { name: "a", kind: "number", values: [1, Number.NaN, 3, Number.NaN] },
      { name: "b", kind: "text", values: [null, "x", null, "y"] },
      { name: "c", kind: "boolean", values: [Number.NaN, Number.NaN, 1, Number.NaN] },
    ]);
  });

  it("may be typed arrays of every kind", async () => {
    const table = await rawFromData({
      f: Float32Array.of(0.5, Number.NaN),
      i: Int16Array.of(-3, 7),
      b: BigInt64Array.of(2n ** 40n, -1n),
      u: BigUint64Array.of(0n, 9n),
      c: Uint8ClampedArray.of(300, 1),
    });
    expect(cellsOf(table)).toEqual([
      { name: "f", kind: "number", values: [0.5, Number.NaN] },
      { name: "i", kind: "number", values: [-3, 7] },
      { name: "b", kind: "number", values: [2 ** 40, -1] },
      { name: "u", kind: "number", values: [0, 9] },
      { name: "c", kind: "number", values: [255, 1] },
    ]);
  });

  it("spreads arrays of numbers over columns, missing where a row has none", async () => {
    const rows = [{ e: null }, { e: [1, null, true] }, { e: Float32Array.of(4, 5, 6) }, {}];
    const wanted = [
      { name: "e[0]", kind: "number", values: [Number.NaN, 1, 4, Number.NaN] },
      { name: "e[1]", kind: "number", values: [Number.NaN, Number.NaN, 5, Number.NaN] },
      { name: "e[2]", kind: "number", values: [Number.NaN, 1, 6, Number.NaN] },
    ];
    expect(cellsOf(await rawFromData(rows))).toEqual(wanted);
    expect(cellsOf(await rawFromData({ e: [null, [1, Number.NaN, 1], [4, 5, 6], null] }))).toEqual(wanted);
  });

  it("is called what it is", () => {
    expect([dataName([]), dataName(later([])), dataName({ a: [1] })]).toEqual(["rows", "rows", "columns"]);
  });
});

describe("data in memory is refused, with its row,", () => {
  it("when arrays are of unequal length, empty, or hold what is no number", async () => {
    expect(await messageOf([{ e: null }, { e: [1, 2] }, { e: [1] }])).toBe(
      'rows row 3: column "e" must be an array of 2 numbers as in row 2, got 1. Give every row an array of the same length, or none.',
    );
    expect(await messageOf([{ e: [] }])).toContain(
      'rows row 1: column "e" must be an array of at least one number, got an empty array',
    );
    expect(await messageOf([{ e: [1, "x"] }])).toContain("got a string");
    expect(await messageOf([{ e: [[1]] }])).toContain("got an array");
    expect(await messageOf([{ e: 1 }, { e: [1] }])).toContain("row 2");
    expect(await messageOf([{ e: [1] }, { e: 1 }])).toContain("row 2");
    expect(await messageOf([{ "e[0]": 1, e: [1] }])).toContain('column name "e[0]" stands twice');
  });

  it("when a row is no object or a value is one", async () => {
    expect(await messageOf(later([{ a: 1 }, 7 as unknown as Row]))).toContain(
      "rows row 2: the row must be an object",
    );
    expect(await messageOf(later([{ a: 1 }, { a: { b: 1 } }]))).toContain(
      'rows row 2: column "a" must be a string, number, boolean, date or array of numbers, got an object',
    );
    expect(await messageOf([{ a: () => 1 }])).toContain("got a function");
  });

  it("when a row's own code fails", async () => {
    const getter = Object.defineProperty({}, "a", {
      enumerable: true,
      get: () => {
        throw new Error("no connection");
      },
    });
    expect(await messageOf([{ a: 1 }, getter as Row])).toBe(
      "rows row 2: the row cannot be read: no connection. Give plain objects with plain values.",
    );
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(await messageOf([proxy as Row])).toContain("rows row 1: the row cannot be read: Cannot perform");
  });

  it("when there is nothing, or columns differ in length", async () => {
    expect(await messageOf([])).toBe("rows: the table has no rows.");
    expect(await messageOf({})).toBe("columns: the table has no rows.");
    expect(await messageOf({ a: [] })).toBe("columns: the table has no rows.");
    expect(await messageOf({ a: [1], b: [1, 2] })).toBe(
      'columns: column "b" must be as long as column "a" (1), got 2.',
    );
    expect(await messageOf({ a: "x" as unknown as number[] })).toContain(
      "must be an array or a typed array, got a string",
    );
    expect(await messageOf(5 as unknown as TableData)).toContain("got a number");
  });

  it("and what an iterator throws comes through", async () => {
    async function* broken(): AsyncGenerator<Row> {
      yield { a: 1 };
      throw new Error("cursor lost");
    }
    await expect(rawFromData(broken())).rejects.toThrow("cursor lost");
  });
});
