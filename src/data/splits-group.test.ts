import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../base/errors.js";
import type { Split, SplitRequest } from "./splits-request.js";
import { splitRows } from "./splits.js";

const by = (strings: readonly (string | null)[], over: Partial<SplitRequest> = {}): SplitRequest => ({
  rows: strings.length,
  kind: "group",
  seed: 0,
  validation: 0.16,
  test: 0.2,
  source: "t.csv",
  column: { name: "person", type: "category", strings },
  ...over,
});
const partsOf = ({ train, validation, test }: Split): Int32Array[] => [train, validation, test];

describe("a split by groups", () => {
  it("never parts a group, keeps every row, and is off by less than the largest group", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 12, maxLength: 60 });
    fc.assert(
      fc.property(sizes, fc.integer(), (groups, seed) => {
        const strings = groups.flatMap((size, i) => Array.from({ length: size }, () => `g${i}`));
        fc.pre(strings.length * 0.16 >= 12);
        const request = by(strings, { seed });
        const parts = partsOf(splitRows(request));
        expect(parts.flatMap((part) => [...part]).sort((a, b) => a - b)).toEqual([...strings.keys()]);
        const held = parts.map((part) => new Set(Array.from(part, (row) => strings[row])));
        expect(held.reduce((sum, set) => sum + set.size, 0)).toBe(groups.length);
        [0.64, 0.16, 0.2].forEach((share, i) => {
          expect(Math.abs(parts[i]!.length - share * strings.length)).toBeLessThan(Math.max(...groups) + 1);
        });
        expect(partsOf(splitRows(request))).toEqual(parts);
      }),
    );
  });

  it("comes within two rows of its shares where sums of group sizes allow", () => {
    const strings = [40, 13, 11, 9, 7, 6, 5, 4, 3, 2].flatMap((size, i) =>
      Array.from({ length: size }, () => `g${i}`),
    );
    for (let seed = 0; seed < 20; seed++) {
      const sizes = partsOf(splitRows(by(strings, { seed }))).map(({ length }) => length);
      [64, 16, 20].forEach((size, i) => expect(Math.abs(sizes[i]! - size)).toBeLessThanOrEqual(2));
    }
  });

  it("puts other groups to the test for another seed, large ones too", () => {
    const strings = Array.from({ length: 40 }, (_, i) => i + 1).flatMap((size) =>
      Array.from({ length: size }, () => `g${size}`),
    );
    const tested = Array.from({ length: 30 }, (_, seed) => splitRows(by(strings, { seed })).test).filter(
      (test) => test.some((row) => strings[row] === "g40"),
    );
    expect(tested.length).toBeGreaterThan(0);
    expect(tested.length).toBeLessThan(30);
  });

  it("holds rows without a value together, and reads numbers as well", () => {
    const strings = Array.from({ length: 60 }, (_, i) => (i % 6 === 0 ? null : `g${i % 20}`));
    const parts = partsOf(splitRows(by(strings)));
    expect(parts.filter((part) => part.some((row) => strings[row] === null))).toHaveLength(1);
    const numbers = Float64Array.from({ length: 60 }, (_, i) => (i % 6 === 0 ? Number.NaN : i % 20));
    const request = by(strings, { column: { name: "person", type: "ordinal", numbers } });
    expect(partsOf(splitRows(request))).toEqual(parts);
  });

  it("leaves no part empty, and refuses fewer groups than parts", () => {
    const three = Array.from({ length: 99 }, (_, i) => `g${Math.min(2, Math.floor(i / 45))}`);
    for (let seed = 0; seed < 10; seed++) {
      const sizes = partsOf(splitRows(by(three, { seed, validation: 0.02, test: 0.02 })));
      expect(sizes.map(({ length }) => length).sort((a, b) => a - b)).toEqual([9, 45, 45]);
    }
    const two = (): Split => splitRows(by(Array.from({ length: 20 }, (_, i) => `g${i % 2}`)));
    expect(two).toThrow(DataError);
    expect(two).toThrow(
      't.csv: split column "person" has 2 different values where at least 3 are needed, one for each part. Use a random split instead.',
    );
  });
});
