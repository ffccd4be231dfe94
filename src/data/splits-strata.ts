import { type Column, isNumberColumn } from "./table.js";

const QUANTILE_STRATA = 10; // groups a measurement is cut into before it is stratified
const LEVELS = 20; // numbers with more distinct values than this are a measurement

/** Rows of equal value together, in order of value; measurements by tenths of their ranks; missing values last. */
export function strataOfColumn(column: Column, rows: Int32Array): Int32Array[] {
  const groups = new Map<string | number | null, number[]>();
  const keyOf = stratumOf(column, rows);
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups]
    .sort(([a], [b]) => Number(a === null) - Number(b === null) || (a! < b! ? -1 : a! > b! ? 1 : 0))
    .map(([, group]) => Int32Array.from(group));
}

/** Labels of rows, one of each column: the number of the stratum it lies in, counted through all columns. */
export interface RowLabels {
  /** By column, by position of the row. */
  readonly codes: readonly Int32Array[];
  /** Positions of the rows of each label. */
  readonly members: readonly (readonly number[])[];
}

/** Labels rows by the strata of columns; positions are those in `rows`. */
export function labelRows(columns: readonly Column[], rows: Int32Array): RowLabels {
  const position = new Map(Array.from(rows, (row, at) => [row, at]));
  const members: number[][] = [];
  const codes = columns.map((column) => {
    const code = new Int32Array(rows.length);
    for (const stratum of strataOfColumn(column, rows)) {
      const found = Array.from(stratum, (row) => position.get(row)!);
      for (const at of found) code[at] = members.length;
      members.push(found);
    }
    return code;
  });
  return { codes, members };
}

/** The stratum of a row: its value, the tenth of the ranks it lies in, or null where it is missing. */
function stratumOf(column: Column, rows: Int32Array): (row: number) => string | number | null {
  if (!isNumberColumn(column)) return (row) => column.strings[row] ?? null;
  const { numbers } = column;
  const sorted = Float64Array.from(rows, (row) => numbers[row]!)
    .filter((x) => !Number.isNaN(x))
    .sort();
  const measured = hasMoreLevels(sorted, LEVELS);
  const cuts = Array.from(
    { length: QUANTILE_STRATA - 1 },
    (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / QUANTILE_STRATA)]!,
  );
  return (row) => {
    const x = numbers[row]!;
    if (Number.isNaN(x)) return null;
    if (!measured) return x;
    let tenth = 0;
    while (tenth < cuts.length && cuts[tenth]! <= x) tenth++;
    return tenth;
  };
}

function hasMoreLevels(sorted: Float64Array, most: number): boolean {
  let levels = 0;
  return sorted.some((x, i) => x !== sorted[i - 1] && ++levels > most);
}
