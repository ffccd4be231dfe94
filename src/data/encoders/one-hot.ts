import type { CleaningNote } from "../cleaning.js";
import type { StringColumn } from "../table.js";
import { type CategoryLevels, fitLevels } from "./levels.js";

/** How one category input becomes features: one-hot over `levels` plus one place for unseen and rare values. */
export interface CategoryInput extends CategoryLevels {
  readonly coding?: undefined;
}

/** Features of a one-hot category: its levels, then the place for unseen values. */
export const oneHotWidth = ({ levels }: CategoryInput): number => levels.length + 1;

/** Fits the coding of a category on training rows; undefined, with a note, for one that is constant or empty there. */
export const fitCategory = (
  column: StringColumn,
  rows: Int32Array,
  notes: CleaningNote[],
): CategoryInput | undefined => fitLevels(column, rows, leastRows(rows.length), notes);

/** Training rows below which a level has no place of its own. */
export const leastRows = (rows: number): number => (rows >= 1000 ? 5 : 2);
