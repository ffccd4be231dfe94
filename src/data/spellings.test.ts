import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isInfinite, isNumber, namesParts, readDate, writeDate } from "./spellings.js";

describe("spellings", () => {
  it("reads back every date it writes, to the millisecond", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true }),
        (date) => {
          const days = date.getTime() / 86_400_000;
          expect(Math.abs(readDate(writeDate(days))! - days)).toBeLessThan(1e-8);
        },
      ),
    );
  });

  it("refuses dates and times that do not exist", () => {
    const texts = [
      "2024-02-30",
      "2024-13-01",
      "2024-00-10",
      "2024-01-01T24:00",
      "2024-01-01T10:60",
      "24-01-01",
      "2024/01/01",
      "2024-01-01T",
    ];
    expect(texts.filter((text) => readDate(text) !== undefined)).toEqual([]);
    expect(readDate("2024-02-29")).toBe(19782);
  });

  it("takes as numbers exactly what is written as a decimal number with a point", () => {
    const numbers = ["0", "-1.5", "+2.", ".5", "1e5", "1E-5"];
    const others = ["", "1,5", "1 000", "0x10", "1_000", "1e", ".", "-", "NaN", "inf", "1.2.3", "１"];
    expect([...numbers, ...others].filter(isNumber)).toEqual(numbers);
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => isNumber(String(x))));
  });

  it("knows the names of a divided table's parts, in any case and order, and only with training among them", () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(["Test", "val", "VALIDATION", "dev", "holdout"], { minLength: 1 }),
        fc.constantFrom("train", "Training"),
        (others, training) => {
          expect(namesParts([...others, training])).toBe(true);
          expect(namesParts([training, ...others, "bus"])).toBe(false);
          expect(namesParts(others)).toBe(false);
          expect(namesParts([training])).toBe(false);
        },
      ),
    );
  });

  it("tells infinite values", () => {
    expect(["inf", "-Infinity", "1e999", "1e39", "1e38", "info"].filter(isInfinite)).toEqual([
      "inf",
      "-Infinity",
      "1e999",
      "1e39",
    ]);
  });
});
