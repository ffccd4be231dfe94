import { ConfigError, DataError } from "../base/errors.js";
import { type Random, seededRandom } from "../base/random.js";
import { type Column, isNumberColumn } from "./table.js";

/** How rows are to be divided. */
export interface SplitRequest {
  readonly rows: number;
  readonly kind: "random" | "stratified" | "column";
  readonly seed: number;
  /** Shares of all rows, each in (0, 1), together below 1. */
  readonly validation: number;
  readonly test: number;
  /** For `stratified`: the column whose values, or tenths of its range of ranks, are kept in proportion. */
  readonly strata?: Column;
  /** For `column`: its values are `train`, `validation` (or `valid`, `val`, `dev`; optional) and `test`, in any case. */
  readonly column?: Column;
  /** The table's name, for messages. */
  readonly source: string;
}

/** Row numbers of the three parts, each ascending; disjoint, none empty. */
export interface Split {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

const SPELLINGS: Readonly<Record<string, keyof Split>> = {
  train: "train",
  training: "train",
  validation: "validation",
  valid: "validation",
  val: "validation",
  dev: "validation",
  test: "test",
};
const QUANTILE_STRATA = 10; // groups a measurement is cut into before it is stratified
const LEVELS = 20; // numbers with more distinct values than this are a measurement

/**
 * Divides rows into train, validation and test, the same way for the same seed.
 *
 * A `column` split without validation rows takes the validation share of all rows from its training rows at random.
 *
 * @throws {DataError} for too few rows and for a split column with other values or without train or test rows;
 * {ConfigError} for shares that leave nothing.
 */
export function splitRows(request: SplitRequest): Split {
  checkShares(request);
  if (request.kind === "column") return splitByColumn(request);
  const { rows, seed, source } = request;
  checkRows(rows, request, source);
  const random = seededRandom(seed, "split");
  const groups = request.kind === "stratified" ? strataOf(named(request.strata, request)) : [allRows(rows)];
  return divide(groups, sizesOf(rows, request), random);
}

function splitByColumn(request: SplitRequest): Split {
  const { rows, seed, source } = request;
  const column = named(request.column, request);
  const parts: Record<keyof Split, number[]> = { train: [], validation: [], test: [] };
  const others = new Set<string>();
  for (let row = 0; row < rows; row++) {
    const value = isNumberColumn(column) ? column.numbers[row]! : column.strings[row];
    const text = value === null || value === undefined || Number.isNaN(value) ? "" : String(value);
    const key = text.toLowerCase();
    if (Object.hasOwn(SPELLINGS, key)) parts[SPELLINGS[key]!].push(row);
    else others.add(text === "" ? "missing values" : `"${text}"`);
  }
  const subject = `split column "${column.name}"`;
  if (others.size > 0) {
    const got = [...others].slice(0, 5).join(", ") + (others.size > 5 ? ` and ${others.size - 5} more` : "");
    throw new DataError({ where: source, subject, expected: "train, validation or test in every row", got });
  }
  for (const part of ["train", "test"] as const) {
    if (parts[part].length > 0) continue;
    throw new DataError({
      where: source,
      subject,
      problem: `has no row that says ${part}`,
      fix: "Use a random split instead.",
    });
  }
  const test = Int32Array.from(parts.test);
  if (parts.validation.length > 0) {
    return { train: Int32Array.from(parts.train), validation: Int32Array.from(parts.validation), test };
  }
  const wanted = Math.max(1, Math.round(rows * request.validation));
  const carved = Math.min(wanted, Math.floor(parts.train.length / 2));
  if (carved === 0) throw tooFew(source, `training rows in column "${column.name}"`, parts.train.length, 2);
  const shuffled = seededRandom(seed, "split").shuffle(Int32Array.from(parts.train));
  return { train: shuffled.slice(carved).sort(), validation: shuffled.slice(0, carved).sort(), test };
}

/** Deals every group out so that each part gets its exact size and its share of each group to within two rows. */
function divide(
  groups: readonly Int32Array[],
  sizes: { validation: number; test: number },
  random: Random,
): Split {
  const order = groups.flatMap((group) => [...random.shuffle(Int32Array.from(group))]);
  const rows = order.length;
  const parts: Record<keyof Split, number[]> = { train: [], validation: [], test: [] };
  order.forEach((row, i) => {
    const steps = (size: number, at: number): number => Math.floor((at * size + rows / 2) / rows);
    const held = sizes.validation + sizes.test;
    if (steps(held, i + 1) === steps(held, i)) parts.train.push(row);
    else {
      const k = steps(held, i);
      const isTest =
        Math.floor(((k + 1) * sizes.test + held / 2) / held) > Math.floor((k * sizes.test + held / 2) / held);
      parts[isTest ? "test" : "validation"].push(row);
    }
  });
  const ascending = (part: readonly number[]): Int32Array => Int32Array.from(part).sort();
  return {
    train: ascending(parts.train),
    validation: ascending(parts.validation),
    test: ascending(parts.test),
  };
}

/** Rows of equal value together, in order of value; measurements by tenths of their ranks; missing values last. */
function strataOf(column: Column): Int32Array[] {
  const groups = new Map<string | number, number[]>();
  const add = (key: string | number, row: number): void => {
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  };
  if (isNumberColumn(column)) {
    const sorted = column.numbers.filter((x) => !Number.isNaN(x)).sort();
    const measured = new Set(sorted).size > LEVELS;
    const cuts = Array.from(
      { length: QUANTILE_STRATA - 1 },
      (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / QUANTILE_STRATA)]!,
    );
    const key = (x: number): number =>
      measured && !Number.isNaN(x) ? cuts.filter((cut) => cut <= x).length : x;
    column.numbers.forEach((x, row) => add(key(x), row));
  } else {
    column.strings.forEach((text, row) => add(text ?? "", row));
  }
  const rank = (key: string | number): boolean => Number.isNaN(key) || key === "";
  return [...groups]
    .sort(([a], [b]) => Number(rank(a)) - Number(rank(b)) || (a < b ? -1 : a > b ? 1 : 0))
    .map(([, group]) => Int32Array.from(group));
}

const allRows = (rows: number): Int32Array => Int32Array.from({ length: rows }, (_, i) => i);

function named(column: Column | undefined, { kind, source }: SplitRequest): Column {
  if (column) return column;
  throw new ConfigError({
    where: source,
    subject: `split of kind ${kind}`,
    problem: "needs a column",
    fix: "Name one.",
  });
}

function sizesOf(rows: number, { validation, test }: SplitRequest): { validation: number; test: number } {
  return {
    validation: Math.max(1, Math.round(rows * validation)),
    test: Math.max(1, Math.round(rows * test)),
  };
}

function checkShares({ validation, test, source }: SplitRequest): void {
  const inside = (share: number): boolean => share > 0 && share < 1;
  if (inside(validation) && inside(test) && validation + test < 1) return;
  throw new ConfigError({
    where: source,
    subject: "split",
    expected: "shares of validation and test above 0 and together below 1",
    got: `${validation} and ${test}`,
  });
}

/** Refuses tables whose smallest part would be less than one row. */
function checkRows(rows: number, { validation, test }: SplitRequest, source: string): void {
  const need = Math.ceil(1 / Math.min(validation, test, 1 - validation - test) - 1e-9);
  if (rows < need) throw tooFew(source, "rows", rows, need);
}

function tooFew(source: string, subject: string, got: number, need: number): DataError {
  return new DataError({
    where: source,
    subject,
    problem: `are too few for train, validation and test: ${got} where at least ${need} are needed`,
    fix: "Add rows.",
  });
}
