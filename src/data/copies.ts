import { counted } from "./cleaning.js";
import { shortNumber } from "./profile.js";
import { type Column, columnOf, isNumberColumn, type Table } from "./table.js";

/** An input that gives a target away. */
export interface CopyFinding {
  readonly input: string;
  readonly target: string;
  readonly how: "copy" | "affine" | "recoding";
  /** What shows it, in words. */
  readonly evidence: string;
}

const LEAST_ROWS = 10; // with fewer rows in common, agreement says nothing
const TOLERANCE = 1e-6; // of the target's range: rounding in a file, not noise
const FEW_ROWS = 300; // enough to rule most pairs out
const ROUGHLY = 1e-3; // of the target's range in few rows, which may be a small part of its whole range
const MOST_LEVELS = 10_000; // of a recoding: more are a measurement
const ROWS_PER_LEVEL = 2; // below this, any two columns of distinct values map one to one

/**
 * Inputs that copy a target, are an affine function of it, or a one-to-one recoding of its values, over the rows where
 * both are present. A linear pass for each pair.
 *
 * @throws {DataError} for a name that is not in the table.
 */
export function copiesOf(table: Table, targets: readonly string[], inputs: readonly string[]): CopyFinding[] {
  const few = evenly(table.rows, FEW_ROWS);
  const read = (name: string): Read => ({
    column: columnOf(table, name),
    ...patternOf(columnOf(table, name)),
  });
  const columns = inputs.map(read);
  return targets.map(read).flatMap((target) =>
    columns.flatMap((input): CopyFinding[] => {
      if (input.column.name === target.column.name || ruledOut(input, target, few)) return [];
      const found = compare(input.column, target.column);
      return found ? [{ input: input.column.name, target: target.column.name, ...found }] : [];
    }),
  );
}

/** A column with how its values follow each other, whatever they are. */
interface Read {
  readonly column: Column;
  /** True where no value is missing. */
  readonly whole: boolean;
  /** Hash of the values' numbers by first appearance: equal for columns that map one to one; −1 for too many values. */
  readonly pattern: number;
}

function patternOf(column: Column): Omit<Read, "column"> {
  const values = valuesOf(column);
  const places = new Map<string | number | null, number>();
  let pattern = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (!isThere(value)) return { whole: false, pattern: -1 };
    let place = places.get(value);
    if (place === undefined) places.set(value, (place = places.size));
    if (place > MOST_LEVELS) return { whole: values.length === 0 || allThere(values, row), pattern: -1 };
    pattern = Math.imul(pattern ^ place, 0x01000193) ^ (pattern >>> 15);
  }
  return { whole: true, pattern: pattern >>> 0 };
}

function allThere(values: Values, from: number): boolean {
  for (let row = from; row < values.length; row++) if (!isThere(values[row])) return false;
  return true;
}

/** Whether it can be told at little cost that one column is no function of the kinds looked for of the other. */
function ruledOut(input: Read, target: Read, few: Int32Array): boolean {
  const [x, y] = [input.column, target.column];
  const numbers = isNumberColumn(x) && isNumberColumn(y);
  const recoded =
    input.whole && target.whole ? input.pattern >= 0 && input.pattern === target.pattern : undefined;
  if (recoded === true) return false;
  const common = commonRows(x, y, few);
  if (recoded === undefined && mapsOneToOne(valuesOf(x), valuesOf(y), common)) return false;
  return !numbers || !isLine(x.numbers, y.numbers, common);
}

/** So many rows evenly spread over a table, or all. */
const evenly = (rows: number, most: number): Int32Array =>
  Int32Array.from({ length: Math.min(rows, most) }, (_, i) => Math.floor((i * rows) / Math.min(rows, most)));

type Found = Pick<CopyFinding, "how" | "evidence">;

function compare(input: Column, target: Column): Found | undefined {
  const rows = commonRows(
    input,
    target,
    Int32Array.from({ length: lengthOf(input) }, (_, row) => row),
  );
  if (rows.length < LEAST_ROWS) return undefined;
  if (isNumberColumn(input) && isNumberColumn(target)) {
    const line = affine(input.numbers, target.numbers, rows);
    if (line) return line;
  }
  return recoding(valuesOf(input), valuesOf(target), rows);
}

