import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import { folds } from "./splits-folds.js";
import { type SplitRequest, splitRows } from "./index.js";

/** A request over rows of which some share a group. */
const requests = fc
  .record({
    seed: fc.integer({ min: 0, max: 10_000 }),
    rows: fc.integer({ min: 60, max: 400 }),
    groups: fc.integer({ min: 30, max: 300 }),
    strata: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ seed, rows, groups, strata }): SplitRequest & { readonly together: Int32Array } => {
    const random = seededRandom(seed, "rows");
    const column = (name: string) => ({
      name,
      type: "numeric" as const,
      numbers: Float64Array.from({ length: rows }, () => random.integer(3)),
    });
    return {
      rows,
      kind: strata === 0 ? "random" : "stratified",
      seed,
      validation: 0.16,
      test: 0.2,
      source: "rows",
      ...(strata > 0 && { strata: ["a", "b"].slice(0, strata).map(column) }),
      together: Int32Array.from({ length: rows }, () => random.integer(groups)),
    };
  });

/** How many rows the largest group has. */
const largest = ({ together }: { readonly together: Int32Array }): number =>
  Math.max(
    ...new Map([...together].map((group) => [group, together.filter((g) => g === group).length])).values(),
  );

describe("rows kept together", () => {
  it("are in one part of a split, which holds every row once and is off by a hundredth or the largest group at most", () => {
    fc.assert(
      fc.property(requests, (request) => {
        const { train, validation, test } = splitRows(request);
        const parts = [train, validation, test];
        expect(parts.flatMap((part) => [...part]).toSorted((a, b) => a - b)).toEqual(
          Array.from({ length: request.rows }, (_, row) => row),
        );
        const partOf = new Map<number, number>();
        parts.forEach((part, p) => {
          for (const row of part) {
            const group = request.together[row]!;
            expect(partOf.get(group) ?? p).toBe(p);
            partOf.set(group, p);
          }
        });
        const wanted = [1 - 0.16 - 0.2, 0.16, 0.2].map((share) => share * request.rows);
        parts.forEach((part, p) => {
          expect(Math.abs(part.length - wanted[p]!)).toBeLessThanOrEqual(
            Math.max(1 + 0.01 * wanted[p]!, largest(request)) + 1,
          );
        });
      }),
      { numRuns: 60 },
    );
  });

  it("are never both tested and learned from in a fold", () => {
    fc.assert(
      fc.property(requests, (request) => {
        const found = folds(request, 4);
        expect(found.flatMap(({ split }) => [...split.test]).length).toBe(request.rows);
        for (const { split } of found) {
          const of = (rows: Int32Array): Set<number> =>
            new Set(Array.from(rows, (row) => request.together[row]!));
          const [learned, chosen, tested] = [of(split.train), of(split.validation), of(split.test)];
          expect([...tested].filter((group) => learned.has(group) || chosen.has(group))).toEqual([]);
          expect([...chosen].filter((group) => learned.has(group))).toEqual([]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("are divided as rows by themselves are where no two share a group", () => {
    fc.assert(
      fc.property(requests, (given) => {
        const alone = Int32Array.from({ length: given.rows }, (_row, row) => row);
        const { together, ...request } = given;
        expect(together).toHaveLength(request.rows);
        expect(splitRows({ ...request, together: alone })).toEqual(splitRows(request));
      }),
      { numRuns: 20 },
    );
  });

  it("are refused where there are fewer groups than parts", () => {
    const request = { rows: 30, kind: "random", seed: 0, validation: 0.2, test: 0.2, source: "t" } as const;
    expect(() => splitRows({ ...request, together: new Int32Array(30) })).toThrow(
      "t: rows kept together where their inputs are equal are all of one group, where at least 3 are needed. Set --duplicates free.",
    );
  });
});
