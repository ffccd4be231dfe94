import { DataError } from "../base/errors.js";
import { seededRandom } from "../base/random.js";
import type { CleaningNote } from "./cleaning.js";
import { binCount } from "./edges.js";
import { fitDate } from "./encoders/date.js";
import { embeddingScales, fitEmbedding } from "./encoders/embedding.js";
import { fitHashing } from "./encoders/hashing.js";
import type { LabelColumn } from "./encoders/level-effects.js";
import type { Normalisation } from "./encoders/normalisation.js";
import { fitNumber } from "./encoders/number.js";
import { fitCategory, leastRows } from "./encoders/one-hot.js";
import { fitOrdinal } from "./encoders/ordinal.js";
import {
  type FittedStatistics,
  fitStatistics,
  type StatisticsContext,
} from "./encoders/target-statistics.js";
import { fitText } from "./encoders/text.js";
import { codingWidth, encodingOf, type InputCoding, type InputEncoding } from "./encoding.js";
import { countsOf } from "./profile.js";
import { type Column, columnOf, isNumberColumn, type StringColumn, type Table } from "./table.js";

/** How categories become features; `auto` by the number of levels. */
export type CategoryCoding = "auto" | "one-hot" | "target" | "hashing";

/** How inputs are encoded. */
export interface EncodingOptions {
  /** Bins of the piecewise-linear encoding per numeric input; 0 for none. `auto` follows the number of training rows. */
  readonly bins?: number | "auto";
  readonly category?: CategoryCoding;
  /** How numeric and ordinal inputs are brought to one scale; `standard` when absent. */
  readonly normalisation?: Normalisation;
  /** Labels that statistics of categories are made from; none for a study without targets. */
  readonly labels?: readonly LabelColumn[];
  /** A column whose rows of equal value are not parted by folds: that of a split by group. */
  readonly groups?: Column;
  /** Divides training rows into folds and levels into buckets. */
  readonly seed?: number;
}

/** A fitted encoding and what fitting did to single inputs. */
export interface FittedEncoding {
  readonly encoding: InputEncoding;
  readonly notes: readonly CleaningNote[];
  /** What encodes training rows where their own labels must be kept out; absent where no feature knows any label. */
  readonly crossFit?: CrossFit;
}

/** How training rows are encoded by statistics that their own labels are not part of. */
export interface CrossFit {
  /** The fold of each row of the table, from 1; 0 for rows that are not training rows. */
  readonly foldOf: Int32Array;
  /** For each input coded by statistics, its tables without each fold, `[folds, levels + 1, W]`. */
  readonly withoutFold: ReadonlyMap<string, FittedStatistics["withoutFold"]>;
  /** For each column of the encoded matrix the task whose labels it tells of, undefined for none. */
  readonly tasks: readonly (string | undefined)[];
}

const FOLDS = 5;
const MOST_LEVELS = 50; // levels a category may have to be one-hot by default
const MOST_WORDS = 2000; // terms of one text column, and a quarter of its training rows where these are fewer
const FEW_WORDS = 1000; // which any text column may have
const MOST_TEXT_CELLS = 2 ** 27; // of the encoded matrix that texts may fill: half a gigabyte

/**
 * Fits the encoding of inputs on training rows alone.
 *
 * Numbers: missing values become the training median, then (x − mean) / deviation or what `normalisation` asks for, with piecewise-linear features and,
 * where training rows had missing values, an indicator. Categories: one place for each level by falling frequency; levels
 * of fewer than 2 training rows (fewer than 5 from 1000 training rows on) share the place of unseen values; of more than 50
 * levels, statistics of the tasks' labels (`fitStatistics`). Dates: a trend and their place in the calendar. Text: weights of
 * words. Inputs that are constant or empty in training rows are dropped, identifiers are set aside.
 *
 * @throws {DataError} for an input that is not in the table and when no input remains.
 */
