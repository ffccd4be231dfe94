import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

/** Columns of the table by what they are, 50 in all. */
export const STREAM_COLUMNS = { numbers: 40, wholes: 4, categories: 3, targets: 3 } as const;

/** Rows of the table that is larger than memory. */
export const STREAM_ROWS = 10_000_000;

/**
 * A Parquet file of 50 columns: 40 of numbers (DOUBLE), 4 of whole numbers, 3 of texts with 12 levels each, and three targets
 * that inputs explain in part: `y0` a number, `y1` a number that 30 % of the rows lack, `y2` one of two words that half of the rows
 * lack. Every value is a hash of its row and column, so the rows are the same however they were written. Written once into
 * KINDRED_BENCH_CACHE, or the system's folder for temporary files.
 *
 * @returns its path.
 */
export async function streamTable(rows: number = STREAM_ROWS): Promise<string> {
  const folder = process.env["KINDRED_BENCH_CACHE"] ?? join(tmpdir(), "kindred-bench");
  const file = join(folder, `stream-${rows}.parquet`);
  if (existsSync(file)) return file;
  await mkdir(folder, { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  await connection.run(`COPY (${tableSql(rows)}) TO '${unfinished.replaceAll("'", "''")}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  await rename(unfinished, file);
  return file;
}

function tableSql(rows: number): string {
  const { numbers, wholes, categories } = STREAM_COLUMNS;
  const hashOf = (column: number): string => `hash(i * 64 + ${column})`;
  const uniform = (column: number): string => `((${hashOf(column)} >> 11)::DOUBLE / 9007199254740992.0)`;
  const list = (count: number, sql: (k: number) => string): string[] =>
    Array.from({ length: count }, (_, k) => sql(k));
  const columns = [
    ...list(numbers, (k) => `round(${uniform(k)} * 10 - 5, 4) AS x${k}`),
    ...list(wholes, (k) => `(${hashOf(numbers + k)} % 1000)::INTEGER AS n${k}`),
    ...list(categories, (k) => `'level' || (${hashOf(numbers + wholes + k)} % 12) AS c${k}`),
  ];
  const [noise0, noise1, noise2, hole1, hole2] = [50, 51, 52, 53, 54].map(uniform);
  const targets = [
    `x0 + 0.5 * x1 * x2 + CASE WHEN c0 = 'level3' THEN 2 ELSE 0 END + ${noise0} AS y0`,
    `CASE WHEN ${hole1} < 0.3 THEN NULL ELSE x0 - x3 + n0 / 500.0 + ${noise1} END AS y1`,
    `CASE WHEN ${hole2} < 0.5 THEN NULL WHEN x0 + x4 + ${noise2} * 4 > 2 THEN 'high' ELSE 'low' END AS y2`,
  ];
  return `SELECT * EXCLUDE (i), ${targets.join(", ")} FROM (SELECT i, ${columns.join(", ")} FROM range(${rows}) r(i))`;
}
