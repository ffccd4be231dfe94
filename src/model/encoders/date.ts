import type { DateInput, DatePart } from "../../data/encoding.js";
import {
  type Tensor,
  add,
  cast,
  constant,
  cos,
  div,
  equal,
  floor,
  gather,
  isNaN,
  maximum,
  minimum,
  mul,
  reshape,
  scalar,
  sin,
  sub,
  where,
} from "../../graph/index.js";
import { type Block, indices, side } from "./block.js";

/** Raw dates as days since the first training day, float32, held within the range of training rows; NaN where missing. */
export function trendOf({ low, high }: DateInput, raw: Tensor): Tensor {
  const held = minimum(maximum(raw, double(low)), double(high));
  return cast(where(isNaN(raw), raw, sub(held, double(low))), "float32");
}

/**
 * Calendar features of all date columns at once, by the arithmetic of `calendarOf` in double precision: `year` and `day` as
 * two sine and cosine pairs, of one and of two rounds; `month` as one pair; `week` as one place for each day from Monday on.
 * All are 0 where the date is missing.
 */
export function calendarBlocks(columns: readonly { coding: DateInput; raw: Tensor }[]): Block[] {
  const told = columns.filter(({ coding }) => coding.parts.length > 0);
  if (told.length === 0) return [];
  const raw = side(told.map((column) => reshape(column.raw, ["batch", 1]))); // [batch, F]
  const missing = isNaN(raw);
  const days = where(missing, doubles(told.map(({ coding }) => coding.fill)), raw);
  const places = calendar(days);
  const wanted = (part: DatePart): number[] =>
    told.flatMap(({ coding }, i) => (coding.parts.includes(part) ? [i] : []));
  return (["year", "month", "week", "day"] as const).flatMap((part): Block[] => {
    const which = wanted(part);
    if (which.length === 0) return [];
    const pick = (x: Tensor): Tensor => (which.length === told.length ? x : gather(x, indices(which), 1));
    const names = which.map((i) => told[i]!.coding.name);
    const columns = part === "week" ? weekdays(pick(places.week)) : waves(pick(places[part]), ROUNDS[part]);
    const absent = pick(missing);
    const features = columns.map((one) => where(absent, scalar(0, "float32"), one));
    return features.map((one) => ({ features: one, owners: names }));
  });
}

const ROUNDS = { year: 2, month: 1, day: 2 } as const;

/** Places in the year, month and day as shares of a round, and the day of the week from 0 for Monday, `[batch, F]` float64. */
function calendar(days: Tensor): Record<DatePart, Tensor> {
  const whole = floor(days);
  const shifted = add(whole, double(719_468)); // days since 0000-03-01
  const dayOfEra = sub(shifted, mul(over(shifted, 146_097), double(146_097)));
  const leaps = add(
    sub(over(dayOfEra, 36_524), over(dayOfEra, 1460)),
    mul(over(dayOfEra, 146_096), double(-1)),
  );
  const yearOfEra = over(add(dayOfEra, leaps), 365);
  const before = sub(add(mul(yearOfEra, double(365)), over(yearOfEra, 4)), over(yearOfEra, 100));
  const sinceMarch = sub(dayOfEra, before);
  const month = over(add(mul(sinceMarch, double(5)), double(2)), 153);
  const day = sub(sinceMarch, over(add(mul(month, double(153)), double(2)), 5)); // from 0
  const time = sub(days, whole);
  const monday = add(whole, double(3)); // 1970-01-01 was a Thursday
  return {
    year: div(add(sinceMarch, time), double(365.25)),
    month: div(day, double(31)),
    week: sub(monday, mul(over(monday, 7), double(7))),
    day: time,
  };
}

/** Sine and cosine of shares of a round, and of twice the angle for two rounds; float32. */
function waves(shares: Tensor, rounds: number): Tensor[] {
  return Array.from({ length: rounds }, (_, k) => {
    const angle = cast(mul(shares, double(2 * Math.PI * (k + 1))), "float32");
    return [sin(angle), cos(angle)];
  }).flat();
}

const weekdays = (week: Tensor): Tensor[] =>
  Array.from({ length: 7 }, (_, day) => cast(equal(week, double(day)), "float32"));

const over = (x: Tensor, by: number): Tensor => floor(div(x, double(by)));

const double = (x: number): Tensor => scalar(x, "float64");

const doubles = (values: readonly number[]): Tensor =>
  constant({ dtype: "float64", shape: [1, values.length], data: Float64Array.from(values) });
