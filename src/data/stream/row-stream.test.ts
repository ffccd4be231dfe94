import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openRowStream, parquetFacts, streamColumns } from "./index.js";
import type { ParquetFacts, RowRange, RowStream } from "./index.js";

const ROWS = 20_000;
const NAMES = ["id", "half", "few", "flag", "day", 'word\'s "name"'];
let folder: string;
let facts: ParquetFacts;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kindred-stream-"));
  const file = join(folder, "rows.parquet");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run(`COPY (SELECT i::INTEGER AS id, i * 0.5 AS half, CASE WHEN i % 3 = 0 THEN NULL ELSE i::BIGINT END AS few,
    i % 2 = 0 AS flag, DATE '1970-01-01' + i::INTEGER AS day,
    CASE WHEN i % 7 = 0 THEN NULL ELSE 'it''s ' || (i % 5) END AS "word's ""name""", [i] AS nested
    FROM range(${ROWS}) r(i)) TO '${file}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`);
  connection.closeSync();
  facts = await parquetFacts(file);
});

afterAll(() => rm(folder, { recursive: true }));

/** Cuts the file finely, so that there are several windows. */
const fine = (wanted?: Uint8Array): RowRange[] =>
  facts.groups.map((rows, k) => {
    const from = facts.groups.slice(0, k).reduce((sum, count) => sum + count, 0);
    return { from, rows, wanted: wanted ? wanted.subarray(from, from + rows).filter(Boolean).length : rows };
  });

async function open(
  options: { seed?: number; wanted?: Uint8Array; threads?: number; from?: number; passes?: number } = {},
): Promise<RowStream> {
  const { columns } = await streamColumns(facts, NAMES, 100);
  const setup = columns.flatMap(({ setup }) => (setup === undefined ? [] : [setup]));
  const expressions = columns.map(({ sql }) => sql);
  const { path, name } = facts;
  const ranges = fine(options.wanted);
  return openRowStream({ seed: 1, ...options, path, name, setup, expressions, ranges, windowRows: 7000 });
}

/** The ids of the next `rows` rows; `see` gets each row. */
async function take(
  stream: RowStream,
  rows: number,
  see?: (row: Float32Array | Float64Array) => void,
): Promise<number[]> {
  const ids: number[] = [];
  while (ids.length < rows) {
    const { matrix } = (await stream.next())!;
    for (let i = 0; i < matrix.length; i += NAMES.length) {
      see?.(matrix.subarray(i, i + NAMES.length));
      ids.push(matrix[i]!);
    }
  }
  return ids;
}

const sorted = (ids: readonly number[]): number[] => ids.toSorted((a, b) => a - b);

describe("a stream of rows", () => {
  test("has the file's own account of it", () => {
    expect(facts.rows).toBe(ROWS);
    expect(facts.groups.length).toBeGreaterThan(5);
    expect(facts.columns.find(({ name }) => name === "id")).toMatchObject({
      type: "INTEGER",
      nullable: false,
    });
    expect(facts.columns.find(({ name }) => name === "few")).toMatchObject({
      type: "BIGINT",
      nullable: true,
    });
  });

  test("brings every row once a pass with its values, in an order of its own for each pass", async () => {
    const stream = await open();
    const wrong: unknown[] = [];
    const check = (row: Float32Array | Float64Array): void => {
      const i = row[0]!;
      const word = i % 7 === 0 ? Number.NaN : i % 5; // levels are in ascending order
      const expected = [i, i * 0.5, i % 3 === 0 ? Number.NaN : i, i % 2 === 0 ? 1 : 0, i, word];
      if (!expected.every((value, k) => Object.is(value, row[k]))) wrong.push([...row]);
    };
    const first = await take(stream, ROWS, check);
    const second = await take(stream, ROWS, check);
    await stream.close();
    expect(wrong).toEqual([]);
    const all = Array.from({ length: ROWS }, (_, i) => i);
    expect(sorted(first)).toEqual(all);
    expect(sorted(second)).toEqual(all);
    expect(second).not.toEqual(first);
  });

  test("mixes rows of all ranges of a window", async () => {
    const stream = await open();
    const { window, matrix } = (await stream.next())!;
    const batch = Array.from({ length: 256 }, (_, i) => matrix[i * NAMES.length]!);
    const groups = new Set(
      batch.map((id) => window.ranges.findIndex(({ from, rows }) => id >= from && id < from + rows)),
    );
    await stream.close();
    expect(window.ranges.length).toBeGreaterThan(1);
    expect(groups.size).toBe(window.ranges.length);
    expect(groups.has(-1)).toBe(false);
  });

  test("has the same order for the same seed, however many threads read and however slowly rows are used", async () => {
    const orders: number[][] = [];
    for (const options of [{ threads: 1 }, { threads: 2 }, { threads: 3, slow: true }, { seed: 2 }]) {
      const stream = await open(options);
      if ("slow" in options) await new Promise((resolve) => setTimeout(resolve, 50));
      orders.push(await take(stream, ROWS));
      await stream.close();
    }
    expect(orders[1]).toEqual(orders[0]);
    expect(orders[2]).toEqual(orders[0]);
    expect(orders[3]).not.toEqual(orders[0]);
  });

  test("ends after the passes it was asked for", async () => {
    const stream = await open({ passes: 1 });
    expect((await take(stream, ROWS)).length).toBe(ROWS);
    expect(await stream.next()).toBeUndefined();
    expect(await stream.next()).toBeUndefined();
    await stream.close();
  });

  test("leaves out rows that are not wanted, and goes on from a row of a later pass", async () => {
    const wanted = Uint8Array.from({ length: ROWS }, (_, row) => (row % 4 === 1 ? 1 : 0));
    const stream = await open({ wanted });
    expect(stream.perPass).toBe(ROWS / 4);
    const two = await take(stream, ROWS / 2);
    await stream.close();
    expect(sorted(two.slice(0, ROWS / 4))).toEqual(Array.from({ length: ROWS / 4 }, (_, i) => 4 * i + 1));
    const later = await open({ wanted, from: ROWS / 4 });
    expect(await take(later, ROWS / 4)).toEqual(two.slice(ROWS / 4));
    await later.close();
  });

  test("names text columns of too many levels and columns of nested values", async () => {
    const { columns, tooMany } = await streamColumns(facts, [...NAMES, "nested"], 4);
    expect(tooMany).toEqual([NAMES[5]]);
    expect(columns.map(({ name }) => name)).toEqual(NAMES.slice(0, 5));
  });

  test("refuses a file that is no Parquet file, or has fewer rows than it had", async () => {
    const broken = join(folder, "broken.parquet");
    await writeFile(broken, "these are no columns");
    await expect(parquetFacts(broken)).rejects.toThrow(/cannot be read as Parquet/);
    const { path, name } = facts;
    const ranges = [{ from: ROWS - 10, rows: 20, wanted: 20 }];
    const stream = await openRowStream({
      path,
      name,
      seed: 0,
      expressions: ["half::DOUBLE"],
      ranges,
      windowRows: 20,
    });
    await expect(stream.next()).rejects.toThrow(/has changed while it was read/);
    await stream.close();
  });
});
