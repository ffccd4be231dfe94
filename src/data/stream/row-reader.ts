import type { DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";
import { DataError } from "../../base/errors.js";
import { type OpenDatabase, literal, openDatabase, shortReason } from "../sources/database.js";
import { type RowRange, type RowWindow, mixing } from "./windows.js";

/** Values row by row; float32 for batches, float64 where values are still to be coded. */
export type Matrix = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** Reads rows of one Parquet file as matrices. */
export interface RowReader {
  /**
   * Reads a window's wanted rows, mixed, into `matrix` `[rows, C]`, row-major.
   *
   * @throws {DataError} if the file cannot be read, or does not have the rows it had.
   */
  fill(window: RowWindow, matrix: Matrix): Promise<void>;
  close(): Promise<void>;
}

/** What a reader reads. */
export interface RowReaderOptions {
  readonly path: string;
  /** What messages call the file. */
  readonly name: string;
  /** One SQL expression of type DOUBLE for each of the C columns, never NULL: missing is NaN. */
  readonly expressions: readonly string[];
  readonly seed: number;
  /** 1 for each row of the file that is wanted; all of them when absent. */
  readonly wanted?: Uint8Array;
  /** Statements run first, such as those that make types. */
  readonly setup?: readonly string[];
  /** Threads of the database, and ranges that are read at the same time; default 2. */
  readonly threads?: number;
}

const MEMORY = 512; // MiB for the database: a row group of a wide table with what decoding it takes

/** Opens a reader. The database reads in threads of its own; the calling thread copies rows to their places. */
export async function openRowReader(options: RowReaderOptions): Promise<RowReader> {
  const { path, setup = [], threads = 2, expressions, seed } = options;
  const database = await openDatabase(path, { threads, memory: MEMORY });
  const lanes = await lanesOf(database, threads, setup);
  let filling: Promise<unknown> = Promise.resolve();

  const fill = async (window: RowWindow, matrix: Matrix): Promise<void> => {
    const places = mixing(window, seed);
    const starts = startsOf(window.ranges);
    const left = [...window.ranges.keys()];
    const work = async (connection: DuckDBConnection): Promise<void> => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const range = window.ranges[next]!;
        const target = { matrix, width: expressions.length, places, start: starts[next]! };
        await readRange(connection, range, target, options);
      }
    };
    const done = await Promise.allSettled(lanes.map(work));
    const broken = done.find((lane) => lane.status === "rejected");
    if (broken) throw broken.reason;
  };
  return {
    fill(window, matrix) {
      const now = fill(window, matrix);
      filling = now.catch(() => {});
      return now;
    },
    async close() {
      await filling; // a database must not be closed under a query
      database.close();
    },
  };
}

async function lanesOf(
  database: OpenDatabase,
  count: number,
  setup: readonly string[],
): Promise<DuckDBConnection[]> {
  for (const statement of setup) await database.connection.run(statement);
  const others = await Promise.all(Array.from({ length: count - 1 }, () => database.connect()));
  return [database.connection, ...others];
}

/** Wanted rows of a window before each of its ranges. */
function startsOf(ranges: readonly RowRange[]): number[] {
  let sum = 0;
  return ranges.map(({ wanted }) => (sum += wanted) - wanted);
}

/** Where rows go. */
interface Target {
  readonly matrix: Matrix;
  readonly width: number;
  readonly places: Int32Array;
  /** Wanted rows of the window before this range. */
  readonly start: number;
}

async function readRange(
  connection: DuckDBConnection,
  range: RowRange,
  target: Target,
  { path, name, expressions, wanted }: RowReaderOptions,
): Promise<void> {
  // a list of numbers is one block of memory with the rows side by side: the database turns columns into rows, and they become
  // the matrix' type on the way to their places
  const sql = `SELECT list_value(${expressions.join(", ")}) FROM read_parquet(${literal(path)}, file_row_number = true) WHERE file_row_number BETWEEN ${range.from} AND ${range.from + range.rows - 1}`;
  let [row, at] = [range.from, target.start];
  try {
    const result = await connection.stream(sql);
    for (
      let chunk = await result.fetchChunk();
      chunk && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      at = place(valuesOf(chunk), chunk.rowCount, { row, at }, target, wanted);
      row += chunk.rowCount;
    }
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    const problem = `cannot be read as Parquet: ${shortReason(cause as Error, path)}`;
    throw new DataError(
      { where: name, subject: "the file", problem, fix: "Export the table again." },
      { cause },
    );
  }
  if (row === range.from + range.rows && at === target.start + range.wanted) return;
  throw new DataError({
    where: name,
    subject: "the file",
    problem: "has changed while it was read",
    fix: "Train on a file that stays as it is.",
  });
}

/** The values `[rows, C]` of a chunk of one list column. */
function valuesOf(chunk: DuckDBDataChunk): Float64Array {
  const list = chunk.getColumnVector(0) as unknown as {
    readonly childVector: { readonly items: Float64Array };
  };
  return list.childVector.items; // the type of the column, DOUBLE[], decides the class of its vector
}

/** Copies wanted rows to their places; returns how many wanted rows are placed by then. */
function place(
  values: Float64Array,
  rows: number,
  { row, at }: { readonly row: number; readonly at: number },
  { matrix, width, places }: Target,
  wanted: Uint8Array | undefined,
): number {
  let next = at;
  for (let i = 0; i < rows; i++) {
    if (wanted && wanted[row + i] === 0) continue;
    const from = i * width;
    const to = places[next++]! * width;
    for (let column = 0; column < width; column++) matrix[to + column] = values[from + column]!;
  }
  return next;
}
