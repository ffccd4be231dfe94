import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type InputCoding, encodingOf } from "../../data/encoding.js";
import { type TensorValue, evaluate, input } from "../../graph/index.js";
import { inputGraph } from "../input-graph.js";
import type { FoldTables } from "./target-statistics.js";

function encode(
  coding: InputCoding,
  feed: TensorValue,
  folds?: { readonly fold: Int32Array; readonly withoutFold: FoldTables["withoutFold"] },
): number[][] {
  const fold = input("fold", "int32", ["batch"]);
  const { encoded } = inputGraph(encodingOf([coding]), folds && { ...folds, fold });
  const more = folds && { fold: { dtype: "int32" as const, shape: [folds.fold.length], data: folds.fold } };
  const { data, shape } = evaluate({ encoded }, { [coding.name]: feed, ...more })["encoded"]!;
  return Array.from({ length: shape[0]! }, (_, i) =>
    Array.from((data as Float32Array).subarray(i * shape[1]!, (i + 1) * shape[1]!)),
  );
}
const strings = (...data: string[]): TensorValue => ({ dtype: "string", shape: [data.length], data });
const doubles = (...data: number[]): TensorValue => ({
  dtype: "float64",
  shape: [data.length],
  data: Float64Array.from(data),
});

describe("categories in the graph", () => {
  it("of numbers are matched by number, in double precision, with NaN for missing", () => {
    const codes = ["7", "16777216", "16777217", "-0.5"];
    const feed = doubles(16_777_217, 7, -0.5, 8, Number.NaN, 16_777_216);
    const place = (k: number, width: number): number[] =>
      Array.from({ length: width }, (_, i) => (i === k ? 1 : 0));
    expect(encode({ name: "c", type: "category", codes: true, levels: codes }, feed)).toEqual(
      [2, 0, 3, 4, 4, 1].map((k) => place(k, 5)),
    );
    expect(encode({ name: "c", type: "category", codes: true, levels: [...codes, ""] }, feed)).toEqual(
      [2, 0, 3, 5, 4, 1].map((k) => place(k, 6)),
    );
  });

  it("in buckets have the place of their bucket and their frequency, and a place for unseen ones", () => {
    const coding: InputCoding = {
      name: "c",
      type: "category",
      coding: "hashing",
      levels: ["a", "b", ""],
      buckets: [1, 0, 1],
      count: 2,
      frequencies: [0.5, -1, 2, -3],
    };
    expect(encode(coding, strings("a", "", "z", "b"))).toEqual([
      [0, 1, 0, 0.5],
      [0, 1, 0, 2],
      [0, 0, 1, -3],
      [1, 0, 0, -1],
    ]);
  });

  it("by statistics read the line of their level, training rows that of the table without their fold", () => {
    const table = fc.array(fc.tuple(fc.integer(), fc.integer()), { minLength: 3, maxLength: 3 });
    const row = fc.tuple(fc.constantFrom("a", "b", "z"), fc.integer({ min: 0, max: 2 }));
    fc.assert(
      fc.property(
        table,
        table,
        table,
        fc.array(row, { minLength: 1, maxLength: 6 }),
        (all, one, two, rows) => {
          const coding: InputCoding = {
            name: "c",
            type: "category",
            coding: "target",
            levels: ["a", "b"],
            table: all,
          };
          const feed = strings(...rows.map(([level]) => level));
          const data = Int32Array.from(rows, ([, fold]) => fold);
          const withoutFold = new Map([["c", [one, two]]]);
          const line = (tables: readonly (readonly number[][])[]): number[][] =>
            rows.map(([level, which]) => tables[which]!["abz".indexOf(level)]!.map(Math.fround));
          expect(encode(coding, feed, { fold: data, withoutFold })).toEqual(line([all, one, two]));
          expect(encode(coding, feed)).toEqual(line([all, all, all]));
        },
      ),
    );
  });

  it("with an order are ranks, and missing where they are not in it", () => {
    const coding: InputCoding = {
      name: "c",
      type: "ordinal",
      order: ["low", "mid", "high"],
      fill: 1,
      mean: 1,
      deviation: 0.5,
      indicator: true,
      edges: [0, 1, 2],
    };
    expect(encode(coding, strings("high", "low", "", "Low"))).toEqual([
      [2, 1, 1, 0],
      [-2, 0, 0, 0],
      [0, 1, 0, 1],
      [0, 1, 0, 1],
    ]);
  });
});

describe("text in the graph", () => {
  it("is the weights of its words over the length of the vector", () => {
    const coding: InputCoding = {
      name: "t",
      type: "text",
      words: ["the", "The", "cat", "dog"],
      terms: [0, 0, 1, 2],
      weights: [1, 2, 3],
      scale: 5,
    };
    const [tf, both] = [1 + Math.log(2), Math.hypot(1 + Math.log(2), 2)];
    const rows = encode(coding, strings("The cat saw the", "dog", "", "CAT!"));
    const expected = [
      [(5 * tf) / both, 10 / both, 0],
      [0, 0, 5],
      [0, 0, 0],
      [0, 0, 0],
    ];
    rows.forEach((row, i) => row.forEach((value, k) => expect(value).toBeCloseTo(expected[i]![k]!, 6)));
  });
});
