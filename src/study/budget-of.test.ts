import { describe, expect, it } from "vitest";
import { defaultBudget } from "../training/budget.js";
import { type OptimizerSlug, OPTIMIZERS } from "../training/optimizers/index.js";
import { budgetOf } from "./budget-of.js";
import { DEFAULT_OPTIONS } from "./options.js";

const SLUGS = Object.keys(OPTIMIZERS) as OptimizerSlug[];
const rateOf = (optimizer: OptimizerSlug, learningRate: number | "auto"): number => {
  const { budget, sharing } = DEFAULT_OPTIONS;
  return budgetOf({ sharing, budget: { ...budget, optimizer, learningRate } }, 800).learningRate;
};

describe("the budget of a study", () => {
  it("is the default budget where nothing is set, with batches no larger than the training rows", () => {
    for (const rows of [20, 800, 3000, 9000])
      expect(budgetOf(DEFAULT_OPTIONS, rows)).toEqual({
        ...defaultBudget(rows),
        batch: Math.min(defaultBudget(rows).batch, rows),
      });
  });

  it.each(["adam", "adamw"] as const)("trains %s at exactly the default rate", (optimizer) => {
    expect(rateOf(optimizer, "auto")).toBe(defaultBudget(800).learningRate);
  });

  it.each(SLUGS)(
    "takes the default rate in the units of %s, and a rate that is set as it is",
    (optimizer) => {
      const scaled = defaultBudget(800).learningRate * OPTIMIZERS[optimizer].rateScale;
      expect(rateOf(optimizer, "auto")).toBe(scaled);
      expect(rateOf(optimizer, 0.0123)).toBe(0.0123);
    },
  );

  it("trains once more as asked, or below 20,000 rows", () => {
    const refit = (when: "auto" | "always" | "never", rows: number): boolean =>
      budgetOf({ ...DEFAULT_OPTIONS, budget: { ...DEFAULT_OPTIONS.budget, refit: when } }, rows).refit;
    expect(["auto", "always", "never"].map((when) => refit(when as "auto", 100))).toEqual([
      true,
      true,
      false,
    ]);
    expect(["auto", "always", "never"].map((when) => refit(when as "auto", 29_000))).toEqual([
      false,
      true,
      false,
    ]);
  });
});
