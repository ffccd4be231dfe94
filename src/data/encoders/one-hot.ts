import { type CleaningNote, counted, dropped } from "../cleaning.js";
import { countsOf } from "../profile.js";
import type { StringColumn } from "../table.js";

/** How one category input becomes features: one-hot over `levels` plus one place for unseen and rare values. */
export interface CategoryInput {
  readonly name: string;
  readonly type: "category";
  /** Levels with a place of their own; the empty string stands for missing when training rows had any. */
  readonly levels: readonly string[];
}

/** Features of a one-hot category: its levels, then the place for unseen values. */
export const oneHotWidth = ({ levels }: CategoryInput): number => levels.length + 1;

/** Fits the coding of a category on training rows; undefined, with a note, for one that is constant or empty there. */
export function fitCategory(
  column: StringColumn,
  rows: Int32Array,
  notes: CleaningNote[],
): CategoryInput | undefined {
  const { name } = column;
  const picked = Array.from(rows, (row) => column.strings[row] ?? null);
  const counts = countsOf(picked);
  if (counts.size === 0) return dropped(notes, name, "no value in any training row");
  const hasMissing = picked.includes(null);
  if (counts.size === 1 && !hasMissing)
    return dropped(notes, name, `always "${[...counts.keys()][0]}" in training rows`);
  const least = rows.length >= 1000 ? 5 : 2;
  const ranked = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const levels = ranked.filter(([, count]) => count >= least).map(([level]) => level);
  const rare = ranked.length - levels.length;
  if (levels.length === 0) return dropped(notes, name, `no value in as many as ${least} training rows`);
  if (rare > 0) {
    const detail = `${counted(rare, "level")} in fewer than ${least} training rows counted as unseen`;
    notes.push({ column: name, action: "merged rare levels", detail });
  }
  return { name, type: "category", levels: hasMissing ? [...levels, ""] : levels };
}
