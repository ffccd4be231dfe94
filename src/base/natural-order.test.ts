import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { naturalOrder } from "./natural-order.js";

describe("natural order", () => {
  it("counts", () => {
    expect(["b10", "b2", "10", "a", "9", "-1", "b2c", "1.5"].sort(naturalOrder)).toEqual([
      "-1",
      "1.5",
      "9",
      "10",
      "a",
      "b2",
      "b2c",
      "b10",
    ]);
  });

  it("is an order: one way round, and transitive", () => {
    const name = fc.stringMatching(/^[ab0-9. -]{0,5}$/);
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        expect(Math.sign(naturalOrder(a, b))).toBe(-Math.sign(naturalOrder(b, a)) + 0);
        expect(naturalOrder(a, b) === 0).toBe(a === b);
        if (naturalOrder(a, b) < 0 && naturalOrder(b, c) < 0) expect(naturalOrder(a, c)).toBeLessThan(0);
      }),
      { numRuns: 2000 },
    );
  });
});
