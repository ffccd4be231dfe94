import { DataError } from "../base/errors.js";
import type { RawColumn } from "./raw-table.js";

/** Arrays of numbers of equal length, one a row: an embedding, a spectrum. */
export interface NumberLists {
  readonly name: string;
  /** Numbers of every array; 0 when no row has one. */
  readonly width: number;
  /** `[rows, width]`; missing arrays and missing numbers are NaN. */
  readonly numbers: ArrayLike<number>;
}

/** The columns `name[0]` … `name[width - 1]` of arrays of numbers. */
export function listColumns({ name, width, numbers }: NumberLists, rows: number): RawColumn[] {
  return Array.from({ length: width }, (_, i) => {
    const column = new Float64Array(rows);
    for (let row = 0; row < rows; row++) column[row] = numbers[row * width + i]!;
    return { name: `${name}[${i}]`, kind: "number", numbers: column };
  });
}

/** `emb` of `emb[12]`; undefined for names that are no place in an array. */
export const listBase = (name: string): string | undefined => /^([^]+)\[\d+\]$/.exec(name)?.[1];

/** The error of an array whose length is not that of those before it. */
export function unequalLists(
  where: string,
  name: string,
  { width, found, first }: { readonly width: number; readonly found: number; readonly first: string },
): DataError {
  return new DataError({
    where,
    subject: `column "${name}"`,
    expected: `an array of ${width} numbers as in ${first}`,
    got: String(found),
    fix: "Give every row an array of the same length, or none.",
  });
}

/** The error of a column that should hold arrays of numbers, of which there is none, or none that holds a number. */
export function emptyLists(where: string, name: string, some: boolean): DataError {
  return new DataError({
    where,
    subject: `column "${name}"`,
    expected: "arrays of at least one number",
    got: some ? "empty arrays" : "none",
    fix: "Leave the column out.",
  });
}

/**
 * Refuses two columns of one name, which arrays of numbers can bring about.
 *
 * @throws {DataError} naming the column.
 */
export function refuseEqualNames(columns: readonly Pick<RawColumn, "name">[], source: string): void {
  const seen = new Set<string>();
  for (const { name } of columns) {
    if (seen.has(name)) {
      throw new DataError({
        where: source,
        subject: `column name "${name}"`,
        problem: "stands twice",
        fix: "Give every column its own name; an array of numbers becomes columns name[0], name[1], ….",
      });
    }
    seen.add(name);
  }
}
