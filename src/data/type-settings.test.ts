import { describe, expect, it } from "vitest";
import { tableFromRows } from "./raw-rows.js";
import { settingFor, unmatchedSetting } from "./type-settings.js";

describe("types set by name or pattern", () => {
  const types = {
    "emb*": "embedding",
    emb_3: "numeric",
    "*_at": "date",
    "a*b*c": "text",
    zip: "category",
  } as const;

  it("fit whole names, the column's own name before any pattern", () => {
    const set = (name: string) => settingFor(name, types);
    expect(["emb_1", "emb", "emb_3", "seen_at", "a1b2c", "abc", "zip"].map(set)).toEqual([
      "embedding",
      "embedding",
      "numeric",
      "date",
      "text",
      "text",
      "category",
    ]);
    expect(["Emb_1", "at", "_at2", "acb", "zip2", "toString", "ab"].map(set)).toEqual(
      Array.from({ length: 7 }, () => undefined),
    );
  });

  it("must fit a column", () => {
    expect(unmatchedSetting(["emb1", "x_at", "abc", "zip", "emb_3"], types)).toBeUndefined();
    expect(unmatchedSetting(["x_at", "abc", "zip", "emb_3"], { "emc*": "text" })).toBe("emc*");
  });
});

describe("columns of a list", () => {
  const rows = (length: number, name: (i: number) => string) =>
    Array.from({ length: 20 }, (_, row) => ({
      y: row,
      ...Object.fromEntries(Array.from({ length }, (_, i) => [name(i), row * i + 0.5])),
    }));
  const typesOf = (length: number, name = (i: number) => `v[${i}]`) =>
    new Set(
      tableFromRows(rows(length, name))
        .columns.slice(1)
        .map(({ type }) => type),
    );

  it("of eight numbers and more are an embedding, shorter and broken ones are not", () => {
    expect(typesOf(8)).toEqual(new Set(["embedding"]));
    expect(typesOf(7)).toEqual(new Set(["numeric"]));
    expect(typesOf(9, (i) => `v[${i + 1}]`)).toEqual(new Set(["numeric"]));
    expect(tableFromRows(rows(8, (i) => `v[${i}]`)).profiles[1]!.why).toBe(
      'one of the 8 numbers of the list "v"',
    );
  });
});
