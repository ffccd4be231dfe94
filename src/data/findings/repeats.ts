import type { Random } from "../../base/random.js";
import type { Column } from "../table.js";
import { type RowGroups, groupEqualRows } from "./row-groups.js";
import { repeatedRowsAreUsual } from "./usual-rows.js";

/** Rows of equal inputs, and whether that is to be expected. */
export interface Repeats {
  /** Rows of equal inputs and of the same tasks. */
  readonly groups: RowGroups;
  /** True where rows repeat because their values are usual; false where the same things seem to be in the table more than once. */
  readonly usual: boolean;
}

/** What repeats are looked for in. */
export interface RepeatsRequest {
  readonly inputs: readonly Column[];
  /** Columns that tell which task a row belongs to: rows of different tasks are no repeats. */
  readonly taskColumns?: readonly Column[];
  readonly rows: number;
  readonly random: Random;
}

const LEAST_ROWS = 5; // repeated rows that are worth a word
const TELLING = 0.01; // share of the rows from which repeats change scores

/** Finds rows that repeat in all inputs; undefined where none does. */
export function repeatsOf({ inputs, taskColumns = [], rows, random }: RepeatsRequest): Repeats | undefined {
  if (inputs.length === 0) return undefined;
  const groups = groupEqualRows([...inputs, ...taskColumns], rows);
  if (groups.first.length === rows) return undefined;
  return { groups, usual: repeatedRowsAreUsual({ inputs, taskColumns, random }, groups) };
}

/** Whether repeats are so many, and so unlikely by themselves, that scores would be too good if parts shared them. */
export function areCopies({ groups, usual }: Repeats): boolean {
  const rows = groups.groupOf.length;
  const repeated = rows - groups.first.length;
  return !usual && repeated >= LEAST_ROWS && repeated >= TELLING * rows;
}
