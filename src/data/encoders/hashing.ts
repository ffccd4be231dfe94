import { type CleaningNote, counted } from "../cleaning.js";
import type { StringColumn } from "../table.js";
import { type CategoryLevels, fitLevels, placesOf } from "./levels.js";

/**
 * How a category of many levels becomes features without looking at labels: each level has one of few buckets, one-hot, and
 * the logarithm of its frequency.
 *
 * @see Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask Learning".
 * Departures: no signs, since a level is in one bucket only; levels not seen in training have a place of their own.
 */
export interface HashedInput extends CategoryLevels {
  readonly coding: "hashing";
  /** The bucket of each level. */
  readonly buckets: readonly number[];
  /** How many buckets there are. */
  readonly count: number;
  /** Standardised log frequency of each level and, last, of unseen ones. */
  readonly frequencies: readonly number[];
}

const BUCKETS = 32;

/** Features: one place for each bucket, one for unseen levels, and the log frequency. */
export const hashedWidth = ({ count }: HashedInput): number => count + 2;

/** Fits the buckets of a category's levels; the seed decides which levels share one. */
export function fitHashing(
  column: StringColumn,
  rows: Int32Array,
  seed: number,
  notes: CleaningNote[],
): HashedInput | undefined {
  const levels = fitLevels(column, rows, 1, notes);
  if (!levels) return undefined;
  const count = Math.min(BUCKETS, levels.levels.length);
  const detail = `${counted(levels.levels.length, "level")} in ${counted(count, "bucket")} by a hash, and their frequency`;
  notes.push({ column: column.name, action: "coded", detail });
  const buckets = levels.levels.map((level) => hash(`${seed}/${column.name}/${level}`) % count);
  const places = placesOf(levels, column.strings);
  const counts = new Float64Array(levels.levels.length + 1);
  for (const row of rows) counts[places[row]!]! += 1;
  return { ...levels, coding: "hashing", buckets, count, frequencies: logFrequencies(counts) };
}

/** log(1 + count) of each level, standardised over rows. */
export function logFrequencies(counts: Float64Array): number[] {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const logs = counts.map((count) => Math.log1p(count));
  const mean = logs.reduce((sum, x, i) => sum + x * counts[i]!, 0) / rows;
  const variance = logs.reduce((sum, x, i) => sum + (x - mean) ** 2 * counts[i]!, 0) / rows;
  const deviation = Math.sqrt(variance) || 1;
  return Array.from(logs, (x) => (x - mean) / deviation);
}

/** FNV-1a over UTF-16 units, with a last mix so that the low bits depend on all; 32 bits. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  return (state ^ (state >>> 13)) >>> 0;
}
