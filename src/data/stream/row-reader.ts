import type { DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";
import { DataError } from "../../base/errors.js";
import { literal, openDatabase, shortReason } from "../sources/database.js";
import { type Matrix, RowPlacer } from "./row-placer.js";
import type { RowRange, RowWindow } from "./windows.js";

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
  /** Threads of the database; default 4, since they wait for the calling thread half of their time. */
  readonly threads?: number;
}

const MEMORY = 512; // MiB for the database: row groups of a wide table with what decoding them takes
const MOST_RANGES = 32; // in a query: planning takes longer with each

/**
 * Opens a reader. The database reads in threads of its own and hands rows to the calling thread, which puts them in their places,
 * by a function that its query calls: results that are fetched are copied once more, and their threads wait while they are.
 */
export async function openRowReader(options: RowReaderOptions): Promise<RowReader> {
  const { path, name, setup = [], threads = 4 } = options;
  // rows come with their numbers, so that threads need not wait for each other's
  const { connection, close } = await openDatabase(path, { threads, memory: MEMORY, anyOrder: true });
  for (const statement of setup) await connection.run(statement);
  let placer: RowPlacer | undefined;
  await registerPlaceRows(connection, (chunk) => placer?.place(chunk));
  let filling: Promise<unknown> = Promise.resolve();

  const fill = async (window: RowWindow, matrix: Matrix): Promise<void> => {
    placer = new RowPlacer(window, matrix, options);
    try {
      for (let from = 0; from < window.ranges.length; from += MOST_RANGES)
        await connection.run(placeSql(options, window.ranges.slice(from, from + MOST_RANGES)));
    } catch (cause) {
      const problem = `cannot be read as Parquet: ${shortReason(cause as Error, path)}`;
      throw new DataError(
        { where: name, subject: "the file", problem, fix: "Export the table again." },
        { cause },
      );
    }
    if (placer.complete) return;
    throw new DataError({
      where: name,
      subject: "the file",
      problem: "has changed while it was read",
      fix: "Train on a file that stays as it is.",
    });
  };
  return {
    fill(window, matrix) {
      const now = fill(window, matrix);
      filling = now.catch(() => {});
      return now;
    },
    async close() {
      await filling; // a database must not be closed under a query
      close();
    },
  };
}

const PLACE_ROWS = "place_rows";

/** A function of SQL that hands chunks of its arguments, all of type DOUBLE, to `place`. */
async function registerPlaceRows(
  connection: DuckDBConnection,
  place: (chunk: DuckDBDataChunk) => void,
): Promise<void> {
  const { BOOLEAN, DOUBLE, DuckDBScalarFunction } = await import("@duckdb/node-api");
  const placeRows = DuckDBScalarFunction.create({
    name: PLACE_ROWS,
    varArgsType: DOUBLE,
    returnType: BOOLEAN,
    volatile: true, // called for every row, whatever is known of the arguments
    mainFunction: (_, chunk) => place(chunk),
  });
  connection.registerScalarFunction(placeRows);
}

/** Hands the rows of some ranges to `place_rows`, in any order: the number of each in the file, then its values. */
function placeSql({ path, expressions }: RowReaderOptions, ranges: readonly RowRange[]): string {
  const within = ranges.map(({ from, rows }) => `file_row_number BETWEEN ${from} AND ${from + rows - 1}`);
  const row = ["CAST(file_row_number AS DOUBLE)", ...expressions].join(", ");
  return `SELECT count(${PLACE_ROWS}(${row})) FROM read_parquet(${literal(path)}, file_row_number = true) WHERE ${within.join(" OR ")}`;
}
