import { counted } from "../cleaning.js";
import type { Column } from "../table.js";
import type { Finder, Finding } from "./finding.js";
import { isPresent, valuesOf } from "./values.js";
import { listed, namesOf, percent } from "./words.js";

const MOSTLY = 0.95; // missing share from which a column hardly says anything
const ALIKE = 0.9; // overlap of holes from which columns are said to be missing together
const LEAST_HOLES = 5;
const MOST_COMPARED = 1000; // columns with holes; more are compared only where their holes are equal

/** Where inputs have no value: how often, and which lack it in the same rows. */
export const missingValues: Finder = ({ inputs, table }) => {
  const holed = inputs
    .map((column) => ({ column, name: column.name, ...holesOf(column) }))
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count);
  if (holed.length === 0) return [];
  const share = (count: number): string => percent(count / table.rows);
  const shares = holed.map(({ column, count }) => `${JSON.stringify(column.name)} ${share(count)}`);
  const mostly = holed.filter(({ count }) => count >= MOSTLY * table.rows && count < table.rows);
  const findings: Finding[] = [
    {
      kind: "missing",
      columns: holed.map(({ name }) => name),
      severity: "info",
      found: `${holed.length} of ${counted(inputs.length, "input")} ${holed.length === 1 ? "has" : "have"} missing values: ${listed(shares)}.`,
      done: "a number is filled with the training median and marked, a category's missing value is a level of its own",
    },
  ];
  if (mostly.length > 0) {
    findings.push({
      kind: "mostly-missing",
      columns: mostly.map(({ name }) => name),
      severity: "info",
      found: `${namesOf(mostly)} ${mostly.length === 1 ? "has a value" : "have values"} in fewer than ${percent(1 - MOSTLY)} of the rows.`,
      done: "nothing: what is rare may still tell",
    });
  }
  for (const group of together(holed)) {
    const counts = group.map(({ count }) => count);
    const [low, high] = [Math.min(...counts), Math.max(...counts)];
    const rows =
      low === high ? counted(low, "row") : `${low.toLocaleString("en-US")} to ${counted(high, "row")}`;
    findings.push({
      kind: "missing-together",
      columns: group.map(({ name }) => name),
      severity: "info",
      found: `${namesOf(group)} are missing in ${low === high && group.every(({ key }) => key === group[0]!.key) ? "the same" : "nearly the same"} ${rows}.`,
      done: "each is marked by itself",
    });
  }
  return findings;
};

interface Holes {
  readonly count: number;
  /** One bit a row, 1 where the value is missing. */
  readonly bits: Int32Array;
  /** Hash of the bits. */
  readonly key: number;
}

function holesOf(column: Column): Holes {
  const values = valuesOf(column);
  const bits = new Int32Array(Math.ceil(values.length / 32));
  let count = 0;
  for (let row = 0; row < values.length; row++) {
    if (isPresent(values[row])) continue;
    bits[row >> 5]! |= 1 << (row & 31);
    count++;
  }
  let key = 0;
  for (const word of bits) key = Math.imul(key ^ word, 0x01000193) ^ (key >>> 15);
  return { count, bits, key };
}

/** Columns whose holes overlap, each with the first that it is like. */
function together<T extends Holes>(holed: readonly T[]): T[][] {
  const groups: T[][] = [];
  const compared = holed.length <= MOST_COMPARED;
  for (const one of holed) {
    if (one.count < LEAST_HOLES) continue;
    const group = groups.find(([leader]) =>
      leader!.key === one.key && leader!.count === one.count
        ? true
        : compared && overlap(leader!, one) >= ALIKE,
    );
    if (group) group.push(one);
    else groups.push([one]);
  }
  return groups.filter((group) => group.length > 1);
}

/** Jaccard's index of two sets of rows. */
function overlap(a: Holes, b: Holes): number {
  if (Math.min(a.count, b.count) < ALIKE * Math.max(a.count, b.count)) return 0;
  let both = 0;
  for (let i = 0; i < a.bits.length; i++) both += ones(a.bits[i]! & b.bits[i]!);
  return both / (a.count + b.count - both);
}

/** Bits set in a word. */
function ones(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
