import { type CleaningNote, quoted } from "./cleaning.js";
import { DATE_FORMS, type DateForm } from "./date-form.js";
import { type DateContext, dateContext, type DateOrder, decideDateForm } from "./date-reading.js";
import { missingIn, type MissingSpellings } from "./missing.js";
import {
  type ColumnForms,
  formsOf,
  isNumberForm,
  NUMBER_FORMS,
  type NumberForm,
  numberIn,
} from "./number-form.js";
import type { RawTable, RawTextColumn } from "./raw-table.js";
import { isMissingNumber, isNumber, readDate } from "./spellings.js";
import type { TypeSetting } from "./table.js";

/** How the text of a column is read as numbers or dates, where it is not plain; a model keeps it for its inputs and targets. */
export interface ColumnReading {
  readonly numbers?: NumberForm;
  readonly dates?: DateForm;
}

/** Whether a value that comes from outside, such as from a model's card, is a reading. */
export function isReading(value: unknown): value is ColumnReading {
  if (typeof value !== "object" || value === null) return false;
  const { numbers, dates } = value as { readonly numbers?: Partial<NumberForm>; readonly dates?: unknown };
  return (
    (numbers === undefined || isNumberForm(numbers)) &&
    (dates === undefined || (DATE_FORMS as readonly unknown[]).includes(dates))
  );
}

/** What is known of a table's decimal marks, and of its dates. */
export interface DecimalContext {
  /** The mark set by the study. */
  readonly set?: "." | ",";
  /** The mark that other columns of the table show beyond doubt; found when it is asked for. */
  readonly shown: () => "." | "," | undefined;
  /** What divides the cells of delimited text. */
  readonly delimiter?: string;
  readonly dates: DateContext;
}

/** The decimal marks of a table, those of its columns found when they are first asked for. */
export function decimalContext(
  table: RawTable,
  missing: MissingSpellings,
  { decimal, dates }: { readonly decimal?: "." | ","; readonly dates?: DateOrder } = {},
): DecimalContext {
  let shown: { readonly mark: "." | "," | undefined } | undefined;
  return {
    ...(decimal !== undefined && { set: decimal }),
    ...(table.delimiter !== undefined && { delimiter: table.delimiter }),
    shown: () => {
      shown ??= { mark: markOfTable(table, missing) };
      return shown.mark;
    },
    dates: dateContext(table, dates),
  };
}

/** A form, and what has to be said about it. */
export interface NumberDecision {
  readonly form: NumberForm;
  readonly detail: string;
}

/**
 * The form in which all values are numbers; undefined where there is none.
 *
 * `1,234` may be 1234 or 1.234. Where every value leaves that open, the mark set by the study decides; else the mark that
 * other columns show; else a comma is decimal in text divided by `;`, and stands between thousands elsewhere. A point is
 * decimal where nothing speaks for the comma.
 */
export function decideNumberForm(
  texts: readonly string[],
  context: DecimalContext,
): NumberDecision | undefined {
  const found = formsOf(texts);
  const unit = found?.unit ? { unit: found.unit } : {};
  const forms = (found?.forms ?? [])
    .filter(({ decimal }) => decimal === (context.set ?? decimal))
    .map((form): NumberForm => ({ ...form, ...unit }));
  if (found === undefined || forms.length === 0) return undefined;
  const values = forms.map((form) => texts.map((text) => numberIn(text, form)!));
  const open = values.some((other) => other.some((value, i) => value !== values[0]![i]));
  if (forms.length === 1) return { form: forms[0]!, detail: inWords(texts, forms[0]!, found) };
  const shown = context.set ?? context.shown();
  const commas = texts.some((text) => text.includes(","));
  const mark = shown ?? (context.delimiter === ";" && (commas || !open) ? "," : ".");
  const form = forms.find(({ decimal }) => decimal === mark) ?? forms[0]!;
  const doubt = open
    ? `${shown === undefined ? "" : ", as in other columns"}; set decimal if that is wrong`
    : "";
  return { form, detail: inWords(texts, form, found) + doubt };
}

/** Whether plain numbers with points may be thousands instead: all of them such as `12` or `1.234`. */
function mayBeThousands(texts: Iterable<string>): boolean {
  let points = false;
  for (const text of texts) {
    if (!THOUSANDS.test(text)) return false;
    points ||= text.includes(".");
  }
  return points;
}

const THOUSANDS = /^[+-]?(?:\d{1,3}|[1-9]\d{0,2}(?:\.\d{3})+)$/;

/** Whether plain numbers are to be read as they stand: a point is decimal unless the study or the table's other columns say so. */
export function pointIsDecimal(texts: readonly string[], context: DecimalContext): boolean {
  if (context.set === ".") return true;
  if (context.set === ",") return !texts.some((text) => text.includes("."));
  return !mayBeThousands(texts) || context.shown() !== ",";
}

/**
 * As `pointIsDecimal`, for a column of numbers and what they are: few columns have to be looked at closely.
 *
 * @param missing spellings of a missing value that may stand among them.
 */
export function pointIsDecimalIn(
  column: RawTextColumn,
  numbers: Float64Array,
  context: DecimalContext,
  missing: ReadonlySet<string> = new Set(),
): boolean {
  if (context.set === ".") return true;
  if (context.set === undefined && !maybeGrouped(numbers)) return true;
  return pointIsDecimal([...writtenTexts(column, missing)], context);
}

/** What is written in the cells of a column, but for missing values. */
function* writtenTexts({ cells }: RawTextColumn, missing: ReadonlySet<string>): Generator<string> {
  for (const cell of cells) {
    const text = cell?.trim() ?? "";
    if (text !== "" && !isMissingNumber(text) && !missing.has(text)) yield text;
  }
}

