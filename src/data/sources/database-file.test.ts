import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError } from "../../base/errors.js";
import { rawFromRows } from "../raw-rows.js";
import type { RawTable } from "../raw-table.js";
import { literal } from "./database.js";
import { readRawTable } from "./index.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kindred-database-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A Parquet file of a query. */
async function parquet(name: string, query: string): Promise<string> {
  const path = join(folder, name);
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run(`COPY (${query}) TO ${literal(path)} (FORMAT parquet)`);
  connection.closeSync();
  return path;
}

const valuesOf = ({ columns }: RawTable): Record<string, unknown> =>
  Object.fromEntries(
    columns.map((column) => [column.name, column.kind === "text" ? column.cells : [...column.numbers]]),
  );

async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(DataError);
  return (error as DataError).message.replaceAll(`${folder}/`, "");
}

describe("arrays of numbers", () => {
  it("in Parquet, of fixed or free length, become a column each", async () => {
    const path = await parquet(
      "lists.parquet",
      `SELECT * FROM (VALUES (1, [0.5, 1.5]::FLOAT[2], [1, 2], [true, NULL]), (2, NULL, NULL, [false, true]), (3, [2, 3]::FLOAT[2], [3, NULL], NULL))
       t(id, e, v, b)`,
    );
    expect(valuesOf(await readRawTable(path))).toEqual({
      id: [1, 2, 3],
      "e[0]": [0.5, Number.NaN, 2],
      "e[1]": [1.5, Number.NaN, 3],
      "v[0]": [1, Number.NaN, 3],
      "v[1]": [2, Number.NaN, Number.NaN],
      "b[0]": [1, 0, Number.NaN],
      "b[1]": [Number.NaN, 1, Number.NaN],
    });
  });

  it("in JSON Lines are read as from objects in memory, over chunks of the database too", async () => {
    const number = fc.oneof(
      fc.integer({ min: -9, max: 9 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    const table = fc.integer({ min: 1, max: 4 }).chain((width) =>
      fc.tuple(
        fc.array(number, { minLength: width, maxLength: width }),
        fc.array(
          fc.option(fc.array(fc.option(number, { freq: 8 }), { minLength: width, maxLength: width }), {
            freq: 5,
          }),
          { maxLength: 12 },
        ),
        fc.constantFrom(1, 700),
      ),
    );
    await fc.assert(
      fc.asyncProperty(table, async ([first, others, times]) => {
        const lists = Array.from({ length: times }, () => [first, ...others]).flat();
        const rows = lists.map((e, i) => ({ i, e }));
        const path = file("lists.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"));
        const zeros = (table: RawTable): unknown =>
          Object.entries(valuesOf(table)).map(([name, values]) => [
            name,
            (values as number[]).map((x) => x + 0),
          ]);
        expect(zeros(await readRawTable(path))).toEqual(zeros(rawFromRows(rows)));
      }),
      { numRuns: 15 },
    );
  });

  it("of unequal length, empty ones, and arrays of other things are refused", async () => {
    const unequal = file("u.jsonl", '{"a":1,"e":null}\n{"a":1,"e":[1,2]}\n{"a":2,"e":[1]}\n');
    expect(await messageOf(readRawTable(unequal))).toBe(
      'u.jsonl record 3: column "e" must be an array of 2 numbers as in record 2, got 1. Give every row an array of the same length, or none.',
    );
    const lists = await parquet("s.parquet", "SELECT 1 AS a, ['x'] AS s, [[1]] AS n, {'k': 1} AS o");
    expect(await messageOf(readRawTable(lists))).toBe(
      's.parquet: columns "s", "n", "o" must be strings, numbers, booleans, dates or arrays of numbers, got VARCHAR[]. Flatten nested values into columns of their own.',
    );
    const empty = await parquet("e.parquet", "SELECT 1 AS a, []::DOUBLE[] AS s");
    expect(await messageOf(readRawTable(empty))).toContain("arrays of at least one number, got empty arrays");
    const clash = file("c.jsonl", '{"e[0]":1,"e":[1,2]}\n');
    expect(await messageOf(readRawTable(clash))).toContain('column name "e[0]" stands twice');
  });
});

describe("types of Parquet", () => {
  it("are read as numbers, dates, booleans and text", async () => {
    const path = await parquet(
      "types.parquet",
      `SELECT 170141183460469231731687303715884105727::HUGEINT AS huge, 18446744073709551615::UBIGINT AS big, 1.25::DECIMAL(10, 2) AS price,
        'NaN'::DOUBLE AS nan, DATE '1970-01-03' AS day, TIMESTAMP '1970-01-02 12:00:00' AS moment, TIMESTAMPTZ '1970-01-02 12:00:00+00' AS zoned,
        TIMESTAMP_NS '1970-01-02 12:00:00' AS nano, TIME '12:30:00' AS clock, 'b'::ENUM('a', 'b') AS level,
        'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee'::UUID AS id, true AS ok, NULL::INTEGER AS nothing`,
    );
    expect(valuesOf(await readRawTable(path))).toEqual({
      huge: [2 ** 127],
      big: [2 ** 64],
      price: [1.25],
      nan: [Number.NaN],
      day: [2],
      moment: [1.5],
      zoned: [1.5],
      nano: [1.5],
      clock: ["12:30:00"],
      level: ["b"],
      id: ["aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"],
      ok: [1],
      nothing: [Number.NaN],
    });
  });

  it("that hold no value of a table are refused by name", async () => {
    const path = await parquet(
      "blob.parquet",
      "SELECT 1 AS a, '\\x00'::BLOB AS picture, INTERVAL 1 DAY AS span",
    );
    expect(await messageOf(readRawTable(path))).toBe(
      'blob.parquet: columns "picture", "span" must be strings, numbers, booleans, dates or arrays of numbers, got BLOB. Convert or leave out the column.',
    );
  });
});

describe("columns whose names differ only in case", () => {
  it("keep their names and values in JSON, whatever the order of their keys", async () => {
    const path = file("case.json", '[{"y":1,"Y":2,"Y_1":3,"b_2":0},{"Y":5,"y":4,"Y_1":6}]');
    expect(valuesOf(await readRawTable(path))).toEqual({
      y: [1, 4],
      Y: [2, 5],
      Y_1: [3, 6],
      b_2: [0, Number.NaN],
    });
  });

  it("keep their names in Parquet", async () => {
    const path = fileOfTheCase();
    expect(valuesOf(await readRawTable(path))).toEqual({
      y: [1, 2],
      Y: ["a", "b"],
      "e[0]": [1, 3],
      "e[1]": [2, 4],
    });
  });
});

/** `pyarrow.parquet.write_table` of columns y, Y and e (a list); the database itself cannot write it. */
function fileOfTheCase(): string {
  return join(import.meta.dirname, "../../../test/fixtures/names-differ-in-case.parquet");
}
