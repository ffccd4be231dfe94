import { type Column, isNumberColumn } from "../table.js";

/** Rows of equal values together. */
export interface RowGroups {
  /** By row, the number of its group, counted by first appearance. */
  readonly groupOf: Int32Array;
  /** By group, its first row. */
  readonly first: Int32Array;
}

/**
 * Puts rows that are equal in some columns into one group; missing values are equal to each other.
 *
 * Rows are told apart by 64-bit hashes: among a million different rows two fall together once in 40 million tables.
 */
export function groupEqualRows(columns: readonly Column[], rows: number): RowGroups {
  const high = new Int32Array(rows).fill(0x2545f491);
  const low = new Int32Array(rows).fill(0x1b873593);
  for (const column of columns) {
    if (isNumberColumn(column)) mixNumbers(column.numbers, high, low);
    else mixStrings(column.strings, high, low);
  }
  return groupsBy(high, low);
}

function mixNumbers(numbers: Float64Array, high: Int32Array, low: Int32Array): void {
  const plain = new Float64Array(1);
  const bits = new Int32Array(plain.buffer);
  for (let row = 0; row < numbers.length; row++) {
    plain[0] = numbers[row]! + 0; // −0 becomes 0
    const missing = Number.isNaN(plain[0]);
    mix(high, low, row, missing ? 1 : bits[0]!, missing ? 0x7ff80000 : bits[1]!);
  }
}

function mixStrings(strings: readonly (string | null)[], high: Int32Array, low: Int32Array): void {
  const codes = new Map<string | null, number>();
  for (let row = 0; row < strings.length; row++) {
    const text = strings[row] ?? null;
    let code = codes.get(text);
    if (code === undefined) codes.set(text, (code = codes.size));
    mix(high, low, row, code, 0x5bd1e995);
  }
}

/** Two lanes of MurmurHash3's mixing, with constants of their own. */
function mix(high: Int32Array, low: Int32Array, row: number, a: number, b: number): void {
  let h = high[row]! ^ Math.imul(rotated(Math.imul(a, 0xcc9e2d51 | 0), 15), 0x1b873593);
  h = Math.imul(rotated(h ^ b, 13), 5) + 0x6546b64;
  high[row] = Math.imul(h ^ (h >>> 16), 0x85ebca6b | 0);
  let g = low[row]! ^ Math.imul(rotated(Math.imul(b, 0x239b961b), 16), 0x38b34ae5);
  g = Math.imul(rotated(g ^ a, 17) + h, 0x21f0aaad);
  low[row] = Math.imul(g ^ (g >>> 15), 0x735a2d97);
}

const rotated = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/** Open addressing over the hashes. */
function groupsBy(high: Int32Array, low: Int32Array): RowGroups {
  const rows = high.length;
  const size = 2 ** Math.ceil(Math.log2(2 * rows + 2));
  const places = new Int32Array(size).fill(-1); // group at each place
  const groupOf = new Int32Array(rows);
  const first = new Int32Array(rows);
  let groups = 0;
  for (let row = 0; row < rows; row++) {
    let at = (high[row]! ^ Math.imul(low[row]!, 0x9e3779b1 | 0)) & (size - 1);
    for (;;) {
      const group = places[at]!;
      if (group < 0) {
        places[at] = groups;
        first[groups] = row;
        groupOf[row] = groups++;
        break;
      }
      const other = first[group]!;
      if (high[other] === high[row] && low[other] === low[row]) {
        groupOf[row] = group;
        break;
      }
      at = (at + 1) & (size - 1);
    }
  }
  return { groupOf, first: first.slice(0, groups) };
}

/** How many rows each group has. */
export function groupSizes({ groupOf, first }: RowGroups): Int32Array {
  const sizes = new Int32Array(first.length);
  for (const group of groupOf) sizes[group]! += 1;
  return sizes;
}
