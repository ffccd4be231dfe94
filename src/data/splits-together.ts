import { DataError } from "../base/errors.js";
import { evenGroups } from "./splits-group.js";
import type { SplitRequest } from "./splits-request.js";

/**
 * Divides rows so that rows of one group of `request.together` stay in one part: the first row of each group is divided as if it
 * were alone, the others follow it, and parts that are off by more than a hundredth are then brought as near to their sizes as moves and
 * exchanges of groups can.
 *
 * @param sizes rows wanted of each part; they sum to the number of rows.
 * @param divide how rows are divided that are not kept together.
 * @throws {DataError} for fewer groups than parts.
 */
export function divideTogether(
  { together, ...request }: SplitRequest,
  rows: Int32Array,
  sizes: readonly number[],
  divide: (request: SplitRequest, rows: Int32Array, sizes: readonly number[]) => Int32Array[],
): Int32Array[] {
  const groups = new Map<number, number[]>();
  for (const row of rows) {
    const group = groups.get(together![row]!);
    if (group) group.push(row);
    else groups.set(together![row]!, [row]);
  }
  if (groups.size === rows.length) return divide(request, rows, sizes);
  const wanted = sizes.filter((size) => size > 0).length;
  if (groups.size < wanted) {
    throw new DataError({
      where: request.source,
      subject: "rows kept together where their inputs are equal",
      problem: `are ${groups.size === 1 ? "all of one group" : `of ${groups.size} groups`}, where at least ${wanted} are needed`,
      fix: "Set --duplicates free.",
    });
  }
  const all = [...groups.values()].map((group) => Int32Array.from(group));
  const ofFirst = new Map(all.map((group) => [group[0]!, group]));
  const firsts = Int32Array.from(all, (group) => group[0]!);
  const parts = divide(request, firsts, shared(sizes, firsts.length)).map((part) =>
    Array.from(part, (row) => ofFirst.get(row)!),
  );
  const near = parts.every((part, i) => {
    const held = part.reduce((sum, group) => sum + group.length, 0);
    return Math.abs(held - sizes[i]!) <= SLACK * sizes[i]!;
  });
  return near
    ? parts.map((part) => Int32Array.from(part.flatMap((group) => [...group])))
    : evenGroups(parts, sizes);
}

const SLACK = 0.01; // of a part's size: a hundredth more or less changes no score, and is not worth unbalancing strata

/** Sizes in proportion to others, whole and with a given sum; 1 at least where the other is not 0. */
function shared(sizes: readonly number[], sum: number): number[] {
  const rows = sizes.reduce((total, size) => total + size, 0);
  const found = sizes.map((size) => (size === 0 ? 0 : Math.max(1, Math.round((size * sum) / rows))));
  for (let left = sum - found.reduce((total, size) => total + size, 0); left !== 0; left -= Math.sign(left)) {
    const at = found.indexOf(Math.max(...found)); // a row more or less matters least to the largest part
    found[at]! += Math.sign(left);
  }
  return found;
}
