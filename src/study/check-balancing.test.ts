import { describe, expect, it } from "vitest";
import { BALANCERS } from "../training/balancers/index.js";
import { checkBalancing } from "./check-balancing.js";
import { DEFAULT_OPTIONS, type StudyOptions } from "./options.js";

const study = (
  balance: StudyOptions["balance"],
  options: Readonly<Record<string, number>>,
): StudyOptions => ({
  ...DEFAULT_OPTIONS,
  data: "a.csv",
  tasks: { a: {}, b: {} },
  balance,
  balancing: { options, heads: "auto" },
});

describe("the numbers a method of balancing is tuned by", () => {
  it("may be every method's own defaults and bounds", () => {
    for (const [slug, { options }] of Object.entries(BALANCERS)) {
      for (const bound of ["default", "min", "max"] as const) {
        const given = Object.fromEntries(Object.entries(options).map(([name, one]) => [name, one[bound]]));
        expect(() => checkBalancing(study(slug as StudyOptions["balance"], given), "a.csv")).not.toThrow();
      }
    }
  });

  it.each([
    ["cagrad", { cc: 0.4 }, 'a.csv: "cc" is not an option of balance cagrad. Did you mean "c"?'],
    ["equal", { c: 0.4 }, 'a.csv: "c" is not an option of balance equal. Equal weights has none.'],
    ["cagrad", { c: 7 }, /^a\.csv: "c" must be a number of at least 0 and at most 0\.999, got 7\. It is /],
    ["cagrad", { rescale: 0.5 }, /^a\.csv: "rescale" must be a whole number of at least 0 .*got 0\.5/],
  ] as const)("are refused where %s has no such option or range: %j", (balance, options, message) => {
    expect(() => checkBalancing(study(balance, options), "a.csv")).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message) as string }),
    );
  });
});
