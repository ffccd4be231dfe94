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
const ROWS_PER_LEVEL = 2; // below this, any two columns of distinct values map one to one

/**
 * Inputs that copy a target, are an affine function of it, or a one-to-one recoding of its values, over the rows where
 * both are present. A linear pass for each pair.
 *
 * @throws {DataError} for a name that is not in the table.
 */
export function copiesOf(table: Table, targets: readonly string[], inputs: readonly string[]): CopyFinding[] {
  const findings: CopyFinding[] = [];
  for (const targetName of targets) {
    const target = columnOf(table, targetName);
    for (const inputName of inputs) {
      if (inputName === targetName) continue;
      const found = compare(columnOf(table, inputName), target);
      if (found) findings.push({ input: inputName, target: targetName, ...found });
    }
  }
  return findings;
}

type Found = Pick<CopyFinding, "how" | "evidence">;

function compare(input: Column, target: Column): Found | undefined {
  const rows = commonRows(input, target);
  if (rows.length < LEAST_ROWS) return undefined;
  if (isNumberColumn(input) && isNumberColumn(target)) {
    const line = affine(input.numbers, target.numbers, rows);
    if (line) return line;
  }
  return recoding(valuesOf(input), valuesOf(target), rows);
}

type Values = ArrayLike<string | number | null>;

const valuesOf = (column: Column): Values => (isNumberColumn(column) ? column.numbers : column.strings);

function commonRows(a: Column, b: Column): Int32Array {
  const [x, y] = [valuesOf(a), valuesOf(b)];
  const present = (value: string | number | null | undefined): boolean =>
    value !== null && !Number.isNaN(value);
  const rows: number[] = [];
  for (let row = 0; row < x.length; row++) if (present(x[row]) && present(y[row])) rows.push(row);
  return Int32Array.from(rows);
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

function recoding(input: Values, target: Values, rows: Int32Array): Found | undefined {
  const forth = new Map<string | number, string | number>();
  const back = new Map<string | number, string | number>();
  for (const row of rows) {
    const [x, y] = [input[row]!, target[row]!];
    if (!forth.has(x)) forth.set(x, y);
    if (!back.has(y)) back.set(y, x);
    if (forth.get(x) !== y || back.get(y) !== x) return undefined;
  }
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
