import { type CleaningNote, counted, dropped } from "../cleaning.js";
import { calendarOf } from "../calendar.js";
import { writeDate } from "../spellings.js";
import type { NumberColumn } from "../table.js";
import { fitNumber, median, type NumberInput } from "./number.js";

/** Features of a date beside its trend. */
export type DatePart = "year" | "month" | "week" | "day";

/** How many features each part has; see `DATE_PARTS` in the graph. */
export const DATE_PART_WIDTHS: Readonly<Record<DatePart, number>> = { year: 4, month: 2, week: 7, day: 4 };

/** How a date, days since 1970-01-01 in double precision, becomes features. Fitted on training rows only. */
export interface DateInput {
  readonly name: string;
  readonly type: "date";
  /** Replaces a missing date: the training median. */
  readonly fill: number;
  /** Range of training rows: later and earlier dates count as its ends. */
  readonly low: number;
  readonly high: number;
  /** The trend as a number: days since `low`. */
  readonly trend: NumberInput;
  /**
   * What else is told, in this order: `year`, the place in the year; `month`, the place in the month; `week`, the day of the week;
   * `day`, the time of day.
   */
  readonly parts: readonly DatePart[];
}

/** Features of a date: those of its trend, then those of its parts. */
export const dateWidth = ({ trend, parts }: DateInput, trendWidth: (trend: NumberInput) => number): number =>
  trendWidth(trend) + parts.reduce((sum, part) => sum + DATE_PART_WIDTHS[part], 0);

const MONTHS = 12;
const LEAST_DAYS = 15; // days of the month that must occur: fewer are a habit of the calendar, such as month ends

/**
 * Fits the coding of a date column; undefined, with a note, for one that is constant or empty in training rows.
 *
 * A part is told where it varies in training rows and new rows cannot leave what was seen: the place in the year only once
 * every month occurs, since otherwise it is a second trend without an end.
 *
 * @param bins of the piecewise-linear encoding of the trend.
 */
export function fitDate(
  { name, numbers }: NumberColumn,
  rows: Int32Array,
  bins: number,
  notes: CleaningNote[],
): DateInput | undefined {
  const present = Float64Array.from(rows, (row) => numbers[row]!)
    .filter((x) => !Number.isNaN(x))
    .sort();
  if (present.length === 0) return dropped(notes, name, "no value in any training row");
  const [low, high] = [present[0]!, present[present.length - 1]!];
  const missing = rows.length - present.length;
  if (low === high && missing === 0) return dropped(notes, name, `always ${writeDate(low)} in training rows`);
  const fill = median(present, false);
  if (missing > 0) {
    const detail = `${counted(missing, "missing training value")} filled with ${writeDate(fill)}, and marked`;
    notes.push({ column: name, action: "imputed", detail });
  }
  const shifted = { name, type: "numeric", numbers: numbers.map((x) => x - low) } as const;
  const trend = fitNumber(shifted, rows, bins, []);
  return trend && { name, type: "date", fill, low, high, trend, parts: partsOf(present) };
}

function partsOf(present: Float64Array): DatePart[] {
  const months = new Set<number>();
  const days = new Set<number>();
  const weekdays = new Set<number>();
  const times = new Set<number>();
  for (const x of present) {
    const { month, day, weekday, time } = calendarOf(x);
    months.add(month);
    days.add(day);
    weekdays.add(weekday);
    if (times.size < 2) times.add(time);
  }
  const told: Readonly<Record<DatePart, boolean>> = {
    year: months.size === MONTHS,
    month: days.size >= LEAST_DAYS,
    week: weekdays.size > 1,
    day: times.size > 1,
  };
  return (Object.keys(told) as DatePart[]).filter((part) => told[part]);
}