/**
 * Whether numbers may all be thousands with a point between: not where all are whole, one is 1000 or more, or one is a fraction
 * below 1 or has more than three decimals.
 */
function maybeGrouped(numbers: Float64Array): boolean {
  let whole = true;
  for (let i = 0; i < numbers.length; i++) {
    const x = numbers[i]!;
    if (Number.isNaN(x)) continue;
    if (Math.abs(x) >= 1000) return false;
    if (Number.isInteger(x)) continue;
    if (Math.abs(x) < 1 || Math.round(x * 1000) / 1000 !== x) return false;
    whole = false;
  }
  return !whole;
}

/** The decimal mark of the first column that shows it beyond doubt; spellings of missing values are left out. */
function markOfTable(table: RawTable, missing: MissingSpellings): "." | "," | undefined {
  for (const column of table.columns) {
    if (column.kind !== "text") continue;
    const mark = shownMark(writtenTexts(column, missingIn(missing, column.name)));
    if (mark !== undefined) return mark;
  }
  return undefined;
}

/** The reading of a column whose type is set by the study; undefined where it is plain. */
export function readingFor(
  type: TypeSetting,
  values: { readonly name: string; readonly texts: readonly string[] },
  context: DecimalContext,
): { readonly reading?: ColumnReading; readonly note?: CleaningNote } {
  const texts = values.texts.filter((text) => !isMissingNumber(text));
  if (texts.length === 0) return {};
  if (type === "date") {
    const dates = texts.every((text) => readDate(text) !== undefined)
      ? undefined
      : decideDateForm(texts, context.dates);
    if (dates === undefined || dates === "undecided") return {};
    return { reading: { dates: dates.form }, note: readingNote(values.name, dates.detail) };
  }
  if (type !== "numeric") return {};
  if (texts.every(isNumber) && pointIsDecimal(texts, context)) return {};
  const decided = decideNumberForm(texts, context);
  if (decided) return { reading: { numbers: decided.form }, note: readingNote(values.name, decided.detail) };
  const numbers = likeliestForm(texts, context);
  return numbers === undefined ? {} : { reading: { numbers } };
}

/** The decimal mark that values show beyond doubt; undefined where they are no numbers, or may be read either way. */
function shownMark(texts: Iterable<string>): "." | "," | undefined {
  let [point, comma] = [true, true];
  for (const text of texts) {
    if (isNumber(text)) {
      comma &&= THOUSANDS.test(text);
      continue;
    }
    const forms = formsOf([text])?.forms ?? [];
    point &&= forms.some(({ decimal }) => decimal === ".");
    comma &&= forms.some(({ decimal }) => decimal === ",");
    if (!point && !comma) return undefined;
  }
  return point === comma ? undefined : point ? "." : ",";
}

/** The form that reads most of the values of a column that is declared to hold numbers. */
function likeliestForm(texts: readonly string[], { set }: DecimalContext): NumberForm | undefined {
  const forms = NUMBER_FORMS.filter(({ decimal }) => set === undefined || decimal === set);
  const counts = forms.map((form) => texts.filter((text) => numberIn(text, form) !== undefined).length);
  const most = Math.max(...counts);
  const plain = texts.filter(isNumber).length;
  return most > plain || set !== undefined ? forms[counts.indexOf(most)] : undefined;
}

/** The values that are no numbers in the form that reads most of them; undefined where most values are no numbers in any. */
export function misfits(texts: readonly string[], context: DecimalContext): readonly string[] | undefined {
  const isForm = (text: string): boolean => NUMBER_FORMS.some((form) => numberIn(text, form) !== undefined);
  const sample = texts.slice(0, SAMPLE);
  if (sample.filter(isForm).length <= sample.length / 2) return undefined;
  const form = likeliestForm(texts, context);
  return form && texts.filter((text) => numberIn(text, form) === undefined);
}

const SAMPLE = 50; // values that show whether a column is one of numbers at all

/** The note about a column's reading. */
export const readingNote = (column: string, detail: string): CleaningNote => ({
  column,
  action: "read as written",
  detail,
});

/** Whether a form's mark between thousands stands in a text. */
const hasGroup =
  ({ group }: NumberForm) =>
  (text: string): boolean =>
    group !== undefined &&
    (group === " "
      ? /\d[ \u00a0\u2007\u2009\u202f]\d/
      : group === "'"
        ? /['\u2019]/
        : new RegExp(`\\${group}`)
    ).test(text);

const GROUPS: Readonly<Record<string, string>> = {
  ",": "commas",
  ".": "points",
  " ": "blanks",
  "'": "apostrophes",
};

function inWords(
  texts: readonly string[],
  form: NumberForm,
  { unit, bracketed, longMinus }: ColumnForms,
): string {
  const said = [
    ...(form.decimal === "," && texts.some((text) => text.includes(",")) ? ["a decimal comma"] : []),
    ...(!texts.some(hasGroup(form)) ? [] : [`${GROUPS[form.group!]} between thousands`]),
    ...(unit === "" ? [] : [unit === "%" ? "a percent sign" : unit]),
    ...(bracketed ? ["brackets for negative amounts"] : []),
    ...(longMinus ? ["the sign − for minus"] : []),
  ];
  const shown = texts.find((text) => !isNumber(text)) ?? texts[0]!;
  return `numbers with ${said.join(", ")}: ${quoted(shown)} is ${numberIn(shown, form)}`;
}
