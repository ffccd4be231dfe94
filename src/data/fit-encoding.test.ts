import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rowsToTable } from "./coded-table.js";
import { binCount, piecewiseEdges } from "./edges.js";
import { codingWidth, isNumberInput } from "./encoding.js";
import { fitInputEncoding } from "./fit-encoding.js";
import { chunkOfFeeds, rawFeeds } from "./raw-feeds.js";
import type { Column, Table } from "./table.js";

const tableOf = (...columns: Column[]): Table => ({
  source: "t.csv",
  rows: "numbers" in columns[0]! ? columns[0].numbers.length : columns[0]!.strings.length,
  columns,
});
const numeric = (name: string, ...numbers: number[]): Column => ({
  name,
  type: "numeric",
  numbers: Float64Array.from(numbers),
});
const category = (name: string, ...strings: (string | null)[]): Column => ({
  name,
  type: "category",
  strings,
});
const rows = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);

describe("fitInputEncoding", () => {
  it("fills with the training median and standardises over training rows alone", () => {
    const table = tableOf(numeric("x", 1, 2, Number.NaN, 6, 1000), numeric("y", 0, 1, 0, 1, 0));
    const { encoding, notes } = fitInputEncoding(table, ["x", "y"], rows(4), { bins: 2 });
    expect(encoding.inputs[0]).toEqual({
      name: "x",
      type: "numeric",
      fill: 2,
      mean: 2.75,
      deviation: Math.sqrt(3.6875),
      indicator: true,
      edges: [1, 2, 6],
    });
    expect(encoding.inputs[1]).toMatchObject({ edges: [], indicator: false, mean: 0.5, deviation: 0.5 });
    expect(encoding.width).toBe(4 + 1);
    expect(notes).toEqual([
      { column: "x", action: "imputed", detail: "1 missing training value filled with 2, and marked" },
    ]);
  });

  it("gives standardised training inputs mean 0 and deviation 1", () => {
    const value = fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { nil: Number.NaN });
    fc.assert(
      fc.property(fc.array(value, { minLength: 3, maxLength: 60 }), (values) => {
        const present = values.filter((x) => !Number.isNaN(x));
        fc.pre(Math.max(...present) - Math.min(...present) > 1e-3);
        const { encoding } = fitInputEncoding(tableOf(numeric("x", ...values)), ["x"], rows(values.length));
        const coding = encoding.inputs[0]!;
        if (!isNumberInput(coding)) throw new Error("x is a number");
        const z = values.map((x) => ((Number.isNaN(x) ? coding.fill : x) - coding.mean) / coding.deviation);
        const mean = z.reduce((sum, x) => sum + x, 0) / z.length;
        const variance = z.reduce((sum, x) => sum + (x - mean) ** 2, 0) / z.length;
        expect(Math.abs(mean)).toBeLessThan(1e-6);
        expect(Math.abs(variance - 1)).toBeLessThan(1e-6);
        expect(coding.indicator).toBe(present.length < values.length);
      }),
    );
  });

  it("orders levels by frequency and lets rare ones share the place of unseen values", () => {
    const { encoding, notes } = fitInputEncoding(
      tableOf(category("c", "b", "b", "a", "a", "z", null, "c", "c", "c")),
      ["c"],
      rows(9),
    );
    expect(encoding.inputs).toEqual([{ name: "c", type: "category", levels: ["c", "a", "b", ""] }]);
    expect(encoding.width).toBe(5);
    expect(notes[0]?.detail).toBe("1 level in fewer than 2 training rows counted as unseen");
  });

  it("asks for five rows a level from 1000 training rows on", () => {
    const strings = Array.from({ length: 1000 }, (_, i) => (i < 4 ? "rare" : i < 9 ? "five" : "many"));
    const { encoding } = fitInputEncoding(tableOf(category("c", ...strings)), ["c"], rows(1000));
    expect(encoding.inputs).toEqual([{ name: "c", type: "category", levels: ["many", "five"] }]);
  });

  it("drops constant and empty inputs and sets identifiers aside, saying so", () => {
    const table = tableOf(
      numeric("constant", 0.1, 0.1, 0.1, 7),
      numeric("empty", Number.NaN, Number.NaN, Number.NaN, 1),
      category("one", "a", "a", "a", "b"),
      category("none", null, null, null, "a"),
      { name: "id", type: "identifier", strings: ["p", "q", "r", "s"] },
      numeric("x", 1, 2, 3, 4),
    );
    const names = table.columns.map(({ name }) => name);
    const { encoding, notes } = fitInputEncoding(table, names, rows(3));
    expect(encoding.inputs.map(({ name }) => name)).toEqual(["x"]);
    expect(notes.map(({ column, action, detail }) => `${column}: ${action}: ${detail}`)).toEqual([
      "constant: dropped: always 0.1 in training rows",
      "empty: dropped: no value in any training row",
      'one: dropped: always "a" in training rows',
      "none: dropped: no value in any training row",
      "id: set aside: identifier columns are no inputs",
    ]);
    expect(() => fitInputEncoding(table, ["constant", "id"], rows(3))).toThrow(
      /the inputs are all constant, empty or set aside/,
    );
    expect(() => fitInputEncoding(table, ["consant"], rows(3))).toThrow(
      /column "consant" is not in the table. Did you mean "constant"/,
    );
  });

  it("keeps an input that is constant where present: its absence may tell", () => {
    const { encoding } = fitInputEncoding(tableOf(numeric("x", 5, Number.NaN, 5)), ["x"], rows(3));
    expect(encoding.inputs[0]).toMatchObject({ fill: 5, mean: 5, deviation: 1, indicator: true, edges: [] });
    expect(codingWidth(encoding.inputs[0]!)).toBe(2);
  });
});

