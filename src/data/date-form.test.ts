import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DATE_FORMS, type DateForm, dateFormOf, dateIn } from "./date-form.js";

const DAY_MS = 86_400_000;

/** Writes a day in a form by way of Intl, with or without leading zeros. */
function written(date: Date, form: Exclude<DateForm, "time">, two: boolean): string {
  const month = (style: "short" | "long"): string =>
    new Intl.DateTimeFormat("en-US", { month: style, timeZone: "UTC" }).format(date);
  const pad = (x: number): string => String(x).padStart(two ? 2 : 1, "0");
  const [y, m, d] = [date.getUTCFullYear(), pad(date.getUTCMonth() + 1), pad(date.getUTCDate())];
  return {
    "y/m/d": `${y}/${m}/${d}`,
    "d.m.y": `${d}.${m}.${y}`,
    "d/m/y": `${d}/${m}/${y}`,
    "m/d/y": `${m}/${d}/${y}`,
    "d mon y": `${d} ${month("short")} ${y}`,
    "mon d y": `${month("long")} ${d}, ${y}`,
  }[form];
}

const anyDay = fc
  .integer({ min: -100_000, max: 100_000 })
  .map((days) => new Date(days * DAY_MS))
  .filter((date) => date.getUTCFullYear() >= 1000);
const anyForm = fc.constantFrom(...DATE_FORMS.filter((form) => form !== "time"));

describe("dateIn", () => {
  it("reads every day back from every form it is written in, with and without a time", () => {
    fc.assert(
      fc.property(
        anyDay,
        anyForm,
        fc.boolean(),
        fc.integer({ min: 0, max: 1439 }),
        (date, form, two, minute) => {
          const text = written(date, form, two);
          const days = date.getTime() / DAY_MS;
          expect(dateIn(text, form)).toBe(days);
          const clock = `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, "0")}`;
          expect(dateIn(`${text} ${clock}`, form)).toBeCloseTo(days + minute / 1440, 9);
        },
      ),
    );
  });

  it("reads weekdays, ordinal numbers, halves of the day and zones", () => {
    const day = 19787; // 2024-03-05
    const texts: readonly (readonly [string, DateForm, number])[] = [
      ["Tue, 5 Mar 2024", "d mon y", day],
      ["5-Mar-2024", "d mon y", day],
      ["5 Sept. 2024", "d mon y", day + 184],
      ["March 5th, 2024", "mon d y", day],
      ["3/5/2024 2:30 PM", "m/d/y", day + 14.5 / 24],
      ["12/5/2024 12:00 am", "d/m/y", day + 68],
      ["2024/03/05 14:00 +02:00", "y/m/d", day + 0.5],
      ["2024-03-05", "d/m/y", day],
      ["18:00", "time", 0.75],
      ["6:00 pm", "time", 0.75],
    ];
    for (const [text, form, days] of texts) expect(dateIn(text, form), text).toBeCloseTo(days, 9);
  });

  it.each([
    ["30.02.2024", "d.m.y"],
    ["31/04/2024", "d/m/y"],
    ["5 Foo 2024", "d mon y"],
    ["05.03.24", "d.m.y"],
    ["5/3-2024", "d/m/y"],
    ["25:00", "time"],
    ["13:00 pm", "time"],
  ] as const)("refuses %s as %s", (text, form) => expect(dateIn(text, form)).toBeUndefined());
});

describe("dateFormOf", () => {
  it("finds the form in which days were written, or leaves day and month undecided where no day is above 12", () => {
    fc.assert(
      fc.property(fc.array(anyDay, { minLength: 1, maxLength: 12 }), anyForm, (days, form) => {
        const found = dateFormOf(days.map((date) => written(date, form, true)));
        const slashed = form === "d/m/y" || form === "m/d/y";
        const plain = !slashed || days.some((date) => date.getUTCDate() > 12);
        expect(found).toBe(plain ? form : "undecided");
      }),
    );
  });

  it("finds none where forms are mixed", () => {
    expect(dateFormOf(["05.03.2024", "2024/03/05"])).toBeUndefined();
    expect(dateFormOf(["13/05/2024", "05/13/2024"])).toBeUndefined();
  });
});
