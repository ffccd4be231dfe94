import { readDate, readTime } from "./spellings.js";

/** How the dates of a column are written, beside ISO 8601: the order of their parts; `time` for times of day without a date. */
export type DateForm = "y/m/d" | "d.m.y" | "d/m/y" | "m/d/y" | "d mon y" | "mon d y" | "time";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const FULL = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];
const WEEKDAY = "(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\\.?,? )?";
const NTH = "(?:st|nd|rd|th)?";
const CLOCK =
  "(\\d{1,2}:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?(?: ?[ap]\\.?m\\.?)?(?: ?(?:z|utc|gmt|[+-]\\d{2}(?::?\\d{2})?))?)";
const TIME = `(?:(?: |t|, )${CLOCK})?$`;

/** Pattern of each form, and the places of year, month and day in it; the time of day comes last. */
const FORMS: Readonly<Record<Exclude<DateForm, "time">, readonly [RegExp, number, number, number]>> = {
  "y/m/d": [new RegExp(`^(\\d{4})([/.])(\\d{1,2})\\2(\\d{1,2})${TIME}`, "i"), 1, 3, 4],
  "d.m.y": [new RegExp(`^(\\d{1,2})\\.(\\d{1,2})\\.(\\d{4})${TIME}`, "i"), 3, 2, 1],
  "d/m/y": [new RegExp(`^(\\d{1,2})([/-])(\\d{1,2})\\2(\\d{4})${TIME}`, "i"), 4, 3, 1],
  "m/d/y": [new RegExp(`^(\\d{1,2})([/-])(\\d{1,2})\\2(\\d{4})${TIME}`, "i"), 4, 1, 3],
  "d mon y": [
    new RegExp(`^${WEEKDAY}(\\d{1,2})${NTH}[ -]([a-z]{3,9})\\.?,?[ -](\\d{4})${TIME}`, "i"),
    3,
    2,
    1,
  ],
  "mon d y": [new RegExp(`^${WEEKDAY}([a-z]{3,9})\\.? (\\d{1,2})${NTH},? (\\d{4})${TIME}`, "i"), 3, 1, 2],
};

/** Every form, in the order in which they are tried. */
export const DATE_FORMS = [...(Object.keys(FORMS) as Exclude<DateForm, "time">[]), "time"] as const;

/**
 * Days since 1970-01-01 of a date written in a form, or in ISO 8601; for `time` the share of a day that has gone.
 *
 * Without a zone it is taken as UTC. Undefined for anything else, also for days that do not exist.
 */
export function dateIn(text: string, form: DateForm | undefined): number | undefined {
  if (form === undefined) return readDate(text);
  if (form === "time") return readTime(text);
  const [pattern, year, month, day] = FORMS[form];
  const match = pattern.exec(text);
  if (!match) return readDate(text);
  const days = dayOf(Number(match[year]), monthOf(match[month]!), Number(match[day]));
  const clock = match.at(-1);
  if (days === undefined || clock === undefined) return days;
  const time = readTime(clock, true);
  return time === undefined ? undefined : days + time;
}

/**
 * The form in which every text is a date; undefined where none is.
 *
 * `undecided` where all are dates with the day first and with the month first alike.
 */
export function dateFormOf(texts: readonly string[]): DateForm | "undecided" | undefined {
  const fits = DATE_FORMS.filter((form) =>
    texts.every((text) => dateIn(text, form) !== undefined && readDate(text) === undefined),
  );
  return fits.includes("d/m/y") && fits.includes("m/d/y") ? "undecided" : fits[0];
}

function monthOf(text: string): number {
  if (/^\d/.test(text)) return Number(text);
  const word = text.toLowerCase();
  const short = word === "sept" ? "sep" : word;
  return 1 + (word.length > 3 && short.length > 3 ? FULL.indexOf(word) : MONTHS.indexOf(short));
}

function dayOf(year: number, month: number, day: number): number | undefined {
  const two = (x: number): string => String(x).padStart(2, "0");
  return readDate(`${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`);
}
