import { ConfigError } from "../base/errors.js";
import { type Random, seededRandom } from "../base/random.js";
import { splitByColumn } from "./splits-column.js";
import { divideByGroup } from "./splits-group.js";
import { iterativeStrata } from "./splits-iterative.js";
import { samplingOrder, spread } from "./splits-order.js";
import { type Split, type SplitRequest, strataOfSplit, tooFew } from "./splits-request.js";
import { divideByTime } from "./splits-time.js";
import { divideTogether } from "./splits-together.js";

/**
 * Divides rows into train, validation and test, the same way for the same seed.
 *
 * `random` and `stratified` parts have their exact sizes, or come as near as rows allow that are kept together; `group` and `time` parts come as near as whole groups and times allow.
 * A `time` split trains on the oldest rows and tests on the newest and reads no seed. A `column` split without validation rows
 * takes the validation share of all rows from its training rows at random.
 *
 * @throws {DataError} for too few rows, groups or times and for a split column that cannot be read; {ConfigError} for shares
 * that leave nothing and for a split without the column it needs.
 */
export function splitRows(request: SplitRequest): Split {
  checkShares(request);
  if (request.kind === "column") return splitByColumn(request);
  const { rows, seed } = request;
  checkRows(request);
  const validation = Math.max(1, Math.round(rows * request.validation));
  const test = Math.max(1, Math.round(rows * request.test));
  const sizes = [rows - validation - test, validation, test];
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  const parts = divideRows(request, all, sizes, seededRandom(seed, "split"));
  return { train: parts[0]!, validation: parts[1]!, test: parts[2]! };
}

/**
 * Divides some rows of a table into parts of the sizes wanted, by any kind of split but `column`, whose rows are divided at
 * random. Row numbers ascend in each part.
 *
 * @param sizes rows wanted of each part; they sum to the number of rows. For `time` the first part is the oldest.
 */
export function divideRows(
  request: SplitRequest,
  rows: Int32Array,
  sizes: readonly number[],
  random: Random,
): Int32Array[] {
  return unordered(request, rows, sizes, random).map((part) => part.sort());
}

function unordered(
  request: SplitRequest,
  rows: Int32Array,
  sizes: readonly number[],
  random: Random,
): Int32Array[] {
  const { kind } = request;
  if (request.together !== undefined && (kind === "random" || kind === "stratified"))
    return divideTogether(request, rows, sizes, (alone, chosen, wanted) =>
      unordered(alone, chosen, wanted, random),
    );
  switch (kind) {
    case "random":
    case "column":
      return spread(samplingOrder(rows, undefined, random), sizes);
    case "stratified": {
      const [first, ...more] = strataOfSplit(request);
      if (more.length > 0) return iterativeStrata([first!, ...more], rows, sizes, random);
      return spread(samplingOrder(rows, first, random), sizes);
    }
    case "group":
      return divideByGroup(request, rows, sizes, random);
    case "time":
      return divideByTime(request, rows, sizes);
    default:
      return kind satisfies never;
  }
}

/**
 * Refuses shares that are not above 0 or leave no row for training.
 *
 * @throws {ConfigError} naming both.
 */
export function checkShares({ validation, test, source }: SplitRequest): void {
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
function checkRows({ rows, validation, test, source }: SplitRequest): void {
  const need = Math.ceil(1 / Math.min(validation, test, 1 - validation - test) - 1e-9);
  if (rows < need) throw tooFew(source, "rows", rows, need);
}
