import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formsOf, NUMBER_FORMS, type NumberForm, numberIn } from "./number-form.js";

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
    [["(1)", "(2)"], "brackets around every value, which are labels"],
    [["0,5", "007"], "codes with leading zeros"],
    [["1,5", "2.5"], "two decimal marks"],
    [["12 kg"], "units"],
  ])("finds none for %j: %s", (texts) => {
    expect(formsOf(texts)).toBeUndefined();
  });

  it("takes zeros without a sign among percentages and amounts", () => {
    expect(formsOf(["12 %", "0"])?.percent).toBe(true);
    expect(formsOf(["$5", "0.00"])?.currency).toBe("$");
  });
});
