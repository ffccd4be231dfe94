import { quoted } from "./cleaning.js";
import { type DateForm, dateFormOf, dateIn } from "./date-form.js";
import { knownNumbers } from "./known-numbers.js";
import type { RawTable } from "./raw-table.js";
import { DAY_MS, isMissingNumber } from "./spellings.js";

/** Which of day and month comes first in `05/03/2024`. */
export type DateOrder = "day-first" | "month-first";

/** What is known of the order of day and month in a table. */
export interface DateContext {
  /** The order set by the study. */
  readonly set?: DateOrder;
  /** The order that other columns of the table show beyond doubt; found when it is asked for. */
  readonly shown: () => DateOrder | undefined;
}

/** The order of day and month in a table, that of its columns found when it is first asked for. */
export function dateContext(table: RawTable, set: DateOrder | undefined): DateContext {
  let shown: { readonly order: DateOrder | undefined } | undefined;
  return {
    ...(set !== undefined && { set }),
    shown: () => {
      shown ??= { order: orderOfTable(table) };
      return shown.order;
    },
  };
}

/**
 * The form of dates and what has to be said about it; `undecided` where day and month cannot be told apart.
 *
 * Where no value has a day above 12, the order set by the study decides; else that which other columns show; else a part that is 1 in
 * every value, over several months and years, is the day: the first of the month.
 */
export function decideDateForm(
  texts: readonly string[],
  context: DateContext,
): { form: DateForm; detail: string } | "undecided" | undefined {
  const found = dateFormOf(texts);
  if (found === undefined) return undefined;
  if (found !== "undecided") {
    const what = found === "time" ? "times of day, as the share of the day" : `dates, ${ORDER[found]}`;
    const since = found === "d/m/y" || found === "m/d/y" ? ", since some day is above 12" : "";
    return { form: found, detail: `${what}${since}: ${shownDate(texts[0]!, found)}` };
  }
  const [order, because] = orderOf(texts, context);
  if (order === undefined) return "undecided";
  const form = FORM[order];
  const remedy = context.set === undefined ? `; set dates to ${OTHER[order]} if that is wrong` : "";
  return { form, detail: `dates, ${ORDER[form]}, ${because}: ${shownDate(texts[0]!, form)}${remedy}` };
}

const FORM = { "day-first": "d/m/y", "month-first": "m/d/y" } as const;
const OTHER: Readonly<Record<DateOrder, DateOrder>> = {
  "day-first": "month-first",
  "month-first": "day-first",
};

function orderOf(texts: readonly string[], { set, shown }: DateContext): [DateOrder?, string?] {
  if (set !== undefined) return [set, "as set by the study"];
  const other = shown();
  if (other !== undefined) return [other, "as in other columns"];
  const first = firstsOfMonths(texts);
  return first === undefined ? [] : [first, "since all are the first of a month"];
}

/** The order in which all dates are the first of a month, where only one is, and the dates are of several months and years. */
function firstsOfMonths(texts: readonly string[]): DateOrder | undefined {
  const parts = texts.map((text) => text.split(/[/\- ]/).map(Number));
  const valuesAt = (place: number): Set<number> => new Set(parts.map((numbers) => numbers[place]!));
  const [first, second, years] = [valuesAt(0), valuesAt(1), valuesAt(2)];
  if (years.size < 2) return undefined;
  if (first.size === 1 && first.has(1) && second.size > 1) return "day-first";
  return second.size === 1 && second.has(1) && first.size > 1 ? "month-first" : undefined;
}

/** The order that columns show beyond doubt; undefined where they do not agree. */
function orderOfTable(table: RawTable): DateOrder | undefined {
  const orders = new Set<DateOrder>();
  for (const column of table.columns) {
    if (column.kind !== "text" || knownNumbers(column)) continue;
    const texts = new Set<string>();
    for (const cell of column.cells) {
      const text = cell?.trim() ?? "";
      if (text !== "" && !isMissingNumber(text)) texts.add(text);
      if (texts.size === SAMPLE) break;
    }
    if (texts.size === 0 || dateFormOf([...texts]) === undefined) continue;
    for (const cell of column.cells) texts.add(cell?.trim() ?? "");
    const form = dateFormOf([...texts].filter((text) => text !== "" && !isMissingNumber(text)));
    if (form === "d/m/y") orders.add("day-first");
    if (form === "m/d/y") orders.add("month-first");
  }
  return orders.size === 1 ? [...orders][0] : undefined;
}

const SAMPLE = 20; // values that show whether a column is one of dates at all

const ORDER: Readonly<Record<Exclude<DateForm, "time">, string>> = {
  "y/m/d": "year, month, day",
  "d.m.y": "day, month, year",
  "d/m/y": "day, month, year",
  "m/d/y": "month, day, year",
  "d mon y": "day, month, year",
  "mon d y": "month, day, year",
};

function shownDate(text: string, form: DateForm): string {
  const days = dateIn(text, form)!;
  const date = new Date(Math.round(days * DAY_MS)).toISOString().slice(0, 10);
  return `${quoted(text)} is ${form === "time" ? days.toFixed(3) : date}`;
}
