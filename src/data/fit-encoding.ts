import { DataError } from "../base/errors.js";
import type { CleaningNote } from "./cleaning.js";
import { binCount } from "./edges.js";
import { fitNumber } from "./encoders/number.js";
import { fitCategory } from "./encoders/one-hot.js";
import { encodingOf, type InputCoding, type InputEncoding } from "./encoding.js";
import { type Column, columnOf, isNumberColumn, type Table } from "./table.js";

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
    const coding = fitColumn(column, trainRows, count, notes);
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

/** The coding of one column by its type; undefined, with a note, for one that is no input. */
function fitColumn(
  column: Column,
  rows: Int32Array,
  bins: number,
  notes: CleaningNote[],
): InputCoding | undefined {
  if (isNumberColumn(column)) return fitNumber(column, rows, bins, notes);
  if (column.type === "category") return fitCategory(column, rows, notes);
  const detail = `${column.type} columns are no inputs`;
  notes.push({ column: column.name, action: "set aside", detail });
  return undefined;
}
