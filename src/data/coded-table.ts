import { DataError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import type { ColumnReading } from "./column-reading.js";
import { checkedNumbers, readNumbers, textValues, withMissing } from "./column-text.js";
import { feedType, type InputCoding, type InputEncoding } from "./encoding.js";
import { numbersAsText } from "./typed-column.js";
import { codedNumbers } from "./numbers-among-missing.js";
import { missingIn, type MissingSpellings } from "./missing.js";
import { type RawColumn, type RawNumberColumn, type RawTable } from "./raw-table.js";
import { rawFromRows, type Row } from "./raw-rows.js";
import { isMissingNumber, isMissingSign } from "./spellings.js";
import type { Column, NumberColumn, StringColumn, Table } from "./table.js";

/** How rows for a fitted model are read. */
export interface CodedOptions {
  /** Spellings of a missing value beside the empty cell: those of the study the model comes from. */
  readonly missing?: MissingSpellings;
  /** How columns of text are read where that is not plain: as in the table the model comes from. */
  readonly readings?: Readonly<Record<string, ColumnReading>>;
}

/**
 * Reads a raw table for a fitted model: just its inputs, each with the type the model has for it. Nothing is inferred;
 * other columns are ignored.
 *
 * @throws {DataError} for inputs that are not in the table (all are named) and for a value that cannot be read as the
 * model's type, with its line.
 */
export function codedTable(
  raw: RawTable,
  inputs: readonly InputCoding[],
  { missing = [], readings = {} }: CodedOptions = {},
): Table {
  const byName = new Map(raw.columns.map((column) => [column.name, column]));
  const absent = inputs.map(({ name }) => name).filter((name) => !byName.has(name));
  if (absent.length > 0) throw absentInputs(raw, absent);
  const columns = inputs.map((coding) => {
    const { name } = coding;
    const reading = Object.hasOwn(readings, name) ? readings[name] : undefined;
    return codedColumn(raw, byName.get(name)!, coding, { missing: missingIn(missing, name), reading });
  });
  return { source: raw.source, rows: raw.rows, columns };
}

/**
 * Reads objects as rows for a fitted model; a property that an object lacks is missing, and one that is no input is ignored.
 *
 * @throws {DataError} as `codedTable`.
 */
export function rowsToTable(
  rows: readonly Row[],
  encoding: InputEncoding,
  options: CodedOptions & { readonly source?: string } = {},
): Table {
  const inputs = new Set(encoding.inputs.map(({ name }) => name));
  return codedTable(rawFromRows(rows, options.source, inputs), encoding.inputs, options);
}

function codedColumn(
  table: RawTable,
  column: RawColumn,
  coding: InputCoding,
  { missing, reading }: { missing: ReadonlySet<string>; reading: ColumnReading | undefined },
): Column {
  const { name } = coding;
  if (feedType(coding) === "string") {
    const cells = column.kind === "text" ? column.cells : numbersAsText(column);
    const values = textValues(table, { name, kind: "text", cells }, missing);
    const type = coding.type as StringColumn["type"]; // a model takes strings for these alone
    return { name, type, strings: withMissing(values, missingSpelling(coding)).cells };
  }
  const type = coding.type === "category" ? "numeric" : (coding.type as NumberColumn["type"]); // and numbers for the others
  const known = column.kind === "text" && !reading && type !== "boolean" && type !== "date";
  const numbers =
    column.kind === "text"
      ? (known && codedNumbers(column, missing)) ||
        readNumbers(textValues(table, column, missing), { type, reading, missing })
      : checkedNumbers(table, refuseDates(table, column, type), missing);
  if (coding.type !== "category") return { name, type, numbers };
  return { name, type: "category", strings: numbersAsText({ name, kind: "number", numbers }), codes: true };
}

/**
 * Which texts mean "missing" to a coding beside the spellings of the study: signs that are no level of a category, as in
 * reading a table to learn from.
 */
export function missingSpelling(coding: InputCoding): (text: string) => boolean {
  if (coding.type === "category") {
    const levels = new Set(coding.levels);
    return (text) => isMissingSign(text) && !levels.has(text);
  }
  if (coding.type === "text") return isMissingSign;
  const order = new Set("order" in coding ? coding.order : []);
  return (text) => isMissingNumber(text) && !order.has(text);
}

function refuseDates(
  { source }: RawTable,
  column: RawNumberColumn,
  type: NumberColumn["type"],
): RawNumberColumn {
  const { name, kind } = column;
  if (kind !== "date" || type === "date") return column;
  const expected = type === "boolean" ? "booleans" : "numbers";
  throw new DataError({ where: source, subject: `column "${name}"`, expected, got: "dates" });
}

function absentInputs(raw: RawTable, absent: readonly string[]): DataError {
  const names = raw.columns.map(({ name }) => name);
  const one = absent.length === 1;
  return new DataError({
    where: raw.source,
    subject: `${one ? "column" : "columns"} ${absent.map((name) => `"${name}"`).join(", ")}`,
    problem: `${one ? "is an input" : "are inputs"} of the model but ${one ? "is" : "are"} not in the table`,
    fix:
      (one && didYouMean(absent[0]!, names)) ||
      `The table has ${names.slice(0, 20).join(", ") || "no columns"}.`,
  });
}
