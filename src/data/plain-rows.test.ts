import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rowsToTable } from "./coded-table.js";
import type { InputEncoding } from "./encoding.js";
import { plainReader } from "./plain-rows.js";
import { rawFeeds } from "./raw-feeds.js";
import type { Row } from "./raw-rows.js";

const numeric = (name: string, type: "numeric" | "boolean" | "date" = "numeric") =>
  ({ name, type, fill: 0, mean: 0, deviation: 1, indicator: false, edges: [] }) as const;
const ENCODING: InputEncoding = {
  inputs: [numeric("size"), numeric("sold", "boolean"), numeric("day", "date"), category("colour", "a", "?")],
  width: 6,
};
const MISSING = ["-9", "none", " "];
const read = plainReader(ENCODING.inputs, MISSING);
const readLong = (rows: readonly Row[]) =>
  rawFeeds(ENCODING, rowsToTable(rows, ENCODING, { missing: MISSING }));

function category(name: string, ...levels: string[]) {
  return { name, type: "category", levels } as const;
}

const CELLS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  absent: fc.constantFrom(null, undefined, Number.NaN),
  number: fc.constantFrom(0, -0, 2.5, -9, 1e38, 1e39, Infinity, 7n),
  boolean: fc.boolean(),
  text: fc.constantFrom(
    "",
    " ",
    "a",
    " a ",
    "none",
    "?",
    ".",
    "-9",
    "2.5",
    "NA",
    "true",
    "Zoë",
    "a\0",
    "?\0",
    "b\ud800",
    "😀",
  ),
  other: fc.constantFrom<unknown>(new Date(0), new Date(Number.NaN), [1], { nested: 1 }, Symbol.iterator),
};

/** Kinds of values of a column: mostly its own, as in real rows, and sometimes one or two of any kind. */
const kindsOf = (type: string): fc.Arbitrary<readonly string[]> => {
  const own = { numeric: "number", date: "number", boolean: "boolean", category: "text" }[type]!;
  const any = fc.subarray(Object.keys(CELLS), { minLength: 1, maxLength: 2 });
  return fc.oneof({ weight: 7, arbitrary: fc.constant([own, "absent"]) }, { weight: 1, arbitrary: any });
};

const ROWS: fc.Arbitrary<Row[]> = fc
  .tuple(...ENCODING.inputs.map(({ type }) => kindsOf(type)))
  .chain((kinds) => {
    const cells = ENCODING.inputs.map(({ name }, i): [string, fc.Arbitrary<unknown>] => [
      name,
      fc.oneof(...kinds[i]!.map((kind) => CELLS[kind]!)),
    ]);
    const row = fc.record(Object.fromEntries(cells), { requiredKeys: [] });
    return fc.array(row, { minLength: 1, maxLength: 5 });
  });

describe("the short way of reading rows", () => {
  it("gives the tensors of the long way, or leaves the rows to it", () => {
    let short = 0;
    fc.assert(
      fc.property(ROWS, (rows) => {
        const feeds = read(rows);
        if (feeds === undefined) return;
        short += 1;
        expect(feeds).toEqual(readLong(rows));
      }),
      { numRuns: 500, seed: 1 },
    );
    expect(short).toBeGreaterThan(20);
  });

  it("takes plain rows, with whatever stands beside the inputs", () => {
    const rows = [
      { size: 1, sold: true, day: 3, colour: " a ", other: { nested: 1 } },
      { size: -9, sold: null, day: undefined, colour: "none" },
    ];
    expect({ ...read(rows) }).toEqual({
      size: { dtype: "float32", shape: [2], data: Float32Array.of(1, Number.NaN) },
      sold: { dtype: "float32", shape: [2], data: Float32Array.of(1, Number.NaN) },
      day: { dtype: "float32", shape: [2], data: Float32Array.of(3, Number.NaN) },
      colour: { dtype: "string", shape: [2], data: ["a", ""] },
    });
    expect(readLong(rows)).toEqual(read(rows));
  });

  it.each([
    ["a row that is no object", [null]],
    ["an array for a row", [[1]]],
    ["an input that no row has", [{ size: 1, sold: true, day: 3 }]],
    ["a number written as text", [{ size: "1", sold: true, day: 3, colour: "a" }]],
    ["a date", [{ size: 1, sold: true, day: new Date(0), colour: "a" }]],
    ["a number too large for single precision", [{ size: 1e39, sold: true, day: 3, colour: "a" }]],
    [
      "two kinds of values in one input",
      [
        { size: 1, sold: true, day: 3, colour: "a" },
        { size: false, sold: true, day: 3, colour: "a" },
      ],
    ],
  ])("leaves to the long way: %s", (_, rows) => {
    expect(read(rows as unknown as Row[])).toBeUndefined();
  });
});
