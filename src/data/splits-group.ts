import type { Random } from "../base/random.js";
import { type SplitRequest, columnOfSplit, tooFewValues } from "./splits-request.js";
import { type Column, isNumberColumn } from "./table.js";

/**
 * Divides rows so that rows of equal value stay together and parts are as near to their sizes as moves and exchanges of two
 * groups can bring them. Rows without a value are one group, since they may be of the same.
 *
 * No part is empty. Where no group is larger than the smallest part, each part is within the largest group of its size.
 *
 * @param sizes rows wanted of each part; they sum to the number of rows.
 * @throws {DataError} for fewer groups than parts.
 */
export function divideByGroup(
  request: SplitRequest,
  rows: Int32Array,
  sizes: readonly number[],
  random: Random,
): Int32Array[] {
  const column = columnOfSplit(request);
  const groups = groupsOf(column, rows);
  if (groups.length < sizes.length) {
    const fix = "Use a random split instead.";
    throw tooFewValues(request.source, column, { got: groups.length, need: sizes.length, fix });
  }
  const parts = dealGroups(random.shuffle(groups), sizes);
  even(parts);
  return parts.map(({ groups: held }) => Int32Array.from(held.flatMap((group) => [...group])).sort());
}

/**
 * Brings parts of whole groups nearer to their sizes by moves and exchanges of two groups.
 *
 * @param held the groups of each part, each of them rows.
 */
export function evenGroups(held: readonly (readonly Int32Array[])[], sizes: readonly number[]): Int32Array[] {
  const parts = held.map((groups, i): Part => ({
    groups: [...groups],
    excess: groups.reduce((sum, group) => sum + group.length, 0) - sizes[i]!,
  }));
  even(parts);
  return parts.map(({ groups }) => Int32Array.from(groups.flatMap((group) => [...group])));
}

/** Groups in one part, and how many rows more than wanted they have. */
interface Part {
  readonly groups: Int32Array[];
  excess: number;
}

function groupsOf(column: Column, rows: Int32Array): Int32Array[] {
  const groups = new Map<string | number | null, number[]>();
  for (const row of rows) {
    const value = isNumberColumn(column) ? column.numbers[row]! : (column.strings[row] ?? null);
    const group = groups.get(value);
    if (group) group.push(row);
    else groups.set(value, [row]);
  }
  return [...groups.values()].map((group) => Int32Array.from(group));
}

/** Each group to the part that lacks most rows; the last ones to the parts that have none. */
function dealGroups(groups: readonly Int32Array[], sizes: readonly number[]): Part[] {
  const parts = sizes.map((size): Part => ({ groups: [], excess: -size }));
  groups.forEach((group, i) => {
    const empty = parts.filter((part) => part.groups.length === 0);
    const open = empty.length === groups.length - i ? empty : parts;
    const poorest = open.reduce((best, part) => (part.excess < best.excess ? part : best));
    poorest.groups.push(group);
    poorest.excess += group.length;
  });
  return parts;
}

/** Moves or exchanges groups between two parts as long as that brings both nearer to their sizes. */
function even(parts: readonly Part[]): void {
  for (;;) {
    let best: Change | undefined;
    for (const from of parts) {
      for (const to of parts) {
        const change = bestChange(from, to);
        if (change && change.gain > (best?.gain ?? 0)) best = change;
      }
    }
    if (!best) return;
    const { from, to, moved, back } = best;
    transfer(from, to, moved);
    if (back) transfer(to, from, back);
  }
}

interface Change {
  readonly from: Part;
  readonly to: Part;
  readonly moved: Int32Array;
  readonly back?: Int32Array;
  /** By how much the sum of the squared excesses falls; whole and above 0. */
  readonly gain: number;
}

function bestChange(from: Part, to: Part): Change | undefined {
  const gap = from.excess - to.excess;
  if (gap < 2) return undefined; // moving one row would only exchange the two
  let best: Change | undefined;
  const backs = oneOfEachSize(to.groups);
  for (const moved of oneOfEachSize(from.groups)) {
    for (const back of [undefined, ...backs]) {
      const rows = moved.length - (back?.length ?? 0);
      const gain = 2 * rows * (gap - rows);
      if (rows <= 0 || gain <= (best?.gain ?? 0)) continue;
      if (!back && from.groups.length === 1) continue;
      best = { from, to, moved, gain, ...(back && { back }) };
    }
  }
  return best;
}

const oneOfEachSize = (groups: readonly Int32Array[]): Int32Array[] => [
  ...new Map(groups.map((group) => [group.length, group])).values(),
];

function transfer(from: Part, to: Part, group: Int32Array): void {
  from.groups.splice(from.groups.indexOf(group), 1);
  to.groups.push(group);
  from.excess -= group.length;
  to.excess += group.length;
}
