import { type CleaningNote, counted, quoted } from "./cleaning.js";
import {
  type ColumnReading,
  decideNumberForm,
  type DecimalContext,
  misfits,
  pointIsDecimal,
  readingNote,
} from "./column-reading.js";
import { decideDateForm } from "./date-reading.js";
import { areWhole, distinctNumbers, presentNumbers } from "./distinct.js";
import { infiniteError, type TextValues } from "./column-text.js";
import { mixedUnits, numberIn } from "./number-form.js";
import { ladderOf } from "./ladders.js";
import { placeOf } from "./raw-table.js";
import {
  hasLeadingZero,
  isInfinite,
  isMissingNumber,
  isMissingSign,
  isNumber,
  namesParts,
  readBoolean,
  readDate,
} from "./spellings.js";
import type { ColumnType } from "./table.js";

/** A decided type, and why when that needs a word. */
export interface TypeDecision {
  readonly type: ColumnType;
  readonly why: string;
  /** For an ordinal of words: its values from the lowest to the highest. */
  readonly order?: readonly string[];
  /** Values to be taken as missing because of the type. */
  readonly isMissing?: (text: string) => boolean;
  /** How its numbers or dates are written where they are not plain. */
  readonly reading?: ColumnReading;
}

const ORDINAL_LEVELS = 20; // whole numbers with more distinct values than this are a measurement
const ROWS_PER_LEVEL = 3; // an ordinal level must be seen about this often to be a level
const ID_ROWS = 10; // in fewer rows, all-distinct values say nothing
const ID_LEVELS = 50; // this many levels, distinct in most rows, name rows rather than group them
const ID_NAME =
  /(?:^|[^a-z])(?:p|u|uu|gu)?id(?:$|[^a-z])|(?:^|[^a-z])(?:key|index|idx|no|nr|row|order|serial|record)$/i;
const CAMEL_ID = /[a-z]I[Dd]$/; // customerId
const CLOCK_NAME =
  /(?:^|[^a-z])(?:time|times|timestamp|seconds?|secs?|ms|millis|milliseconds|elapsed|epoch|unix)(?:$|[^a-z])/i;
const CLOCK_ROWS = 1000; // below this, a time that rises in every row may be the axis of a measured curve
const TIME_NAME = /year|month|week|day|date|time|age|hour|minute|second/i;
const GROUP_WORDS = new Set(
  `type kind category code region zone district province state country nation nationality citizenship continent landmass
  city location site language religion race ethnicity marital gender sex occupation job industry sector department browser
  os system systems device channel brand breed species`.split(/\s+/),
); // words of column names whose whole numbers stand for things without an order
const PLACE_WORDS = new Set("zip zipcode postcode postal plz id".split(" ")); // as above, however many numbers there are
const CODE_DIGITS = 3; // codes of this many digits and more are made of parts, such as 111, 112, 120
const TEXT_WORDS = 4; // mean number of words from which long distinct strings are text

/**
 * Decides what a text column is, from all its values.
 *
 * @throws {DataError} for a column of numbers that has an infinite value.
 */