type Values = ArrayLike<string | number | null>;

const valuesOf = (column: Column): Values => (isNumberColumn(column) ? column.numbers : column.strings);

const isThere = (value: string | number | null | undefined): boolean =>
  value !== null && !Number.isNaN(value);

const lengthOf = (column: Column): number => valuesOf(column).length;

/** The rows of some in which both columns have a value. */
function commonRows(a: Column, b: Column, rows: Int32Array): Int32Array {
  const [x, y] = [valuesOf(a), valuesOf(b)];
  return rows.filter((row) => isThere(x[row]) && isThere(y[row]));
}

/** False where some points lie clearly off the line through their outermost. */
function isLine(input: Float64Array, target: Float64Array, rows: Int32Array): boolean {
  let [low, high, least, most] = [rows[0]!, rows[0]!, Infinity, -Infinity];
  for (const row of rows) {
    if (input[row]! < input[low]!) low = row;
    if (input[row]! > input[high]!) high = row;
    least = Math.min(least, target[row]!);
    most = Math.max(most, target[row]!);
  }
  if (rows.length === 0) return true;
  const slope = (target[high]! - target[low]!) / (input[high]! - input[low]!);
  if (!Number.isFinite(slope)) return least === most; // a constant input goes with a constant target only
  const slack = ROUGHLY * (most - least);
  return rows.every(
    (row) => Math.abs(target[low]! + slope * (input[row]! - input[low]!) - target[row]!) <= slack,
  );
}

/** target = slope · input + offset, through the rows of the smallest and the largest input. */
function affine(input: Float64Array, target: Float64Array, rows: Int32Array): Found | undefined {
  let low = rows[0]!;
  let high = low;
  for (const row of rows) {
    if (input[row]! < input[low]!) low = row;
    if (input[row]! > input[high]!) high = row;
  }
  const slope = (target[high]! - target[low]!) / (input[high]! - input[low]!);
  const range = Math.abs(target[high]! - target[low]!);
  if (!Number.isFinite(slope) || range === 0) return undefined;
  const offset = target[low]! - slope * input[low]!;
  for (const row of rows) {
    if (Math.abs(slope * input[row]! + offset - target[row]!) > TOLERANCE * range) return undefined;
  }
  const where = `in all ${counted(rows.length, "row")}`;
  if (rows.every((row) => input[row] === target[row])) return { how: "copy", evidence: `equal ${where}` };
  const sign = offset < 0 ? "−" : "+";
  const formula = `${shortNumber(slope)} × input ${sign} ${shortNumber(Math.abs(offset))}`;
  return { how: "affine", evidence: `target = ${formula} ${where}` };
}

/** The values of both columns in the order in which they first meet; undefined where one value meets two. */
function mapsOneToOne(
  input: Values,
  target: Values,
  rows: Int32Array,
): ReadonlyMap<string | number, string | number> | undefined {
  const forth = new Map<string | number, string | number>();
  const back = new Map<string | number, string | number>();
  for (const row of rows) {
    const [x, y] = [input[row]!, target[row]!];
    if (!forth.has(x)) forth.set(x, y);
    if (forth.size > MOST_LEVELS) return undefined;
    if (!back.has(y)) back.set(y, x);
    if (forth.get(x) !== y || back.get(y) !== x) return undefined;
  }
  return forth;
}

function recoding(input: Values, target: Values, rows: Int32Array): Found | undefined {
  const forth = mapsOneToOne(input, target, rows);
  if (!forth) return undefined;
  if (forth.size < 2 || forth.size * ROWS_PER_LEVEL > rows.length) return undefined;
  const where = `in all ${counted(rows.length, "row")}`;
  const same = [...forth].every(([x, y]) => x === y);
  if (same) return { how: "copy", evidence: `equal ${where}` };
  const shown = [...forth].slice(0, 3).map(([x, y]) => `${x} → ${y}`);
  return {
    how: "recoding",
    evidence: `${counted(forth.size, "value")} map one to one (${shown.join(", ")}) ${where}`,
  };
}
