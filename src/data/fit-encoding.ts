import { DataError } from "../base/errors.js";
import { type CleaningNote, counted } from "./cleaning.js";
import {
  type CategoryInput,
  encodingOf,
  type InputCoding,
  type InputEncoding,
  type NumberInput,
} from "./encoding.js";
import { binCount, piecewiseEdges } from "./edges.js";
import { countsOf, shortNumber } from "./profile.js";
import { columnOf, isNumberColumn, type NumberColumn, type StringColumn, type Table } from "./table.js";
import { writeDate } from "./spellings.js";

/** How inputs are encoded. */
export interface EncodingOptions {
  /** Bins of the piecewise-linear encoding per numeric input; 0 for none. `auto` follows the number of training rows. */
  readonly bins?: number | "auto";
}

/** A fitted encoding and what fitting did to single inputs. */
export interface FittedEncoding {
  readonly encoding: InputEncoding;
  readonly notes: readonly CleaningNote[];
}

/**
 * Fits the encoding of inputs on training rows alone.
 *
 * Numbers: missing values become the training median, then (x − mean) / deviation, with piecewise-linear features and,
 * where training rows had missing values, an indicator. Categories: one place for each level by falling frequency; levels
 * of fewer than 2 training rows (fewer than 5 from 1000 training rows on) share the place of unseen values. Inputs that
 * are constant or empty in training rows are dropped, identifiers and text are set aside.
 *
 * @throws {DataError} for an input that is not in the table and when no input remains.
 */
export function fitInputEncoding(
  table: Table,
  inputNames: readonly string[],
  trainRows: Int32Array,
  { bins = "auto" }: EncodingOptions = {},
): FittedEncoding {
  const notes: CleaningNote[] = [];
  const columns = inputNames.map((name) => columnOf(table, name));
  const numerics = columns.filter((column) => isNumberColumn(column) && column.type !== "boolean").length;
  const count = bins === "auto" ? binCount(trainRows.length, numerics) : bins;
  const inputs: InputCoding[] = [];
  for (const column of columns) {
    const coding = isNumberColumn(column)
      ? fitNumber(column, trainRows, count, notes)
      : fitCategory(column, trainRows, notes);
    if (coding) inputs.push(coding);
  }
  if (inputs.length === 0) {
    throw new DataError({
      where: table.source,
      subject: "the inputs",
      problem: "are all constant, empty or set aside",
      fix: "Name fewer columns as tasks or to be ignored, or set the types of columns by hand.",
    });
  }
  return { encoding: encodingOf(inputs), notes };
}

function fitNumber(
  column: NumberColumn,
  rows: Int32Array,
  bins: number,
  notes: CleaningNote[],
): NumberInput | undefined {
  const { name, type } = column;
  const picked = Float64Array.from(rows, (row) => column.numbers[row]!);
  const present = picked.filter((x) => !Number.isNaN(x)).sort();
  if (present.length === 0) return drop(notes, name, "no value in any training row");
  const fill = median(present, type === "boolean");
  const filled = picked.map((x) => (Number.isNaN(x) ? fill : x));
  const missing = picked.length - present.length;
  const constant = Math.fround(present[0]!) === Math.fround(present[present.length - 1]!);
  if (constant && missing === 0) {
    return drop(notes, name, `always ${writeValue(fill, type)} in training rows`);
  }
  if (missing > 0) {
    const detail = `${counted(missing, "missing training value")} filled with ${writeValue(fill, type)}, and marked`;
    notes.push({ column: name, action: "imputed", detail });
  }
  const { mean, deviation } = constant ? { mean: fill, deviation: 1 } : moments(filled);
  return {
    name,
    type,
    fill,
    mean,
    deviation,
    indicator: missing > 0,
    edges: type === "boolean" ? [] : piecewiseEdges(present, bins),
  };
}

function fitCategory(
  column: StringColumn,
  rows: Int32Array,
  notes: CleaningNote[],
): CategoryInput | undefined {
  const { name } = column;
  if (column.type !== "category") {
    const detail = `${column.type} columns are no inputs`;
    notes.push({ column: name, action: "set aside", detail });
    return undefined;
  }
  const picked = Array.from(rows, (row) => column.strings[row] ?? null);
  const counts = countsOf(picked);
  if (counts.size === 0) return drop(notes, name, "no value in any training row");
  const hasMissing = picked.includes(null);
  if (counts.size === 1 && !hasMissing)
    return drop(notes, name, `always "${[...counts.keys()][0]}" in training rows`);
  const least = rows.length >= 1000 ? 5 : 2;
  const ranked = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const levels = ranked.filter(([, count]) => count >= least).map(([level]) => level);
  const rare = ranked.length - levels.length;
  if (levels.length === 0) return drop(notes, name, `no value in as many as ${least} training rows`);
  if (rare > 0) {
    const detail = `${counted(rare, "level")} in fewer than ${least} training rows counted as unseen`;
    notes.push({ column: name, action: "merged rare levels", detail });
  }
  return { name, type: "category", levels: hasMissing ? [...levels, ""] : levels };
}

function drop(notes: CleaningNote[], column: string, detail: string): undefined {
  notes.push({ column, action: "dropped", detail });
  return undefined;
}

/** Median of ascending values; for booleans the lower of two middle ones, which is again a boolean. */
function median(sorted: Float64Array, whole: boolean): number {
  const middle = (sorted.length - 1) / 2;
  const low = sorted[Math.floor(middle)]!;
  return whole ? low : (low + sorted[Math.ceil(middle)]!) / 2;
}

/** Mean and population deviation, in two passes. */
function moments(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

const writeValue = (x: number, type: NumberColumn["type"]): string =>
  type === "date" ? writeDate(x) : type === "boolean" ? String(x === 1) : shortNumber(x);
