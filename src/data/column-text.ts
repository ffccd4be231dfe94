import { DataError } from "../base/errors.js";
import { carriedText } from "./carried-text.js";
import { type CleaningNote, counted, quoted } from "./cleaning.js";
import type { ColumnReading } from "./column-reading.js";
import { dateFormOf, dateIn } from "./date-form.js";
import { arePlain, knownNumbers } from "./known-numbers.js";
import { listedNumbers } from "./missing.js";
import { NUMBER_FORMS, numberIn } from "./number-form.js";
import { placeOf, type RawNumberColumn, type RawTable, type RawTextColumn } from "./raw-table.js";
import {
  hasLeadingZero,
  isInfinite,
  isMissingNumber,
  isTooLarge,
  isNumber,
  readBoolean,
  readDeclaredBoolean,
} from "./spellings.js";
import type { NumberColumn } from "./table.js";

/** Cells of a text column after trimming, missing ones null, with how often and where first each value occurs. */
export interface TextValues {
  readonly table: RawTable;
  readonly name: string;
  readonly cells: readonly (string | null)[];
  /** Distinct values in order of appearance. */
  readonly levels: ReadonlyMap<string, { count: number; readonly first: number }>;
}

/** Trims cells, takes empty ones and the spellings in `missing` as missing, and makes others such as every runtime carries. */
export function textValues(
  table: RawTable,
  column: RawTextColumn,
  missing: ReadonlySet<string>,
  notes?: CleaningNote[],
): TextValues {
  const levels = new Map<string, { count: number; first: number }>();
  const taken = new Map<string, number>();
  let trimmed = 0;
  const cells = column.cells.map((cell, row) => {
    if (cell === null) return null;
    const text = cell.trim();
    if (text.length !== cell.length) trimmed++;
    if (text === "") return null;
    if (missing.has(text)) {
      taken.set(text, (taken.get(text) ?? 0) + 1);
      return null;
    }
    const level = levels.get(text);
    if (level) {
      level.count++;
      return text;
    }
    const carried = carriedText(text);
    const other = carried === text ? undefined : levels.get(carried);
    if (other) other.count++;
    else levels.set(carried, { count: 1, first: row });
    return carried;
  });
  if (trimmed > 0) notes?.push(trimmedNote(column.name, trimmed));
  notes?.push(...missingNotes(column.name, taken));
  return { table, name: column.name, cells, levels };
}

/** The same values with those that `isMissing` accepts taken as missing, and notes about them. */
export function withMissing(
  values: TextValues,
  isMissing: (text: string) => boolean,
  notes?: CleaningNote[],
): TextValues {
  const levels = new Map(values.levels);
  const taken = new Map<string, number>();
  for (const [text, { count }] of values.levels) {
    if (!isMissing(text)) continue;
    levels.delete(text);
    taken.set(text, count);
  }
  if (taken.size === 0) return values;
  notes?.push(...missingNotes(values.name, taken));
  return {
    ...values,
    levels,
    cells: values.cells.map((cell) => (cell !== null && taken.has(cell) ? null : cell)),
  };
}

/**
 * The numbers of a column in which every cell is empty or a plain number: the common case, without counting values.
 *
 * Numbers listed as missing are numbers here. @returns undefined for any other column: with blanks to trim, missing
 * spellings, leading zeros, values too large.
 */
export function plainNumbers(column: RawTextColumn): Float64Array | undefined {
  const known = knownNumbers(column);
  if (known) return arePlain(known) ? known.numbers : undefined;
  const { cells } = column;
  const numbers = new Float64Array(cells.length).fill(Number.NaN);
  let found = false;
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row]!;
    if (cell === null) continue;
    if (!isNumber(cell) || hasLeadingZero(cell)) return undefined;
    numbers[row] = Number(cell);
    if (isTooLarge(numbers[row]!)) return undefined;
    found = true;
  }
  return found ? numbers : undefined;
}

/**
 * Numbers of a column that its source already holds as such, with those listed in `missing` taken as missing; the column's own where
 * none is.
 *
 * @throws {DataError} for a value that is infinite in single precision.
 */
export function checkedNumbers(
  table: RawTable,
  { name, kind, numbers }: RawNumberColumn,
  missing: ReadonlySet<string>,
  notes?: CleaningNote[],
): Float64Array {
  const taken = new Map<string, number>();
  const listed = kind === "number" ? listedNumbers(missing) : new Map<number, string>();
  let checked = numbers;
  for (let row = 0; row < numbers.length; row++) {
    const x = numbers[row]!;
    const text = listed.size > 0 ? listed.get(x) : undefined;
    if (text !== undefined) {
      taken.set(text, (taken.get(text) ?? 0) + 1);
      if (checked === numbers) checked = numbers.slice();
      checked[row] = Number.NaN;
    } else if (isTooLarge(x)) throw infiniteError(placeOf(table, row), name, String(x));
  }
  notes?.push(...missingNotes(name, taken));
  return checked;
}

