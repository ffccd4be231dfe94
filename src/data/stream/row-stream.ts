import type { Matrix } from "./row-placer.js";
import { type RowReaderOptions, openRowReader } from "./row-reader.js";
import { type RowRange, type RowWindow, endlessWindows } from "./windows.js";

/** Mixed rows, until the next ones are asked for. */
export interface MixedRows {
  readonly window: RowWindow;
  /** `[rows, C]`, row-major, valid until the next rows are asked for. */
  readonly matrix: Matrix;
}

/** A stream of a file's wanted rows in mixed order, pass after pass. */
export interface RowStream {
  /** Wanted rows in a pass. */
  readonly perPass: number;
  /**
   * The next window, undefined after the last. While its rows are used, the one after it is read.
   *
   * @throws {DataError} as `RowReader.fill`.
   */
  next(): Promise<MixedRows | undefined>;
  close(): Promise<void>;
}

/** How rows are streamed. */
export interface RowStreamOptions extends RowReaderOptions {
  readonly ranges: readonly RowRange[];
  /** Wanted rows that are mixed together; two windows are in memory. */
  readonly windowRows: number;
  /** The first window is the one that holds this wanted row, counted over all passes; default 0. */
  readonly from?: number;
  /** True for matrices in double precision. */
  readonly double?: boolean;
  /** Passes after which nothing more is read; endless when absent. */
  readonly passes?: number;
}

/**
 * Streams a Parquet file's rows in mixed order. Each wanted row comes exactly once a pass.
 *
 * The file's ranges come in an order drawn anew for each pass, several of them together in a window, and the rows of a window
 * are permuted. A batch thus holds rows of all ranges of its window; rows of ranges in different windows never meet in a batch
 * of that pass. The order is a function of seed, file and `windowRows`, whatever the timing.
 *
 * Departures from a permutation of all rows: only windows are permuted, so a file that is sorted by a target should be given
 * more rows a window, or be written in another order.
 */
export async function openRowStream(options: RowStreamOptions): Promise<RowStream> {
  const { ranges, windowRows, seed, expressions, double = false } = options;
  const width = expressions.length;
  const reader = await openRowReader(options);
  const windows = endlessWindows(ranges, { seed, windowRows }, options);
  const most = Math.max(windowRows, ...ranges.map(({ wanted }) => wanted));
  const make = double ? Float64Array : Float32Array;
  const free = [0, 1].map((): Matrix => new make(most * width)); // one is read into while the other is used
  let used: MixedRows | undefined;

  const read = async (): Promise<MixedRows | undefined> => {
    const window = windows.next().value;
    if (!window) return undefined;
    const matrix = free.pop()!.subarray(0, window.rows * width);
    await reader.fill(window, matrix);
    return { window, matrix };
  };
  const begin = (): ReturnType<typeof read> => {
    const coming = read();
    coming.catch(() => {}); // told by the call of `next` that takes it
    return coming;
  };
  let coming = begin();
  return {
    perPass: ranges.reduce((sum, { wanted }) => sum + wanted, 0),
    async next() {
      const rows = await coming;
      if (used) free.push(new make(used.matrix.buffer));
      used = rows;
      coming = begin();
      return rows;
    },
    close: () => reader.close(),
  };
}
