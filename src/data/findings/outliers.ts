import { counted, quoted } from "../cleaning.js";
import { shortNumber } from "../profile.js";
import { type Column, isNumberColumn, type NumberColumn } from "../table.js";
import type { Finder, Finding } from "./finding.js";
import { sampleOf, sortedNumbers } from "./values.js";
import { listed } from "./words.js";

const FAR = 30; // robust deviations from the median
const FAR_IN_LOGARITHMS = 8; // for columns of one sign, whose long tails are usual
const BEYOND_MOST = 3; // times as far from the median as the last of the other 99 %, and half the width of most values beyond it
const MOST_ROWS = 20_000; // of which median and deviation are taken
const TO_DEVIATION = 1.4826; // median absolute deviation to standard deviation, for a normal distribution
const SHOWN = 3;

/** Numbers far from all others, in inputs and amounts; training rows set the scale. */
export const outliers: Finder = ({ inputs, targets, train, random }) => {
  const sample = sampleOf(train, MOST_ROWS, random.fork("outliers"));
  const found = (columns: readonly Column[]): Found[] =>
    columns.flatMap((column) => farValues(column, sample));
  const amounts = targets.filter(({ classes }) => !classes).map(({ column }) => column);
  return [
    ...inInputs(found(inputs)),
    ...found(amounts).map((one) =>
      inTarget(
        one,
        one.rows.some((row) => train.includes(row)),
      ),
    ),
  ];
};

/** Values of one column far from all others. */
interface Found {
  readonly column: NumberColumn;
  /** The farthest first. */
  readonly rows: readonly number[];
  /** Where all but 2 % of the others lie. */
  readonly most: readonly [number, number];
}

function inInputs(found: readonly Found[]): Finding[] {
  if (found.length === 0) return [];
  const ranked = found.toSorted((a, b) => distance(b) - distance(a));
  return [
    {
      kind: "outliers",
      columns: ranked.map(({ column }) => column.name),
      severity: "info",
      found: `${found.length === 1 ? "One input has" : `${found.length} inputs have`} values far from all others: ${listed(ranked.map(words))}.`,
      done: "the model holds inputs within ten deviations of their mean",
    },
  ];
}

const inTarget = (found: Found, trained: boolean): Finding => ({
  kind: "outliers",
  columns: [found.column.name],
  severity: trained ? "warning" : "info",
  found: `Target ${words(found)}, far from all others.`,
  done: "nothing: targets are learned as they are",
  remedy:
    "A single such value moves the mean and the RMSE: correct it, or empty the cell to leave the row unlabelled.",
});

function words({ column, rows, most }: Found): string {
  const shown = rows.slice(0, SHOWN).map((row) => `${shortNumber(column.numbers[row]!)} in row ${row + 1}`);
  return `${quoted(column.name)} ${counted(rows.length, "value")}, ${listed(shown, SHOWN)}, where 98 % lie in ${shortNumber(most[0])} … ${shortNumber(most[1])}`;
}

/** How far the farthest value is, in widths of what most values take. */
const distance = ({ column, rows, most: [low, high] }: Found): number =>
  Math.abs(column.numbers[rows[0]!]! - (low + high) / 2) / (high - low || Number.MIN_VALUE);

function farValues(column: Column, sample: Int32Array): Found[] {
  if (!isNumberColumn(column) || column.type !== "numeric") return [];
  const sorted = sortedNumbers(column.numbers, sample);
  const isFar = farFrom(sorted);
  if (!isFar) return [];
  const { numbers } = column;
  const { low, high } = isFar;
  const rows: number[] = [];
  for (let row = 0; row < numbers.length; row++) {
    const x = numbers[row]!;
    if ((x < low || x > high) && isFar.test(x)) rows.push(row);
  }
  if (rows.length === 0) return [];
  const median = sorted[sorted.length >> 1]!;
  const size = (row: number): number => Math.abs(column.numbers[row]! - median);
  const cut = cutOff(sorted);
  return [
    {
      column,
      rows: rows.toSorted((a, b) => size(b) - size(a)),
      most: [sorted[cut]!, sorted[sorted.length - 1 - cut]!],
    },
  ];
}

/** How many values at each end are not counted among most values. */
const cutOff = (sorted: Float64Array): number => Math.max(2, Math.ceil(0.01 * sorted.length));

/** What is far from most numbers. */
interface FarFrom {
  /** Nothing from here to `high` is far. */
  readonly low: number;
  readonly high: number;
  /** Whether a number below or above is. */
  test(x: number): boolean;
}

/** Tells numbers far from ascending ones; undefined where these have no spread. */
function farFrom(sorted: Float64Array): FarFrom | undefined {
  const plain = scaleOf(sorted);
  if (!plain) return undefined;
  const cut = cutOff(sorted);
  const median = sorted[sorted.length >> 1]!;
  const [left, right] = [sorted[cut]!, sorted[sorted.length - 1 - cut]!];
  const apart = (right - left) / 2;
  const low = Math.min(median - BEYOND_MOST * (median - left), left - apart);
  const high = Math.max(median + BEYOND_MOST * (right - median), right + apart);
  const [first, last] = [sorted[0]!, sorted.at(-1)!];
  const logs =
    first >= 0 || last <= 0
      ? scaleOf(
          sorted
            .filter((x) => x !== 0)
            .map((x) => Math.log(Math.abs(x)))
            .sort(),
        )
      : undefined;
  const test = (x: number): boolean => {
    if (!(Math.abs(x - plain.median) > FAR * plain.deviation)) return false;
    if (!logs || x === 0 || x > 0 !== last > 0) return true;
    return Math.abs(Math.log(Math.abs(x)) - logs.median) > FAR_IN_LOGARITHMS * logs.deviation;
  };
  return { low, high, test };
}

const LEAST_VALUES = 20;

/** Median and robust deviation; where more than half of the values are one, those of the others. */
function scaleOf(sorted: Float64Array): { readonly median: number; readonly deviation: number } | undefined {
  if (sorted.length < LEAST_VALUES) return undefined;
  const median = sorted[sorted.length >> 1]!;
  const distances = sorted.map((x) => Math.abs(x - median)).sort();
  const deviation = TO_DEVIATION * distances[distances.length >> 1]!;
  if (deviation > 0) return { median, deviation };
  const rest = sorted.filter((x) => x !== median);
  return rest.length === sorted.length ? undefined : scaleOf(rest);
}
