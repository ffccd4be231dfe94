import { type CleaningNote, counted } from "../cleaning.js";
import type { StringColumn } from "../table.js";
import { logFrequencies } from "./hashing.js";
import { type CategoryLevels, fitLevels, placesOf } from "./levels.js";
import { type LabelColumn, levelEffects } from "./level-effects.js";

/**
 * How a category of many levels becomes features: the logarithm of each level's frequency and, for each task, what its
 * training rows say about the task's labels.
 *
 * @see Micci-Barreca 2001, "A preprocessing scheme for high-cardinality categorical attributes in classification and
 * prediction problems"; Pargent et al. 2022, "Regularized target encoding outperforms traditional methods in supervised machine
 * learning with high cardinality features".
 */
export interface StatisticsInput extends CategoryLevels {
  readonly coding: "target";
  /** Features of each level and, last, of unseen ones, `[levels + 1, W]`. */
  readonly table: readonly (readonly number[])[];
}

/** A fitted coding with what only training needs. */
export interface FittedStatistics {
  readonly coding: StatisticsInput;
  /** Tables as `coding.table`, made without the training rows of each fold, by fold. */
  readonly withoutFold: readonly (readonly (readonly number[])[])[];
  /** The task whose labels each feature tells of; undefined for the frequency. */
  readonly tasks: readonly (string | undefined)[];
}

/** Labels and folds that statistics are made from. */
export interface StatisticsContext {
  readonly labels: readonly LabelColumn[];
  /** The fold of each row of the table, 1 to `folds`; 0 for rows that are not training rows. */
  readonly foldOf: Int32Array;
  readonly folds: number;
}

const LEAST_ROWS = 2; // a level in one row has no rows in other folds
const MOST_STATISTICS = 32; // features an input may have beside its frequency

/** Features of a category coded by statistics. */
export const statisticsWidth = ({ table }: StatisticsInput): number => table[0]!.length;

/**
 * Fits the statistics of a category's levels on training rows, and for every fold anew without its rows.
 *
 * Training rows are encoded by the table made without their own fold, so that no row's features know its own label; all
 * other rows by the table of all training rows. Without that, a level in few rows gives its labels away
 * (Prokhorenkova et al. 2018, "CatBoost: unbiased boosting with categorical features", section 3).
 */
export function fitStatistics(
  column: StringColumn,
  rows: Int32Array,
  { labels, foldOf, folds }: StatisticsContext,
  notes: CleaningNote[],
): FittedStatistics | undefined {
  const levels = fitLevels(column, rows, LEAST_ROWS, notes);
  if (!levels) return undefined;
  const places = placesOf(levels, column.strings);
  const count = levels.levels.length + 1;
  const effects = labels
    .map((label) => ({ label, ...levelEffects(label, { places, levels: count, rows, foldOf, folds }) }))
    .filter(({ intraclass }) => intraclass > 0);
  const kept = effects
    .toSorted((a, b) => b.intraclass - a.intraclass)
    .slice(0, MOST_STATISTICS)
    .toSorted((a, b) => labels.indexOf(a.label) - labels.indexOf(b.label));
  const frequencies = frequencyTables({ places, levels: count, rows, foldOf, folds });
  const all = [frequencies, ...kept.map((effect) => scaled(effect, places, rows, foldOf))];
  const tableOf = (fold: number): number[][] =>
    Array.from({ length: count }, (_, level) => all.map((tables) => tables[fold]![level]!));
  const cut = effects.length > kept.length ? `, the strongest of ${effects.length}` : "";
  const detail = `${counted(levels.levels.length, "level")} as their frequency and ${counted(kept.length, "statistic")} of the tasks' labels${cut}`;
  notes.push({ column: column.name, action: "coded", detail });
  return {
    coding: { ...levels, coding: "target", table: tableOf(0) },
    withoutFold: Array.from({ length: folds }, (_, fold) => tableOf(fold + 1)),
    tasks: [undefined, ...kept.map(({ label }) => label.task)],
  };
}

/** Places and folds of rows. */
interface FoldedRows {
  readonly places: Int32Array;
  readonly levels: number;
  readonly rows: Int32Array;
  readonly foldOf: Int32Array;
  readonly folds: number;
}

/** Log frequencies, of all training rows and without each fold, the latter as if nothing had been left out. */
function frequencyTables({ places, levels, rows, foldOf, folds }: FoldedRows): number[][] {
  const counts = Array.from({ length: folds + 1 }, () => new Float64Array(levels));
  for (const row of rows)
    for (let fold = 0; fold <= folds; fold++) {
      if (fold === 0 || foldOf[row] !== fold) counts[fold]![places[row]!]! += 1;
    }
  return counts.map((of) => {
    const share = of.reduce((sum, x) => sum + x, 0) / rows.length;
    return logFrequencies(of.map((x) => x / share));
  });
}

/** Effects divided by their deviation over training rows as these are encoded. */
function scaled(
  { tables }: { readonly tables: readonly Float64Array[] },
  places: Int32Array,
  rows: Int32Array,
  foldOf: Int32Array,
): number[][] {
  const values = Float64Array.from(rows, (row) => tables[foldOf[row]!]![places[row]!]!);
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  const deviation = Math.sqrt(variance) || 1;
  return tables.map((table) => Array.from(table, (x) => x / deviation));
}
