import { type Random, seededRandom } from "../base/random.js";
import {
  type Column,
  type Repeats,
  type Table,
  areCopies,
  columnOf,
  groupEqualRows,
  repeatsOf,
} from "../data/index.js";
import { COLUMN_SPLITS, type StudyOptions } from "./options.js";
import type { PreparedTask } from "./plan-tasks.js";

/** Rows of equal inputs, and whether they are kept in one part. */
export interface EqualRows {
  /** Absent where no row repeats. */
  readonly repeats?: Repeats;
  /** By row the number of its group of equal inputs; undefined where rows are divided one by one. */
  readonly together: Int32Array | undefined;
}

/**
 * Finds rows of equal inputs and decides by `split.duplicates` whether the split keeps them in one part. Rows of different tasks of
 * a target in the long layout are no repeats, but are kept together where any are: a new row is new for all tasks.
 */
export function equalRows(
  {
    table,
    tasks,
    inputs,
  }: { readonly table: Table; readonly tasks: readonly PreparedTask[]; readonly inputs: readonly string[] },
  { split, seed }: Pick<StudyOptions, "split" | "seed">,
): EqualRows {
  const columns = inputs.map((name) => columnOf(table, name));
  const told = taskColumns(table, tasks);
  const random = findingsRandom(seed);
  const repeats = repeatsOf({ inputs: columns, taskColumns: told, rows: table.rows, random });
  const found = repeats && { repeats };
  const { kind, duplicates = "auto" } = split;
  const parted =
    duplicates === "free" ||
    COLUMN_SPLITS.includes(kind) ||
    (duplicates === "auto" && !(repeats && areCopies(repeats)));
  if (parted || columns.length === 0) return { ...found, together: undefined };
  const groups = told.length === 0 ? repeats?.groups : groupEqualRows(columns, table.rows);
  return { ...found, together: groups?.groupOf };
}

/** The columns that tell which task of a target in the long layout a row belongs to, each once. */
export function taskColumns(table: Table, tasks: readonly PreparedTask[]): Column[] {
  const names = new Set(tasks.flatMap(({ part }) => part?.by ?? []));
  return [...names].map((name) => columnOf(table, name));
}

/** The stream that findings draw their samples from. */
export const findingsRandom = (seed: number): Random => seededRandom(seed, "findings");