export function fitInputEncoding(
  table: Table,
  inputNames: readonly string[],
  trainRows: Int32Array,
  options: EncodingOptions = {},
): FittedEncoding {
  const { bins = "auto", category = "auto", normalisation, labels = [], seed = 0 } = options;
  const notes: CleaningNote[] = [];
  const columns = inputNames.map((name) => columnOf(table, name));
  const numerics = columns.filter((column) => isNumberColumn(column) && column.type !== "boolean").length;
  const texts = columns.filter(({ type }) => type === "text").length;
  const statistics = new Map<string, FittedStatistics>();
  let drawn: Int32Array | undefined; // only where a column needs statistics
  const foldOf = (): Int32Array => (drawn ??= foldsOf(table.rows, trainRows, seed, options.groups));
  const scales = embeddingScales(table, new Set(inputNames), trainRows);
  const count = bins === "auto" ? binCount(trainRows.length, numerics) : bins;
  const words = mostWords(table.rows, trainRows.length, texts);
  const categoryCoding = (column: StringColumn): InputCoding | undefined => {
    switch (chosenCoding(column, trainRows, category, labels.length > 0)) {
      case "target": {
        const fitted = fitStatistics(
          column,
          trainRows,
          { labels, foldOf: foldOf(), folds: FOLDS } satisfies StatisticsContext,
          notes,
        );
        if (fitted) statistics.set(column.name, fitted);
        return fitted?.coding;
      }
      case "hashing":
        return fitHashing(column, trainRows, seed, notes);
      default:
        return fitCategory(column, trainRows, notes);
    }
  };
  const codingOf = (column: Column): InputCoding | undefined => {
    if (isNumberColumn(column)) {
      if (column.type === "date") return fitDate(column, trainRows, count, notes);
      if (column.type === "embedding") return fitEmbedding(column, trainRows, scales, notes);
      return fitNumber(column, trainRows, count, notes, normalisation);
    }
    if (column.type === "ordinal") return fitOrdinal(column, trainRows, count, notes, normalisation);
    if (column.type === "category") return categoryCoding(column);
    if (column.type === "text") return fitText(column, trainRows, words, notes);
    const detail = `${column.type} columns are no inputs`;
    notes.push({ column: column.name, action: "set aside", detail });
    return undefined;
  };
  const inputs = columns.flatMap((column) => codingOf(column) ?? []);
  if (inputs.length === 0) {
    throw new DataError({
      where: table.source,
      subject: "the inputs",
      problem: "are all constant, empty or set aside",
      fix: "Name fewer columns as tasks or to be ignored, or set the types of columns by hand.",
    });
  }
  const encoding = encodingOf(inputs);
  if (statistics.size === 0) return { encoding, notes };
  const withoutFold = new Map([...statistics].map(([name, fitted]) => [name, fitted.withoutFold]));
  const tasks = inputs.flatMap(
    (coding) =>
      statistics.get(coding.name)?.tasks ?? Array.from({ length: codingWidth(coding) }, () => undefined),
  );
  return { encoding, notes, crossFit: { foldOf: foldOf(), withoutFold, tasks } };
}

function chosenCoding(
  { strings }: StringColumn,
  rows: Int32Array,
  asked: CategoryCoding,
  labelled: boolean,
): Exclude<CategoryCoding, "auto"> {
  if (asked === "target" && !labelled) return "hashing";
  if (asked !== "auto") return asked;
  const least = leastRows(rows.length);
  let levels = 0;
  for (const count of countsOf(Array.from(rows, (row) => strings[row] ?? null)).values())
    if (count >= least) levels++;
  if (levels <= MOST_LEVELS) return "one-hot";
  return labelled ? "target" : "hashing";
}

/** Terms that one of several text columns may have. */
function mostWords(rows: number, trainRows: number, texts: number): number {
  const byRows = Math.min(MOST_WORDS, Math.max(FEW_WORDS, Math.floor(trainRows / 4)));
  return Math.max(10, Math.min(byRows, Math.floor(MOST_TEXT_CELLS / rows / Math.max(1, texts))));
}

/**
 * Divides training rows at random into folds of the same size. Groups stay whole where new rows are of new groups, so that
 * statistics of a level that lies inside one group are as absent in training as they will be later.
 */
function foldsOf(rows: number, trainRows: Int32Array, seed: number, groups?: Column): Int32Array {
  const valueOf = (row: number): number | string | null =>
    groups === undefined ? row : isNumberColumn(groups) ? groups.numbers[row]! : groups.strings[row]!;
  const values = [...new Set(Array.from(trainRows, valueOf))];
  const order = seededRandom(seed, "folds of statistics").shuffle(values);
  const folds = new Map(order.map((value, i) => [value, 1 + (i % FOLDS)]));
  const foldOf = new Int32Array(rows);
  for (const row of trainRows) foldOf[row] = folds.get(valueOf(row))!;
  return foldOf;
}
