import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calendarOf } from "../../data/calendar.js";
import { type DateInput, encodingOf } from "../../data/encoding.js";
import { evaluate } from "../../graph/index.js";
import { inputGraph } from "../input-graph.js";

const DAY_MS = 86_400_000;
const [FIRST, LAST] = [Date.UTC(1600, 0, 1), Date.UTC(2400, 11, 31, 23, 59)];
const moment = fc
  .oneof(
    fc.integer({ min: FIRST / 60_000, max: LAST / 60_000 }),
    fc.constantFrom(
      Date.UTC(2000, 1, 29) / 60_000,
      Date.UTC(1900, 1, 28, 23, 59) / 60_000,
      Date.UTC(1900, 2, 1) / 60_000,
      Date.UTC(1969, 11, 31, 23, 59) / 60_000,
      0,
    ),
  )
  .map((minutes) => new Date(minutes * 60_000));

const coding: DateInput = {
  name: "at",
  type: "date",
  fill: 0,
  low: 100,
  high: 300,
  trend: { name: "at", type: "numeric", fill: 0, mean: 100, deviation: 50, indicator: true, edges: [] },
  parts: ["year", "month", "week", "day"],
};

/** Features of moments, in the order of `DateInput`: trend, mark, year, month, week, day. */
function encode(days: readonly number[], inputs: readonly DateInput[] = [coding]): number[][] {
  const { encoded } = inputGraph(encodingOf(inputs));
  const feed = { dtype: "float64", shape: [days.length], data: Float64Array.from(days) } as const;
  const { data, shape } = evaluate({ encoded }, Object.fromEntries(inputs.map(({ name }) => [name, feed])))[
    "encoded"
  ]!;
  return days.map((_, i) => Array.from((data as Float32Array).subarray(i * shape[1]!, (i + 1) * shape[1]!)));
}

/** Days since the last first of March, by the clock of the language. */
function sinceMarch(date: Date): number {
  const year = date.getUTCMonth() >= 2 ? date.getUTCFullYear() : date.getUTCFullYear() - 1;
  return Math.floor((date.getTime() - Date.UTC(year, 2, 1)) / DAY_MS);
}

describe("calendarOf", () => {
  it("is the calendar of Date, from 1600 to 2400, at every minute", () => {
    fc.assert(
      fc.property(moment, (date) => {
        const { time, ...day } = calendarOf(date.getTime() / DAY_MS);
        expect(day).toEqual({
          year: date.getUTCFullYear(),
          month: date.getUTCMonth() + 1,
          day: date.getUTCDate(),
          weekday: (date.getUTCDay() + 6) % 7,
          sinceMarch: sinceMarch(date),
        });
        expect(Math.round(time * 1440)).toBe(date.getUTCHours() * 60 + date.getUTCMinutes());
      }),
      { numRuns: 1000 },
    );
  });
});

describe("dates in the graph", () => {
  it("have the calendar features of Date, from 1600 to 2400, at every minute", () => {
    fc.assert(
      fc.property(fc.array(moment, { minLength: 1, maxLength: 20 }), (dates) => {
        const found = encode(dates.map((date) => date.getTime() / DAY_MS));
        dates.forEach((date, i) => {
          const time = (date.getUTCHours() * 60 + date.getUTCMinutes()) / 1440;
          const wave = (share: number): number[] => [
            Math.sin(2 * Math.PI * share),
            Math.cos(2 * Math.PI * share),
          ];
          const year = (sinceMarch(date) + time) / 365.25;
          const expected = [
            ...wave(year),
            ...wave(2 * year),
            ...wave((date.getUTCDate() - 1) / 31),
            ...Array.from({ length: 7 }, (_, k) => ((date.getUTCDay() + 6) % 7 === k ? 1 : 0)),
            ...wave(time),
            ...wave(2 * time),
          ];
          found[i]!.slice(2).forEach((value, k) => expect(Math.abs(value - expected[k]!)).toBeLessThan(2e-6));
        });
      }),
      { numRuns: 100 },
    );
  });

  it("hold the trend within the training range and mark a missing date, all of whose places are 0", () => {
    const [before, inside, after, missing] = encode([-5000, 150, 9e6, Number.NaN]);
    expect([before, inside, after].map((features) => features!.slice(0, 2))).toEqual([
      [-2, 0],
      [-1, 0],
      [2, 0],
    ]);
    expect(missing).toEqual([-2, 1, ...Array.from({ length: 17 }, () => 0)]);
  });

  it("are the same alone and beside a date of other parts", () => {
    const day: DateInput = {
      ...coding,
      name: "day",
      parts: ["day"],
      trend: { ...coding.trend, name: "day" },
    };
    const none: DateInput = { ...coding, name: "none", parts: [], trend: { ...coding.trend, name: "none" } };
    const [both] = encode([12_345.75], [day, none, coding]);
    const [first, second] = [encode([12_345.75], [day])[0]!, encode([12_345.75])[0]!];
    expect(both).toEqual([...first, ...first.slice(0, 2), ...second]);
  });
});
