import { describe, expect, it } from "vitest";
import type { SharingArchitecture } from "../model/sharing/architecture.js";
import { ARCHITECTURES, type SharingSlug } from "../model/sharing/index.js";
import { BALANCERS } from "../training/balancers/index.js";
import { checkMethods } from "./check-methods.js";
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
        expect(() => checkMethods(study(slug as StudyOptions["balance"], given), "a.csv")).not.toThrow();
      }
    }
  });

  it.each([
    ["cagrad", { cc: 0.4 }, 'a.csv: "cc" is not an option of balance cagrad. Did you mean "c"?'],
    ["equal", { c: 0.4 }, 'a.csv: "c" is not an option of balance equal. Equal weights has none.'],
    ["cagrad", { c: 7 }, /^a\.csv: "c" must be a number of at least 0 and at most 0\.999, got 7\. It is /],
    ["cagrad", { rescale: 0.5 }, /^a\.csv: "rescale" must be a whole number of at least 0 .*got 0\.5/],
  ] as const)("are refused where %s has no such option or range: %j", (balance, options, message) => {
    expect(() => checkMethods(study(balance, options), "a.csv")).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message) as string }),
    );
  });
});

const shared = (
  architecture: StudyOptions["sharing"]["architecture"],
  options: Readonly<Record<string, number>>,
): StudyOptions => ({
  ...study("equal", {}),
  sharing: { ...DEFAULT_OPTIONS.sharing, architecture, options },
});

describe("the numbers a way of sharing is tuned by", () => {
  it("may be every architecture's own defaults and bounds", () => {
    for (const [slug, { options }] of Object.entries<SharingArchitecture>(ARCHITECTURES)) {
      for (const bound of ["default", "min", "max"] as const) {
        const given = Object.fromEntries(Object.entries(options).map(([name, one]) => [name, one[bound]]));
        expect(() => checkMethods(shared(slug as SharingSlug, given), "a.csv")).not.toThrow();
      }
    }
  });

  it.each([
    ["mmoe", { expert: 4 }, 'a.csv: "expert" is not an option of sharing mmoe. Did you mean "experts"?'],
    ["hard", { experts: 4 }, 'a.csv: "experts" is not an option of sharing hard. Hard sharing has none.'],
    ["mmoe", { experts: 0 }, /^a\.csv: "experts" must be a whole number of at least 1 .*got 0\. It is /],
  ] as const)("are refused where %s has no such option or range: %j", (architecture, options, message) => {
    expect(() => checkMethods(shared(architecture, options), "a.csv")).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message) as string }),
    );
  });
});
