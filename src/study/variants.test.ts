import { describe, expect, it } from "vitest";
import { withDefaults } from "./schema-complete.js";
import { studyOfVariant, variantsFromFlags } from "./variants.js";

const study = withDefaults({
  data: "a.csv",
  tasks: { a: {}, b: {} },
  balance: "cagrad",
  balancing: { options: { c: 0.7 }, heads: "own" },
});

describe("variants", () => {
  it("are read from a list of methods with their options", () => {
    expect(variantsFromFlags({ balance: "equal, cagrad:c=0.3" }, "compare")).toEqual([
      { name: "equal", settings: { balance: "equal", balancing: { options: {} } } },
      { name: "cagrad:c=0.3", settings: { balance: "cagrad", balancing: { options: { c: 0.3 } } } },
    ]);
    expect(variantsFromFlags({}, "compare")).toEqual([]);
  });

  it("refuse unknown methods and options that are no numbers, with what is near", () => {
    expect(() => variantsFromFlags({ balance: "pcgrd" }, "compare")).toThrow(/Did you mean "pcgrad"/);
    for (const balance of ["cagrad:c", "cagrad:c=", "cagrad:=1", "cagrad:c=x"])
      expect(() => variantsFromFlags({ balance }, "compare")).toThrow(/must be METHOD:NAME=NUMBER/);
  });

  it("lie over the study; options of its method go to that method alone", () => {
    const of = (balance: string): unknown => {
      const [variant] = variantsFromFlags({ balance }, "compare");
      return studyOfVariant(study, variant!).balancing;
    };
    expect(of("cagrad")).toEqual({ options: { c: 0.7 }, heads: "own" });
    expect(of("cagrad:c=0.1")).toEqual({ options: { c: 0.1 }, heads: "own" });
    expect(of("pcgrad")).toEqual({ options: {}, heads: "own" });
  });
});
