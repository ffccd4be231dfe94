import type { Random } from "../../base/random.js";
import { countBelow } from "../../base/sorted.js";
import { countsOf } from "../profile.js";
import type { Column } from "../table.js";
import { type RowGroups, groupEqualRows, groupSizes } from "./row-groups.js";
import { isPresent, sampleOf, valuesOf } from "./values.js";

const COARSE = 20; // distinct values of every input up to which equal rows are to be expected
const ROWS_A_VALUE = 4; // on average, from which a value is a common one
const MOST_ROWS = 20_000; // in which values are counted
const MOST_COMPARED = 2000; // rows of each sort
const USUAL = 0.75; // share of comparisons in which the repeated row is the more usual one

/**
 * Whether rows repeat because their values are usual, rather than because the same thing was written down twice.
 *
 * A row is as usual as the product of its values' shares. Rows that come about twice by themselves are usual ones; copies are
 * drawn from all rows alike. So repeated rows are compared with those that are not repeated: the share of pairs in which the
 * repeated one is the more usual (the area under the ROC curve) is near 1 for the former and ½ for the latter. Where no input
 * takes more than 20 values, rows are taken to be usual without that; so they are where inputs take no more within the tasks
 * or within the values of one input: what is the same in a whole school does not tell its pupils apart.
 */
export function repeatedRowsAreUsual(
  { inputs, taskColumns, random }: UsualRowsRequest,
  groups: RowGroups,
): boolean {
  const fine = inputs.filter((column) => !isCoarse(column));
  const rows = groups.groupOf.length;
  if (fine.length === 0 || areCoarseWithin(taskColumns, fine, rows)) return true;
  if (fine.some((column) => areCoarseWithin([column], fine, rows))) return true;
  const draw = random.fork("usual-rows");
  const sizes = groupSizes(groups);
  const repeated: number[] = [];
  const single: number[] = [];
  groups.first.forEach((row, group) => (sizes[group]! > 1 ? repeated : single).push(row));
  if (single.length === 0) return true;
  const sample = sampleOf(groups.first, MOST_ROWS, draw); // each row once, or its copies would make it usual
  const [a, b] = [repeated, single].map((rows) => sampleOf(Int32Array.from(rows), MOST_COMPARED, draw));
  const [usualA, usualB] = [new Float64Array(a!.length), new Float64Array(b!.length)];
  for (const column of inputs) {
    const values = valuesOf(column);
    const keyOf = (row: number): number | string => {
      const value = values[row];
      return isPresent(value) ? value : MISSING;
    };
    const counts = countsOf<number | string>(Array.from(sample, keyOf));
    const add = (rows: Int32Array, usual: Float64Array): void =>
      rows.forEach((row, i) => {
        usual[i]! += Math.log(counts.get(keyOf(row)) ?? UNSEEN);
      });
    add(a!, usualA);
    add(b!, usualB);
  }
  return moreUsual(usualA, usualB) >= USUAL;
}

/** What usual rows are judged by. */
export interface UsualRowsRequest {
  readonly inputs: readonly Column[];
  /** Columns that tell which task a row belongs to; none where all tasks are in every row. */
  readonly taskColumns: readonly Column[];
  readonly random: Random;
}

/** Whether each of the columns takes few values within the values of some others, and few for their rows. */
function areCoarseWithin(within: readonly Column[], columns: readonly Column[], rows: number): boolean {
  if (within.length === 0) return false;
  const values = groupEqualRows(within, rows).first.length;
  if (values * COARSE > rows) return false;
  const most = Math.min(COARSE * values, rows / ROWS_A_VALUE);
  return columns.every((column) => groupEqualRows([...within, column], rows).first.length <= most);
}

/** True for columns of so few values that they hardly tell rows apart. */
function isCoarse(column: Column): boolean {
  const values = valuesOf(column);
  const seen = new Set<number | string | null>();
  for (let row = 0; row < values.length; row++) if (seen.add(values[row]!).size > COARSE) return false;
  return true;
}

const MISSING = "\u0000missing"; // no value of a table has this spelling
const UNSEEN = 0.5; // rows counted for a value that the sample lacks

/** Share of pairs in which the first is the larger; a tie counts as half. */
function moreUsual(a: Float64Array, b: Float64Array): number {
  const sorted = b.toSorted();
  const sum = a.reduce((total, x) => total + (countBelow(sorted, x) + countBelow(sorted, x, true)) / 2, 0);
  return sum / (a.length * b.length);
}
