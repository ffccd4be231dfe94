const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE = /^[+-]?inf(?:inity)?$/i;
const LEADING_ZERO = /^0\d+$/;
const DATE =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;
const TIME =
  /^(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?(?: ?([ap])\.?m\.?)?(?: ?(z|utc|gmt|[+-]\d{2}(?::?\d{2})?))?$/i;
/** Milliseconds in a day of UTC, which has no leap seconds here. */
export const DAY_MS = 86_400_000;

/** Spellings that mean "missing" in a column whose other values are numbers; compared in lower case. */
const MISSING_NUMBERS = new Set(["na", "n/a", "#n/a", "nan", "null", "none", "?", ".", "-", "--"]);

/** Signs that mean "missing" when they stand alone among ordinary categories. */
const MISSING_SIGNS = new Set([".", "?"]);

const BOOLEANS: Readonly<Record<string, number>> = { true: 1, false: 0, t: 1, f: 0 };
const DECLARED_BOOLEANS: Readonly<Record<string, number>> = {
  ...BOOLEANS,
  yes: 1,
  no: 0,
  y: 1,
  n: 0,
  "1": 1,
  "0": 0,
};

/** Names of the parts of a table that was divided for training and testing; compared in lower case. */
const TRAINING_PARTS = new Set(["train", "training"]);
const OTHER_PARTS = new Set(["test", "testing", "val", "valid", "validation", "dev", "holdout"]);

/** True for a decimal number with a point; `inf` and thousands separators are not numbers. */
export const isNumber = (text: string): boolean => NUMBER.test(text);

/** True for numbers that are infinite in single precision, in which models compute. */
export const isTooLarge = (x: number): boolean => !Number.isNaN(x) && !Number.isFinite(Math.fround(x));

/** True for `inf`, `-Infinity` and for numbers too large for single precision, such as `1e999`. */
export const isInfinite = (text: string): boolean =>
  INFINITE.test(text) || (NUMBER.test(text) && isTooLarge(Number(text)));

/** True for `00712`: digits that are a code rather than a number. */
export const hasLeadingZero = (text: string): boolean => LEADING_ZERO.test(text);

/** True for spellings such as `NA`, `null` or `?`, which mean "missing" among numbers. */
export const isMissingNumber = (text: string): boolean => MISSING_NUMBERS.has(text.toLowerCase());

/** True for `.` and `?`, which mean "missing" when they stand alone among categories. */
export const isMissingSign = (text: string): boolean => MISSING_SIGNS.has(text);

/** True for values that all name parts of a divided table, such as `train`, `val` and `test`, with training among them. */
export function namesParts(values: readonly string[]): boolean {
  const lower = values.map((text) => text.toLowerCase());
  return (
    lower.some((text) => TRAINING_PARTS.has(text)) &&
    lower.some((text) => OTHER_PARTS.has(text)) &&
    lower.every((text) => TRAINING_PARTS.has(text) || OTHER_PARTS.has(text))
  );
}

/** 1 for `true` and `t`, 0 for `false` and `f`, in any case; undefined for anything else. */
export const readBoolean = (text: string): number | undefined => own(BOOLEANS, text.toLowerCase());

/** As `readBoolean`, and `yes`/`no`, `y`/`n`, `1`/`0` for a column that is declared to be boolean. */
export const readDeclaredBoolean = (text: string): number | undefined =>
  own(DECLARED_BOOLEANS, text.toLowerCase());

/**
 * An ISO 8601 date or timestamp as days since 1970-01-01, fractional for a time of day.
 *
 * Without a zone it is taken as UTC. Undefined for anything else, also for days that do not exist.
 */
export function readDate(text: string): number | undefined {
  const match = DATE.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const seconds = hour * 3600 + minute * 60 + second + Number(match[7] ?? 0);
  return date.getTime() / DAY_MS + (seconds - zoneSeconds(match[8])) / 86_400;
}

/**
 * A time of day, such as `14:05`, `14:05:30.5` or `2:05 pm`, as the share of the day that has gone.
 *
 * @param zoned also takes a zone, which may lead out of [0, 1).
 */
export function readTime(text: string, zoned = false): number | undefined {
  const match = TIME.exec(text);
  if (!match) return undefined;
  const [hours, minutes, seconds] = [match[1], match[2], match[3]].map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
  ];
  const half = match[5]?.toLowerCase();
  const zone = match[6]?.toLowerCase();
  if (minutes > 59 || seconds > 60 || hours > 23 || (half !== undefined && (hours < 1 || hours > 12)))
    return undefined;
  if (zone !== undefined && !zoned) return undefined;
  const hour = half === undefined ? hours : (hours % 12) + (half === "p" ? 12 : 0);
  const offset = zone === undefined || /[a-z]/.test(zone) ? 0 : zoneSeconds(zone);
  return (hour * 3600 + minutes * 60 + seconds + Number(match[4] ?? 0) - offset) / 86_400;
}

/** Days since 1970-01-01 as an ISO date, with the time when there is one. */
export function writeDate(days: number): string {
  const milliseconds = Math.round(days * DAY_MS);
  if (Math.abs(milliseconds) > 8.64e15) return String(days); // the range of a Date
  const text = new Date(milliseconds).toISOString();
  return milliseconds % DAY_MS === 0 ? text.slice(0, -14) : text;
}

function zoneSeconds(zone: string | undefined): number {
  if (zone === undefined || zone === "Z") return 0;
  const digits = zone.slice(1).replace(":", "");
  const seconds = Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2) || 0) * 60;
  return zone.startsWith("-") ? -seconds : seconds;
}

const own = (table: Readonly<Record<string, number>>, key: string): number | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;
