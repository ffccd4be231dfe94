import { DataError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import { checkedNumbers, readNumbers, textValues, withMissing } from "./column-text.js";
import type { InputCoding, InputEncoding, NumberInput } from "./encoding.js";
import { numbersAsText } from "./inspect.js";
import { type RawColumn, type RawNumberColumn, type RawTable } from "./raw-table.js";
import { rawFromRows, type Row } from "./raw-rows.js";
import { isMissingSign } from "./spellings.js";
import type { Column, Table } from "./table.js";

/** How rows for a fitted model are read. */
export interface CodedOptions {
  /** Spellings of a missing value beside the empty cell: those of the study the model comes from. */
  readonly missing?: readonly string[];
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
  { missing = [] }: CodedOptions = {},
): Table {
  const byName = new Map(raw.columns.map((column) => [column.name, column]));
  const absent = inputs.map(({ name }) => name).filter((name) => !byName.has(name));
  if (absent.length > 0) throw absentInputs(raw, absent);
  const spellings = new Set(missing);
  const columns = inputs.map((coding) => codedColumn(raw, byName.get(coding.name)!, coding, spellings));
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
  missing: ReadonlySet<string>,
): Column {
  const { name } = coding;
  if (coding.type === "category") {
    const cells = column.kind === "text" ? column.cells : numbersAsText(column);
    const values = textValues(table, { name, kind: "text", cells }, missing);
    const isMissing = (text: string): boolean => isMissingSign(text) && !coding.levels.includes(text);
    return { name, type: "category", strings: withMissing(values, isMissing).cells };
  }
  if (column.kind !== "text") {
    refuseDates(table, column, coding);
    return { name, type: coding.type, numbers: checkedNumbers(table, column, missing) };
  }
  return { name, type: coding.type, numbers: readNumbers(textValues(table, column, missing), coding.type) };
}

function refuseDates({ source }: RawTable, { name, kind }: RawNumberColumn, { type }: NumberInput): void {
  if (kind !== "date" || type === "date") return;
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