export function decideText(values: TextValues, notes: CleaningNote[], context: DecimalContext): TypeDecision {
  const levels = [...values.levels.keys()];
  if (levels.length === 0) return { type: "category", why: "no values" };
  const written = levels.filter((text) => !isMissingNumber(text));
  const numbers = levels.filter((text) => isNumber(text) || isInfinite(text));
  const rest = levels.filter((text) => !isNumber(text) && !isInfinite(text));
  const areNumbers = numbers.length > 0 && rest.every(isMissingNumber);
  if (areNumbers && pointIsDecimal(written, context)) return decideNumberText(values, numbers);
  const form = written.length > 0 ? decideNumberForm(written, context) : undefined;
  if (form) {
    notes.push(readingNote(values.name, form.detail));
    const read = (cell: string | null): number => (cell === null ? NaN : (numberIn(cell, form.form) ?? NaN));
    const all = Float64Array.from(values.cells, read);
    const { type, why } = decideNumbers(values.name, all);
    return { type, why, isMissing: isMissingNumber, reading: { numbers: form.form } };
  }
  const mixed = mixedUnits(written);
  if (mixed) {
    const detail = `not read as numbers, since ${quoted(mixed[0])} and ${quoted(mixed[1])} are not in one unit; write all in one, or the unit into a column of its own`;
    notes.push({ column: values.name, action: "doubtful numbers", detail });
  } else if (areNumbers) {
    const detail = "not read as numbers, since they have points and the decimal mark is set to a comma";
    notes.push({ column: values.name, action: "doubtful numbers", detail });
  } else noteDoubtfulNumbers(values, misfits(written, context) ?? (numbers.length > 0 ? rest : []), notes);
  const dates = decideDates(values, written, notes, context);
  if (dates) return dates;
  const signs = levels.filter(isMissingSign);
  const plain = levels.filter((text) => !isMissingSign(text));
  if (plain.length > 0 && signs.length > 0 && plain.every((text) => /[\p{L}\p{N}]/u.test(text))) {
    return { ...decideWords(values, plain), isMissing: isMissingSign };
  }
  return decideWords(values, levels);
}

/** Dates in any form, with missing spellings among them. */
function decideDates(
  values: TextValues,
  written: readonly string[],
  notes: CleaningNote[],
  context: DecimalContext,
): TypeDecision | undefined {
  if (written.length === 0) return undefined;
  const isMissing = isMissingNumber;
  if (written.every((text) => readDate(text) !== undefined))
    return { type: "date", why: "ISO dates", isMissing };
  const dates = decideDateForm(written, context.dates);
  if (dates === undefined) return undefined;
  if (dates !== "undecided") {
    notes.push(readingNote(values.name, dates.detail));
    return { type: "date", why: "dates", isMissing, reading: { dates: dates.form } };
  }
  notes.push({
    column: values.name,
    action: "doubtful dates",
    detail: `not read as dates, since day and month of ${quoted(written[0]!)} cannot be told apart: no value has a day above 12; set dates to day-first or month-first`,
  });
  return undefined;
}

/** Decides what a column of numbers is: numeric, ordinal, category or identifier. */
export function decideNumbers(name: string, numbers: Float64Array): TypeDecision {
  const present = presentNumbers(numbers);
  if (present.length === 0) return { type: "numeric", why: "no values" };
  if (isClock(name, numbers)) {
    return {
      type: "identifier",
      why: "a time that rises in every row, as in a log; set its type to numeric to use it",
    };
  }
  if (!areWhole(present)) return { type: "numeric", why: "" };
  const distinct = distinctNumbers(present);
  if (present.length >= ID_ROWS && distinct.length === numbers.length) {
    if (ID_NAME.test(name) || CAMEL_ID.test(name))
      return { type: "identifier", why: "a different whole number in every row, named like one" };
    if (!TIME_NAME.test(name) && numbers.every((x, i) => i === 0 || x === numbers[i - 1]! + 1)) {
      return { type: "identifier", why: "counts the rows" };
    }
  }
  if (present.length < ROWS_PER_LEVEL * distinct.length) return { type: "numeric", why: "" };
  const codes = distinct.length > 2 ? codesBecause(name, [...distinct]) : undefined;
  if (codes !== undefined) {
    const remedy = "set its type to ordinal or numeric if they are amounts";
    return { type: "category", why: `${distinct.length} distinct whole numbers, ${codes}; ${remedy}` };
  }
  if (distinct.length > ORDINAL_LEVELS) return { type: "numeric", why: "" };
  return { type: "ordinal", why: `${distinct.length} distinct whole numbers` };
}

