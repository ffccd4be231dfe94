import fc from "fast-check";
import { sampleStandardDeviation } from "simple-statistics";
import { describe, expect, it } from "vitest";
import { clearlyLower, forgetUnlabelled } from "./row-losses.js";

const loss = fc.integer({ min: 0, max: 1000 }).map((x) => x / 256); // sums of these are exact
const column = fc.integer({ min: 0, max: 20 }).chain((length) =>
  fc.record({
    lower: fc.array(loss, { minLength: length, maxLength: length }),
    than: fc.array(loss, { minLength: length, maxLength: length }),
  }),
);
const clear = (lower: readonly number[], than: readonly number[]): boolean =>
  clearlyLower({ lower: Float32Array.from(lower), than: Float32Array.from(than), tasks: 1 }, 0);

describe("a clearly lower loss", () => {
  it("is lower by more than two standard errors of the paired differences", () => {
    let counted = 0;
    fc.assert(
      fc.property(column, loss, ({ lower, than }, shift) => {
        const differences = than.map((x, i) => x + shift - lower[i]!);
        const [n, sum] = [differences.length, differences.reduce((a, b) => a + b, 0)];
        const error = n > 1 ? sampleStandardDeviation(differences) / Math.sqrt(n) : Number.POSITIVE_INFINITY;
        const [mean, bound] = [sum / n, 2 * error];
        fc.pre(!(Math.abs(mean - bound) < 1e-9 * bound)); // rounding decides
        const found = clear(
          lower,
          than.map((x) => x + shift),
        );
        expect(found).toBe(n > 1 && mean > bound);
        counted += found ? 1 : 0;
      }),
    );
    expect(counted).toBeGreaterThan(10);
  });

  it("is so in one direction at most, and stays so when rows get harder in both epochs or change places", () => {
    fc.assert(
      fc.property(column, fc.array(loss, { minLength: 20, maxLength: 20 }), ({ lower, than }, harder) => {
        expect(clear(lower, than) && clear(than, lower)).toBe(false);
        const plus = (all: readonly number[]): number[] => all.map((x, i) => x + harder[i]!);
        expect(clear(plus(lower), plus(than))).toBe(clear(lower, than));
        if (lower.every((x, i) => x === than[i])) expect(clear(lower, than)).toBe(false);
        if (new Set(lower.map((x, i) => x - than[i]!)).size > 1)
          expect(clear(lower.toReversed(), than.toReversed())).toBe(clear(lower, than));
      }),
    );
  });

  it("is read from a task's own column and its labelled rows alone", () => {
    fc.assert(
      fc.property(column, column, fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }), (a, b, has) => {
        const rows = Math.min(a.lower.length, b.lower.length);
        const each = (f: (row: number) => readonly number[]): Float32Array =>
          Float32Array.from(Array.from({ length: rows }, (_, row) => f(row)).flat());
        const mask = each((row) => [1, has[row] ? 1 : 0]);
        const [lower, than] = [
          each((row) => [a.lower[row]!, b.lower[row]!]),
          each((row) => [a.than[row]!, has[row] ? b.than[row]! : 0]),
        ];
        for (const losses of [lower, than])
          forgetUnlabelled(
            losses,
            mask,
            Int32Array.from({ length: rows }, (_, row) => row),
          );
        const labelled = Array.from({ length: rows }, (_, row) => row).filter((row) => has[row]);
        const of = (values: readonly number[]): number[] => labelled.map((row) => values[row]!);
        expect(clearlyLower({ lower, than, tasks: 2 }, 0)).toBe(
          clear(a.lower.slice(0, rows), a.than.slice(0, rows)),
        );
        expect(clearlyLower({ lower, than, tasks: 2 }, 1)).toBe(clear(of(b.lower), of(b.than)));
      }),
    );
  });

  it("needs two labelled rows", () => {
    expect(clear([], [])).toBe(false);
    expect(clear([1], [9])).toBe(false);
    expect(clear([1, 1], [9, 9])).toBe(true);
  });
});

describe("labels that rows do not have", () => {
  it("are looked up by row, in whatever order the rows are", () => {
    const mask = Float32Array.of(1, 0, 1, 1, 0, 1);
    const losses = Float32Array.of(5, 6, 7, 8);
    forgetUnlabelled(losses, mask, Int32Array.of(2, 0));
    expect([...losses]).toEqual([Number.NaN, 6, 7, Number.NaN]);
  });
});
