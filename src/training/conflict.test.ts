import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conflict } from "./conflict.js";

const gramianOf = (rows: readonly (readonly number[])[]): Float64Array =>
  Float64Array.from(rows.flatMap((a) => rows.map((b) => a.reduce((sum, x, i) => sum + x * b[i]!, 0))));

describe("the conflict among tasks", () => {
  it("counts the pairs that point against each other and names the smallest cosine", () => {
    const rows = [
      [1, 0],
      [0, 3],
      [-2, 2],
    ];
    const { share, smallest } = conflict(gramianOf(rows));
    expect(share).toBe(1 / 3);
    expect(smallest).toBeCloseTo(-Math.SQRT1_2, 14);
  });

  it("is none for one task, for none, and for gradients of zero", () => {
    expect(conflict(Float64Array.of(4))).toEqual({ share: 0, smallest: 1 });
    expect(conflict(new Float64Array(0))).toEqual({ share: 0, smallest: 1 });
    expect(conflict(new Float64Array(9))).toEqual({ share: 0, smallest: 0 });
  });

  it("does not depend on the lengths of the gradients", () => {
    const entry = fc.integer({ min: -9, max: 9 });
    const row = fc.record({
      direction: fc.array(entry, { minLength: 3, maxLength: 3 }).filter((v) => v.some((x) => x !== 0)),
      size: fc.integer({ min: -30, max: 30 }).map((n) => 2 ** n),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 6 }), (rows) => {
        const plain = conflict(gramianOf(rows.map(({ direction }) => direction)));
        const sized = conflict(gramianOf(rows.map(({ direction, size }) => direction.map((x) => x * size))));
        expect(sized.share).toBe(plain.share);
        expect(sized.smallest).toBeCloseTo(plain.smallest, 12);
      }),
    );
  });
});
