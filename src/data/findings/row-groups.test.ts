import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Column } from "../table.js";
import { groupEqualRows, groupSizes } from "./row-groups.js";

const number = fc.constantFrom(0, -0, 1, 2, 1e-300, Number.NaN, 0.1, -1);
const text = fc.constantFrom("a", "b", "", null);
const rows = fc.array(fc.tuple(number, text, number), { maxLength: 40 });
const columnsOf = (cells: readonly (readonly [number, string | null, number])[]): Column[] => [
  { name: "x", type: "numeric", numbers: Float64Array.from(cells, ([x]) => x) },
  { name: "c", type: "category", strings: cells.map(([, c]) => c) },
  { name: "y", type: "ordinal", numbers: Float64Array.from(cells, ([, , y]) => y) },
];

describe("groups of equal rows", () => {
  it("are those of equal cells, 0 and −0 alike, counted by first appearance", () => {
    fc.assert(
      fc.property(rows, (cells) => {
        const { groupOf, first } = groupEqualRows(columnsOf(cells), cells.length);
        const keys = cells.map(([x, c, y]) => JSON.stringify([String(x + 0), c, String(y + 0)]));
        const distinct = [...new Set(keys)];
        expect([...groupOf]).toEqual(keys.map((key) => distinct.indexOf(key)));
        expect([...first]).toEqual(distinct.map((key) => keys.indexOf(key)));
        const sizes = groupSizes({ groupOf, first });
        expect([...sizes]).toEqual(distinct.map((key) => keys.filter((one) => one === key).length));
      }),
    );
  });

  it("keep 200,000 different rows apart that differ in one bit somewhere", () => {
    const n = 200_000;
    const numbers = Float64Array.from({ length: n }, (_, i) => 1 + i * Number.EPSILON);
    const { first } = groupEqualRows([{ name: "x", type: "numeric", numbers }], n);
    expect(first.length).toBe(n);
  });
});
