import { counted, quoted } from "../cleaning.js";
import { shortNumber } from "../profile.js";
import { isNumberColumn } from "../table.js";
import type { Finder, Finding } from "./finding.js";

const LEAST_ROWS = 3; // a value that stands for something else is written more than once or twice
const NINES = /^-?9{2,}(?:\.0*)?$|^-?9+\.9+$/;

/** A number that looks as if it stood for "missing" or "more than": −1 or nines, at the end of its column, far from the rest. */
export const sentinels: Finder = ({ inputs, targets }) => {
  const columns = [...inputs, ...targets.filter(({ classes }) => !classes).map(({ column }) => column)];
  return columns.flatMap((column): Finding[] => {
    if (!isNumberColumn(column) || column.type !== "numeric") return [];
    const ends = endsOf(column.numbers);
    if (!ends) return [];
    return ends
      .filter(({ value, count, rest }) => count >= LEAST_ROWS && isSign(value, rest))
      .map(({ value, count, rest }) => ({
        kind: "sentinel",
        columns: [column.name],
        severity: "warning",
        found: `${quoted(column.name)} is ${shortNumber(value)} in ${counted(count, "row")}, while all other values lie in ${shortNumber(rest[0])} … ${shortNumber(rest[1])}: that may stand for something else, such as a missing value.`,
        done: "nothing: it is read as a number",
        remedy: `Add --missing ${JSON.stringify(`${column.name}=${value}`)} if it means missing.`,
      }));
  });
};

function isSign(value: number, [low, high]: readonly [number, number]): boolean {
  const range = high - low;
  if (value === -1 || value === -9) return low >= 0 && range >= 5;
  if (!NINES.test(String(value))) return false;
  return value < low ? low - value > range : value - high > range / 2;
}

interface End {
  readonly value: number;
  readonly count: number;
  /** Smallest and largest of the other values. */
  readonly rest: readonly [number, number];
}

function endsOf(numbers: Float64Array): readonly [End, End] | undefined {
  let [low, high, nextLow, nextHigh, lows, highs] = [Infinity, -Infinity, Infinity, -Infinity, 0, 0];
  for (let row = 0; row < numbers.length; row++) {
    const x = numbers[row]!;
    if (x < low) [nextLow, low, lows] = [low, x, 1];
    else if (x === low) lows++;
    else if (x < nextLow) nextLow = x;
    if (x > high) [nextHigh, high, highs] = [high, x, 1];
    else if (x === high) highs++;
    else if (x > nextHigh) nextHigh = x;
  }
  if (!(nextLow < high)) return undefined;
  return [
    { value: low, count: lows, rest: [nextLow, high] },
    { value: high, count: highs, rest: [low, nextHigh] },
  ];
}