/** How values are read as numbers. */
export interface NumberReading {
  readonly type: NumberColumn["type"];
  /** The form of the column's numbers or dates where it is not plain. */
  readonly reading?: ColumnReading | undefined;
  /** Spellings of a missing value; those that are numbers count by value. */
  readonly missing?: ReadonlySet<string>;
}

/**
 * Reads values as numbers of a type; spellings such as `NA` count as missing.
 *
 * @throws {DataError} for the first value that cannot be read or is infinite, with its line.
 */
export function readNumbers(
  values: TextValues,
  { type, reading = {}, missing = new Set() }: NumberReading,
  notes?: CleaningNote[],
): Float64Array {
  const known = new Map<string, number>();
  const read = readers(reading)[type];
  const listed = type === "date" ? new Map<number, string>() : listedNumbers(missing);
  const taken = new Map<string, number>();
  for (const [text, { count, first }] of values.levels) {
    const number = read(text) ?? (isMissingNumber(text) ? Number.NaN : undefined);
    if (number === undefined || isInfinite(text)) throw unreadable(values, text, first, { type, reading });
    if (isTooLarge(number)) throw infiniteError(placeOf(values.table, first), values.name, text);
    if (listed.has(number)) taken.set(text, count);
    known.set(text, listed.has(number) ? Number.NaN : number);
  }
  notes?.push(...missingNotes(values.name, taken));
  return Float64Array.from(values.cells, (cell) => (cell === null ? Number.NaN : known.get(cell)!));
}

/** The error for values that are infinite, in single precision, which no column may hold. */
export function infiniteError(place: string, column: string, text: string): DataError {
  return new DataError({
    where: place,
    subject: `column "${column}"`,
    expected: "a finite number within ±3.4e38",
    got: text,
    fix: `Correct the value, or list ${quoted(text)} under missing.`,
  });
}

type Reader = (text: string) => number | undefined;

function readers({ numbers, dates }: ColumnReading): Readonly<Record<NumberColumn["type"], Reader>> {
  const plain: Reader = (text) => (isNumber(text) ? Number(text) : undefined);
  const number: Reader = numbers ? (text) => numberIn(text, numbers) : plain;
  return {
    numeric: (text) => number(text) ?? readBoolean(text),
    ordinal: (text) => number(text) ?? readBoolean(text),
    boolean: readDeclaredBoolean,
    embedding: number,
    date: (text) => dateIn(text, dates) ?? plain(text),
  };
}

const EXPECTED: Readonly<Record<NumberColumn["type"], string>> = {
  numeric: "a number",
  ordinal: "a number",
  boolean: "true or false",
  embedding: "a number",
  date: "an ISO date such as 2024-03-31",
};

function unreadable(
  values: TextValues,
  text: string,
  first: number,
  { type, reading }: { type: NumberColumn["type"]; reading: ColumnReading },
): DataError {
  const place = placeOf(values.table, first);
  if (isInfinite(text)) return infiniteError(place, values.name, text);
  const { numbers, dates } = reading;
  const expected =
    type === "date" && dates
      ? `a date written ${dates}`
      : type !== "date" && numbers
        ? `a number with ${numbers.decimal === "," ? "a decimal comma" : "a decimal point"}${numbers.unit === undefined ? "" : `, in ${numbers.unit}`}`
        : EXPECTED[type];
  const isOpen = type === "date" && dates === undefined && dateFormOf([text]) === "undecided";
  const other = type === "numeric" && NUMBER_FORMS.some((form) => numberIn(text, form) !== undefined);
  return new DataError({
    where: place,
    subject: `column "${values.name}"`,
    expected,
    got: quoted(text),
    fix: isOpen
      ? "Set dates to day-first or month-first."
      : other
        ? "Write all numbers of the column alike."
        : `Correct the value, or list ${quoted(text)} under missing.`,
  });
}

/** The note about blanks around values. */
export const trimmedNote = (column: string, trimmed: number): CleaningNote => ({
  column,
  action: "trimmed blanks",
  detail: `blanks around ${counted(trimmed, "value")} removed`,
});

/** The notes about values that were taken as missing, and in how many rows each stands. */
export function missingNotes(column: string, taken: ReadonlyMap<string, number>): CleaningNote[] {
  return [...taken].map(([text, count]) => ({
    column,
    action: "taken as missing",
    detail: `${quoted(text)} in ${counted(count, "row")}`,
  }));
}
