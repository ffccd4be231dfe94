import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import { copiesOf } from "./copies.js";
import type { Column, Table } from "./table.js";

const N = 60;
const random = seededRandom(5);
const y = Array.from({ length: N }, () => random.normal());
const k = Array.from({ length: N }, () => random.integer(3));
const number = (name: string, values: readonly number[]): Column => ({
  name,
  type: "numeric",
  numbers: Float64Array.from(values),
});
const words = (name: string, strings: readonly (string | null)[]): Column => ({
  name,
  type: "category",
  strings,
});

const table: Table = {
  source: "t.csv",
  rows: N,
  columns: [
    number("y", y),
    number(
      "same",
      y.map((x, i) => (i % 7 === 0 ? Number.NaN : x)),
    ),
    number(
      "scaled",
      y.map((x) => Number((32 - 1.8 * x).toFixed(7))),
    ),
    number(
      "noisy",
      y.map((x) => x + 0.01 * random.normal()),
    ),
    number(
      "other",
      y.map(() => random.normal()),
    ),
    number(
      "constant",
      y.map(() => 1),
    ),
    number("k", k),
    words(
      "word",
      k.map((i) => ["low", "middle", "high"][i]!),
    ),
    words(
      "coarse",
      k.map((i) => (i === 0 ? "low" : "not")),
    ),
    words(
      "unique",
      k.map((_, i) => `p${i}`),
    ),
  ],
};
const inputs = table.columns.map(({ name }) => name);

describe("copiesOf", () => {
  it("finds copies and affine functions of a measured target, and no near ones", () => {
    const found = copiesOf(table, ["y"], inputs);
    expect(found.map(({ input, how }) => `${input}: ${how}`)).toEqual(["same: copy", "scaled: affine"]);
    expect(found[0]?.evidence).toBe("equal in all 51 rows");
    expect(found[1]?.evidence).toMatch(/^target = -0\.5556 × input \+ 17\.78 in all 60 rows$/);
  });

  it("finds one-to-one recodings of classes, but not coarser or unique columns", () => {
    expect(copiesOf(table, ["k"], inputs).map(({ input, how }) => `${input}: ${how}`)).toEqual([
      "word: recoding",
    ]);
    expect(copiesOf(table, ["word"], inputs)[0]?.evidence).toMatch(
      /^3 values map one to one \(.* → .*\) in all 60 rows$/,
    );
    expect(copiesOf(table, ["unique"], inputs)).toEqual([]);
    expect(copiesOf(table, ["constant"], inputs)).toEqual([]);
  });
});
