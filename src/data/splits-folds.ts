import { ConfigError } from "../base/errors.js";
import { type Random, seededRandom } from "../base/random.js";
import { dealEqually, samplingOrder } from "./splits-order.js";
import {
  type Split,
  type SplitRequest,
  columnOfSplit,
  splitColumnWords,
  strataOfSplit,
  tooFew,
} from "./splits-request.js";
import { checkShares, divideRows } from "./splits.js";
import { isNumberColumn } from "./table.js";

/** One division of a cross-validation. */
export interface Fold {
  /** Which of the repeats, from 0. */
  readonly repeat: number;
  /** Which fold of its repeat, from 0. */
  readonly fold: number;
  readonly split: Split;
}

/**
 * The divisions of a repeated k-fold cross-validation, the same for the same seed. Within a repeat the test parts are disjoint
 * and together hold every row; validation rows are taken from the rest by the same kind of split, as many to a training row as
 * the request's shares say, and its test share says nothing else.
 *
 * `random` and `stratified` test parts differ by one row at most, `group` parts are as near to each other as whole groups allow.
 * A `column` split takes each different value of its column as one fold. A `time` split never trains on what comes after the
 * test rows: time is cut into k + 1 stretches, fold i is tested on stretch i + 2 and trained on all before it, so the oldest
 * stretch is never tested.
 *
 * @param k folds, at least 2.
 * @param repeats how often rows are divided anew, at least 1; 1 for `time`, which leaves nothing to chance.
 * @throws {ConfigError} for k or repeats that cannot be; {DataError} for fewer rows, groups or times than parts.
 * @see Tashman 2000, "Out-of-sample tests of forecasting accuracy" (rolling origin), for `time`.
 */
export function folds(request: SplitRequest, k: number, repeats = 1): Fold[] {
  checkShares(request);
  checkCounts(request, k, repeats);
  const { rows, kind, source } = request;
  const need = kind === "time" ? k + 2 : Math.max(3, k);
  if (rows < need) throw tooFew(source, "rows", rows, need);
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  if (kind === "time") return rollingFolds(request, all, k);
  return Array.from({ length: repeats }, (_, repeat) => {
    const random = seededRandom(request.seed, `folds/${repeat}`);
    return testParts(request, all, k, random).map((test, fold) => {
      const tested = new Set(test);
      const rest = all.filter((row) => !tested.has(row));
      return { repeat, fold, split: withValidation(request, rest, test, random.fork(`validation/${fold}`)) };
    });
  }).flat();
}

/**
 * All rows for a model that is not tested: validation rows as many to a training row as the request's shares say, taken by its
 * kind of split (for `time` the newest, for `column` at random).
 */
export function splitWithoutTest(request: SplitRequest): Split {
  checkShares(request);
  const all = Int32Array.from({ length: request.rows }, (_, row) => row);
  return withValidation(request, all, new Int32Array(0), seededRandom(request.seed, "split"));
}

function rollingFolds(request: SplitRequest, all: Int32Array, k: number): Fold[] {
  const random = seededRandom(request.seed, "folds");
  const [oldest, ...later] = equalSizes(all.length, k + 1);
  const held = validationSize(request, oldest!);
  const parts = divideRows(request, all, [oldest! - held, held, ...later], random);
  return parts.slice(2).map((test, fold) => {
    const past = Int32Array.from(parts.slice(0, fold + 2).flatMap((part) => [...part])).sort();
    return { repeat: 0, fold, split: withValidation(request, past, test, random) };
  });
}

function testParts(request: SplitRequest, all: Int32Array, k: number, random: Random): Int32Array[] {
  const { kind } = request;
  if (kind === "column") return valueParts(request, k);
  const strata = kind === "stratified" ? strataOfSplit(request) : [];
  if (kind === "group" || strata.length > 1 || request.together !== undefined) {
    return divideRows(request, all, equalSizes(all.length, k), random);
  }
  return dealEqually(samplingOrder(all, strata[0], random), k).map((part) => part.sort());
}

/** Takes the validation rows from what is not tested. */
function withValidation(request: SplitRequest, rest: Int32Array, test: Int32Array, random: Random): Split {
  if (rest.length < 2) throw tooFew(request.source, "rows", request.rows, request.rows + 1);
  const size = validationSize(request, rest.length);
  const [train, validation] = divideRows(request, rest, [rest.length - size, size], random);
  return { train: train!, validation: validation!, test };
}

function validationSize({ validation, test }: SplitRequest, rows: number): number {
  return Math.min(Math.max(1, Math.round((rows * validation) / (1 - test))), rows - 1);
}

/** Rows by the different values of the split's column, in order of first appearance; rows without a value are one part. */
function valueParts(request: SplitRequest, k: number): Int32Array[] {
  const column = columnOfSplit(request);
  const parts = new Map<string | number | null, number[]>();
  for (let row = 0; row < request.rows; row++) {
    const value = isNumberColumn(column) ? column.numbers[row]! : (column.strings[row] ?? null);
    const part = parts.get(value);
    if (part) part.push(row);
    else parts.set(value, [row]);
  }
  if (parts.size === k) return [...parts.values()].map((part) => Int32Array.from(part));
  throw new ConfigError({
    where: request.source,
    subject: `folds by ${splitColumnWords(column)}`,
    expected: `${parts.size}, one for each different value`,
    got: String(k),
  });
}

const equalSizes = (rows: number, parts: number): number[] =>
  Array.from({ length: parts }, (_, part) => Math.floor((rows + part) / parts));

function checkCounts({ kind, source }: SplitRequest, k: number, repeats: number): void {
  const refuse = (subject: string, expected: string, got: number): never => {
    throw new ConfigError({ where: source, subject, expected, got: String(got) });
  };
  if (!Number.isInteger(k) || k < 2) refuse("folds", "a whole number of at least 2", k);
  if (!Number.isInteger(repeats) || repeats < 1) refuse("repeats", "a whole number of at least 1", repeats);
  if (kind === "time" && repeats > 1)
    refuse("repeats of a split by time", "1, since nothing in it is chance", repeats);
}
