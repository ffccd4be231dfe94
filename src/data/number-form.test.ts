import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formsOf, mixedUnits, NUMBER_FORMS, type NumberForm, numberIn } from "./number-form.js";

/** Writes a number in a form: an implementation of its own, through Intl's grouping. */
function written(x: number, { decimal, group }: NumberForm, digits: number): string {
  const parts = new Intl.NumberFormat("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: group !== undefined,
  }).formatToParts(x);
  const marks: Readonly<Record<string, string>> = { group: group ?? "", decimal };
  return parts.map(({ type, value }) => marks[type] ?? value).join("");
}

const anyForm = fc.constantFrom(...NUMBER_FORMS);
const amounts = fc.tuple(
  fc.integer({ min: -5_000_000_000, max: 5_000_000_000 }),
  fc.integer({ min: 0, max: 4 }),
);

describe("numberIn", () => {
  it("reads every number back from every form it is written in", () => {
    fc.assert(
      fc.property(amounts, anyForm, ([units, digits], form) => {
        const x = units / 10 ** digits;
        expect(Math.abs(numberIn(written(x, form, digits), form)! - x)).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it("takes signs around the digits without effect, and brackets and minus as negative", () => {
    const point: NumberForm = { decimal: ".", group: "," };
    const texts: Readonly<Record<string, number>> = {
      "12 %": 12,
      "12.5%": 12.5,
      "$1,200": 1200,
      "-$1,200.50": -1200.5,
      "$-3": -3,
      "€ 5": 5,
      "5 €": 5,
      "(1,234)": -1234,
      "($1,234.50)": -1234.5,
      "$(3)": -3,
      "\u22127": -7,
      "1e5": 100000,
      ".5": 0.5,
    };
    for (const [text, value] of Object.entries(texts)) expect(numberIn(text, point), text).toBe(value);
    expect(numberIn("1\u202f234,5", { decimal: ",", group: " " })).toBe(1234.5);
    expect(numberIn("1\u00a0234", { decimal: ".", group: " " })).toBe(1234);
    expect(numberIn("1\u2019234.5", { decimal: ".", group: "'" })).toBe(1234.5);
  });

  it.each([
    "12 kg",
    "0x10",
    "1,23,456",
    "1,2345",
    "01,234",
    "1,,234",
    "--1",
    "$5€",
    "(-1)",
    "1 2",
    "$",
    "%",
    "",
    "1.2.3",
  ])("refuses %j with commas between thousands", (text) =>
    expect(numberIn(text, { decimal: ".", group: "," })).toBeUndefined(),
  );
});

describe("formsOf", () => {
  it("finds among the forms the one in which a column was written", () => {
    fc.assert(
      fc.property(fc.array(amounts, { minLength: 1, maxLength: 20 }), anyForm, (list, form) => {
        const texts = list.map(([units, digits]) => written(units / 10 ** digits, form, digits));
        expect(formsOf(texts)?.forms).toContainEqual(form);
      }),
    );
  });

  it.each([
    [["12 %", "0.5"], "percent signs in some values only"],
    [["$5", "€6"], "two currencies"],
    [["$5", "6"], "a currency in some values only"],
    [["EUR 5", "USD 6"], "two codes"],
    [["EUR 5", "€ 6"], "a code and a sign"],
    [["EURO 5"], "a word that begins with a code"],
    [["eur 5"], "a code in lower case"],
    [["(1)", "(2)"], "brackets around every value, which are labels"],
    [["0,5", "007"], "codes with leading zeros"],
    [["1,5", "2.5"], "two decimal marks"],
    [["12 kg"], "units"],
  ])("finds none for %j: %s", (texts) => {
    expect(formsOf(texts)).toBeUndefined();
  });

  it("finds the unit of a column, before or after its numbers, in any form, and the numbers beside it", () => {
    const units = fc.constantFrom("EUR", "USD", "CHF", "JPY", "$", "US$", "€", "£", "₹", "₩", "kr", "zł");
    const places = fc.constantFrom(
      (text: string, unit: string) => `${unit} ${text}`,
      (text: string, unit: string) => `${unit}${text}`,
      (text: string, unit: string) => `${text} ${unit}`,
      (text: string, unit: string) => `${text}\u00a0${unit}`,
    );
    fc.assert(
      fc.property(
        fc.array(amounts, { minLength: 1, maxLength: 9 }),
        anyForm,
        units,
        places,
        (list, form, unit, place) => {
          const bare = list.map(([whole, digits]) => written(whole / 10 ** digits, form, digits));
          const texts = bare.map((text) => place(text, unit));
          const found = formsOf(texts)!;
          expect(found.unit).toBe(unit);
          expect(found.forms).toContainEqual(form);
          const own = { ...form, unit };
          expect(texts.map((text) => numberIn(text, own))).toEqual(bare.map((text) => numberIn(text, form)));
          const other = { ...form, unit: unit === "€" ? "£" : "€" };
          expect(texts.map((text) => numberIn(text, other))).toEqual(texts.map(() => undefined));
        },
      ),
    );
  });

  it("takes zeros without a sign among percentages and amounts", () => {
    expect(formsOf(["12 %", "0"])?.unit).toBe("%");
    expect(formsOf(["$5", "0.00"])?.unit).toBe("$");
  });
});

describe("mixedUnits", () => {
  it("finds two values in different units, and none where all have one or one is no number", () => {
    expect(mixedUnits(["€ 5", "€ 6", "$7", "EUR 8"])).toEqual(["€ 5", "$7"]);
    expect(mixedUnits(["5", "6 %"])).toEqual(["5", "6 %"]);
    expect(mixedUnits(["0", "6 %"])).toBeUndefined();
    expect(mixedUnits(["€ 5", "low"])).toBeUndefined();
    expect(mixedUnits(["5", "6,5"])).toBeUndefined();
  });
});