/** Why whole numbers are codes without an order, in words, from the column's name or from their form; undefined if they are not. */
function codesBecause(name: string, values: readonly number[]): string | undefined {
  const words = name
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/);
  const few = values.length <= ORDINAL_LEVELS;
  if (values.some((x) => x < 0)) return undefined;
  if (words.some((word) => PLACE_WORDS.has(word) || (few && GROUP_WORDS.has(word)))) return "named as groups";
  return few && !TIME_NAME.test(name) && areCodes(values) ? "codes by their digits" : undefined;
}

/** Whether whole numbers have three digits or more, all of them as many, with gaps that are not steps of one size. */
function areCodes(values: readonly number[]): boolean {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  const digits = String(low).length;
  if (digits < CODE_DIGITS || String(high).length !== digits || high - low + 1 === sorted.length)
    return false;
  return sorted.reduce((common, value) => commonDivisor(common, value - low), 0) === 1;
}

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b));

/** A reading of a clock in every row names the row: a model that reads it finds the neighbours of a row in the other parts. */
function isClock(name: string, numbers: Float64Array): boolean {
  const rises = (x: number, i: number): boolean => i === 0 || x > numbers[i - 1]!;
  return numbers.length >= CLOCK_ROWS && CLOCK_NAME.test(name) && numbers.every(rises);
}

function decideNumberText(values: TextValues, numbers: readonly string[]): TypeDecision {
  for (const text of numbers) {
    if (isInfinite(text))
      throw infiniteError(placeOf(values.table, values.levels.get(text)!.first), values.name, text);
  }
  const codes = numbers.find(hasLeadingZero);
  if (codes !== undefined) {
    const why = `numbers with leading zeros, such as ${codes}, are codes`;
    return { ...decideWords(values, numbers), why, isMissing: isMissingNumber };
  }
  const all = Float64Array.from(values.cells, (cell) =>
    cell === null || isMissingNumber(cell) ? Number.NaN : Number(cell),
  );
  return { ...decideNumbers(values.name, all), isMissing: isMissingNumber };
}

function decideWords(values: TextValues, levels: readonly string[]): TypeDecision {
  const lower = new Set(levels.map((text) => text.toLowerCase()));
  if (levels.every((text) => readBoolean(text) !== undefined)) {
    if (lower.has("true") || lower.has("false") || lower.size === 2) return { type: "boolean", why: "" };
  }
  if (namesParts(levels))
    return { type: "identifier", why: "names the parts of a divided table; name it as the split to use it" };
  const order = ladderOf(levels);
  if (order) return { type: "ordinal", why: `words of one ladder, ${order.join(" < ")}`, order };
  const rows = levels.reduce((sum, text) => sum + values.levels.get(text)!.count, 0);
  const words = levels.reduce((sum, text) => sum + text.split(/\s+/).length, 0) / levels.length;
  const share = levels.length / rows;
  const percent = `${Math.round(100 * share)} % of its values are distinct`;
  if (rows >= ID_ROWS && share > 0.5 && words >= TEXT_WORDS)
    return { type: "text", why: `free text: ${percent}` };
  if (
    rows >= ID_ROWS &&
    ((share > 0.5 && levels.length > ID_LEVELS) || (share >= 0.95 && levels.length > ORDINAL_LEVELS))
  ) {
    return { type: "identifier", why: `names rows: ${percent}` };
  }
  return { type: "category", why: "" };
}

/** Says so when nearly all values are numbers: a slip in a few cells turns a measurement into a category. */
function noteDoubtfulNumbers(values: TextValues, rest: readonly string[], notes: CleaningNote[]): void {
  const rows = [...values.levels.values()].reduce((sum, { count }) => sum + count, 0);
  if (rest.length === 0) return;
  const others = rest.reduce((sum, text) => sum + values.levels.get(text)!.count, 0);
  if (others > 0.1 * rows) return;
  const text = rest[0]!;
  const place = placeOf(values.table, values.levels.get(text)!.first);
  notes.push({
    column: values.name,
    action: "doubtful numbers",
    detail: `not read as numbers because of ${counted(others, "value")}, first ${quoted(text)} at ${place}; list it under missing or correct it`,
  });
}
