import type { Random } from "../../base/random.js";
import type { Column } from "../table.js";
import type { FindingTarget } from "./finding.js";
import {
  type CodedColumn,
  type CodedTarget,
  type Settled,
  codeColumn,
  codeTarget,
  settledBy,
} from "./one-column.js";
import { sampleOf } from "./values.js";

const SCREEN_ROWS = 600; // enough to rule most pairs out
const SCREEN_SHARE = 0.8;
const MOST_ROWS = 20_000;
const MOST_CELLS = 2e7; // rows × classes looked at for one pair

const CERTAIN = 0.999; // share settled from which nothing is left to learn from anything else
const AT_A_STEP = 2; // errors that a step in an ordered column leaves, one for each half
const NEARLY = 0.99; // share settled from which a look is worth while

/** Rows of other classes than the commonest, fewer than which are settled by chance where columns are many. */
export const LEAST_OTHERS = 10;

/** One column that settles a target. */
export interface Settling extends Settled {
  readonly by: Column;
  readonly target: FindingTarget;
}

/** Whether nothing is left to learn about the target from anything else. */
export const isCertain = ({ share, left }: Settled): boolean => share >= CERTAIN || left <= AT_A_STEP;

/** The pairs of a column and a target where the column settles the target, certainly or nearly. */
export function settlings(
  columns: readonly Column[],
  targets: readonly FindingTarget[],
  rows: Int32Array,
  random: Random,
): Settling[] {
  const sample = sampleOf(rows, MOST_ROWS, random);
  const screen = sample.subarray(0, SCREEN_ROWS);
  const coded = targets
    .map((target) => ({ target, all: codeTarget(target, sample), few: codeTarget(target, screen) }))
    .filter(({ all }) => all.amounts !== undefined || othersIn(all.classes) >= LEAST_OTHERS);
  if (coded.length === 0) return [];
  return columns.flatMap((by): Settling[] => {
    const few = codeColumn(by, screen);
    const open = coded.filter((one) => one.target.column.name !== by.name && !ruledOut(few, one.few));
    if (open.length === 0) return [];
    const all = screen.length === sample.length ? few : codeColumn(by, sample);
    return open.flatMap(({ target, all: codes }): Settling[] => {
      if (all.levels * codes.classes.levels > MOST_CELLS) return [];
      const settled = settledBy(all, codes);
      return settled && settled.share >= NEARLY ? [{ by, target, ...settled }] : [];
    });
  });
}

/** Whether few rows are enough to tell that a column does not settle a target. */
function ruledOut(column: CodedColumn, target: CodedTarget): boolean {
  const settled = settledBy(column, target);
  return settled !== undefined && !(settled.errors < LEAST_OTHERS) && settled.share < SCREEN_SHARE;
}

/** Labelled rows that are not of the commonest class. */
function othersIn({ codes, levels }: CodedColumn): number {
  const counts = new Int32Array(levels);
  for (const code of codes) if (code >= 0) counts[code]!++;
  return (
    counts.reduce((sum, count) => sum + count, 0) - counts.reduce((most, count) => Math.max(most, count), 0)
  );
}
