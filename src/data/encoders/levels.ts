import { type CleaningNote, counted, dropped } from "../cleaning.js";
import { countsOf } from "../profile.js";
import type { StringColumn } from "../table.js";

/** What every coding of a category knows. */
export interface CategoryLevels {
  readonly name: string;
  readonly type: "category";
  /**
   * Levels that are told apart; the empty string stands for missing when training rows had any. Every other value is
   * unseen.
   */
  readonly levels: readonly string[];
  /** True where levels are numbers, given to the model as such in double precision. */
  readonly codes?: boolean;
}

/**
 * Levels of a category by falling frequency in training rows; undefined, with a note, for one that is constant or empty there.
 *
 * @param least rows below which a level counts as unseen.
 */
export function fitLevels(
  { name, strings, codes }: StringColumn,
  rows: Int32Array,
  least: number,
  notes: CleaningNote[],
): CategoryLevels | undefined {
  const picked = Array.from(rows, (row) => strings[row] ?? null);
  const counts = countsOf(picked);
  if (counts.size === 0) return dropped(notes, name, "no value in any training row");
  const hasMissing = picked.includes(null);
  if (counts.size === 1 && !hasMissing)
    return dropped(notes, name, `always "${[...counts.keys()][0]}" in training rows`);
  const ranked = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const levels = ranked.filter(([, count]) => count >= least).map(([level]) => level);
  const rare = ranked.length - levels.length;
  if (levels.length === 0) return dropped(notes, name, `no value in as many as ${least} training rows`);
  if (rare > 0) {
    const detail = `${counted(rare, "level")} in fewer than ${least} training rows counted as unseen`;
    notes.push({ column: name, action: "merged rare levels", detail });
  }
  return {
    name,
    type: "category",
    levels: hasMissing ? [...levels, ""] : levels,
    ...(codes === true && { codes }),
  };
}

/** The place of each row's level, the number of levels for unseen ones. */
export function placesOf({ levels }: CategoryLevels, strings: readonly (string | null)[]): Int32Array {
  const places = new Map(levels.map((level, i) => [level, i]));
  return Int32Array.from(strings, (text) => places.get(text ?? "") ?? levels.length);
}