describe("piecewiseEdges", () => {
  it("is strictly ascending in single precision, within bounds, from the smallest to the largest value", () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
      fc.integer({ min: -3, max: 3 }),
      fc.constant(0),
    );
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 80 }),
        fc.integer({ min: 1, max: 48 }),
        (values, bins) => {
          const edges = piecewiseEdges(Float64Array.from(values), bins);
          const single = values.map((x) => Math.fround(x) + 0);
          const distinct = new Set(single).size;
          if (distinct <= 2) {
            expect(edges).toEqual([]);
            return;
          }
          expect(edges.length).toBeLessThanOrEqual(bins + 1);
          expect(edges.every((x, i) => x === Math.fround(x) && (i === 0 || x > edges[i - 1]!))).toBe(true);
          expect(edges[0]).toBe(Math.min(...single));
          expect(edges.at(-1)).toBe(Math.max(...single));
        },
      ),
    );
  });

  it("keeps edges where a zero-inflated column varies", () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => (i < 950 ? 0 : i));
    expect(piecewiseEdges(values, 8).filter((x) => x > 0).length).toBeGreaterThanOrEqual(4);
  });

  it("is plain quantiles where no value repeats", () => {
    const values = Float64Array.from({ length: 101 }, (_, i) => i * i);
    expect(piecewiseEdges(values, 5)).toEqual([0, 400, 1600, 3600, 6400, 10_000]);
  });

  it("takes all distinct values if they fit", () => {
    expect(piecewiseEdges(Float64Array.of(3, 1, 2, 2, 1), 8)).toEqual([1, 2, 3]);
  });

  it("follows the number of rows and of numeric inputs", () => {
    expect([399, 400, 999, 1000, 4999, 5000].map((n) => binCount(n, 10))).toEqual([8, 12, 12, 24, 24, 48]);
    expect(binCount(10_000, 411)).toBe(9);
    expect(binCount(10_000, 9000)).toBe(1);
  });
});

describe("rawFeeds", () => {
  it("names tensors as columns, with NaN and the empty string for missing, for the rows asked for", () => {
    const table = tableOf(numeric("x", 1, Number.NaN, 3), category("c", "a", null, "a"));
    const { encoding } = fitInputEncoding(table, ["x", "c"], rows(3));
    expect({ ...chunkOfFeeds(rawFeeds(encoding, table), 1, 3) }).toEqual({
      x: { dtype: "float32", shape: [2], data: Float32Array.of(Number.NaN, 3) },
      c: { dtype: "string", shape: [2], data: ["", "a"] },
    });
    expect(rawFeeds(encoding, table)["x"]?.shape).toEqual([3]);
  });

  it("feeds a column named __proto__ as any other", () => {
    const table = tableOf(numeric("__proto__", 1, 2), numeric("constructor", 3, 4));
    const { encoding } = fitInputEncoding(table, ["__proto__", "constructor"], rows(2));
    expect(Object.keys(rawFeeds(encoding, table))).toEqual(["__proto__", "constructor"]);
  });

  it("reads objects for a model, with its types", () => {
    const table = tableOf(numeric("x", 1, 2, 3), category("c", "1", "2", "1"));
    const { encoding } = fitInputEncoding(table, ["x", "c"], rows(3));
    const fresh = rowsToTable(
      [
        { x: "2.5", c: 1 },
        { c: 2, other: "x" },
      ],
      encoding,
    );
    expect(fresh.columns).toEqual([numeric("x", 2.5, Number.NaN), category("c", "1", "2")]);
    expect(() => rowsToTable([{ x: 1 }], encoding)).toThrow(
      'rows: column "c" is an input of the model but is not in the table.',
    );
    expect(() => rowsToTable([{ x: "far", c: "1" }], encoding)).toThrow(
      'rows row 1: column "x" must be a number, got "far".',
    );
    expect(() => rawFeeds(encoding, tableOf(category("x", "a"), category("c", "b")))).toThrow(
      /column "x" must be numbers, got category/,
    );
  });
});
