import { seededRandom } from "../../base/random.js";

/** Neighbouring rows of a file that are read together. */
export interface RowRange {
  /** Number of its first row in the file, from 0. */
  readonly from: number;
  readonly rows: number;
  /** How many of them are wanted. */
  readonly wanted: number;
}

/** Ranges that are read together and whose rows are mixed. */
export interface RowWindow {
  /** Which pass over the file it belongs to, from 0. */
  readonly pass: number;
  /** Its place in the pass, from 0. */
  readonly index: number;
  /** Wanted rows before it, over all passes. */
  readonly first: number;
  /** Wanted rows in it. */
  readonly rows: number;
  /** In the order in which they were drawn. */
  readonly ranges: readonly RowRange[];
}

/** How a file is cut and mixed. */
export interface WindowOptions {
  readonly seed: number;
  /** Wanted rows that are mixed together, unless a single range has more. */
  readonly windowRows: number;
}

const MOST_ROWS = 122_880; // rows in a range: a row group as DuckDB writes it

/**
 * Cuts a file into ranges of at most 122,880 rows along its row groups: small groups are joined, large ones are cut.
 *
 * @param groups rows of each row group, in the file's order.
 * @param wanted 1 for each row of the file that is wanted; all of them when absent.
 */
export function rowRanges(groups: readonly number[], wanted?: Uint8Array): RowRange[] {
  const ranges: RowRange[] = [];
  let [from, rows] = [0, 0];
  const finish = (count: number): void => {
    if (count > 0) ranges.push({ from, rows: count, wanted: countWanted(wanted, from, count) });
    from += count;
    rows -= count;
  };
  for (const group of groups) {
    if (rows + group > MOST_ROWS) finish(rows);
    rows += group;
    const parts = Math.ceil(rows / MOST_ROWS);
    for (let part = parts; part > 1; part--) finish(Math.ceil(rows / part));
  }
  finish(rows);
  return ranges;
}

function countWanted(wanted: Uint8Array | undefined, from: number, rows: number): number {
  if (!wanted) return rows;
  let count = 0;
  for (let row = from; row < from + rows; row++) count += wanted[row]!;
  return count;
}

/**
 * The windows of one pass over a file: its ranges in an order that seed and pass decide, several together. Every wanted row is
 * in exactly one of them.
 */
export function passWindows(
  ranges: readonly RowRange[],
  pass: number,
  { seed, windowRows }: WindowOptions,
): RowWindow[] {
  const order = seededRandom(seed, `pass ${pass}`).shuffle(ranges.filter(({ wanted }) => wanted > 0));
  const perPass = order.reduce((sum, { wanted }) => sum + wanted, 0);
  const windows: RowWindow[] = [];
  let first = pass * perPass;
  let open: RowRange[] = [];
  let rows = 0;
  const close = (): void => {
    if (rows > 0) windows.push({ pass, index: windows.length, first, rows, ranges: open });
    first += rows;
    [open, rows] = [[], 0];
  };
  for (const range of order) {
    if (rows + range.wanted > windowRows) close();
    open.push(range);
    rows += range.wanted;
  }
  close();
  return windows;
}

/**
 * The sequence of windows, pass after pass without an end unless `passes` sets one, from the one that holds the wanted row number `from` of that
 * sequence.
 */
export function* endlessWindows(
  ranges: readonly RowRange[],
  options: WindowOptions,
  { from = 0, passes = Number.POSITIVE_INFINITY }: { readonly from?: number; readonly passes?: number } = {},
): Generator<RowWindow, undefined> {
  const perPass = ranges.reduce((sum, { wanted }) => sum + wanted, 0);
  if (perPass === 0) return;
  for (let pass = Math.floor(from / perPass); pass < passes; pass++)
    for (const window of passWindows(ranges, pass, options))
      if (window.first + window.rows > from) yield window;
}

/** Where each wanted row of a window goes in the mixed window: a permutation that seed, pass and index decide. */
export function mixing({ pass, index, rows }: RowWindow, seed: number): Int32Array {
  const places = new Int32Array(rows);
  for (let row = 0; row < rows; row++) places[row] = row;
  return seededRandom(seed, `pass ${pass} window ${index}`).shuffle(places);
}
