import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultBudget } from "./budget.js";

describe("the default budget", () => {
  it("never grows in epochs, patience or members, nor shrinks in batch, with more rows", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 0, max: 100_000 }),
        (rows, more) => {
          const [small, large] = [defaultBudget(rows), defaultBudget(rows + more)];
          expect(large.epochs).toBeLessThanOrEqual(small.epochs);
          expect(large.patience).toBeLessThanOrEqual(small.patience);
          expect(large.members).toBeLessThanOrEqual(small.members);
          expect(large.batch).toBeGreaterThanOrEqual(small.batch);
        },
      ),
    );
  });

  it("trains again with the validation rows below 20,000 rows, and tells members apart at the output where many rows are wide", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 600 }), (rows, width) => {
        const { refit, adapter, patience, epochs } = defaultBudget(rows, width);
        expect(refit).toBe(rows < 20_000);
        expect(adapter).toBe(rows >= 5000 && width > 256 ? "output" : "input");
        expect(patience).toBeLessThan(epochs);
      }),
    );
  });
});
