import { describe, expect, it } from "vitest";
import { profileOf } from "./profile.js";

describe("profileOf", () => {
  it("summarises numbers by range and mean, missing not counted", () => {
    expect(
      profileOf({ name: "x", type: "numeric", numbers: Float64Array.of(1, 2.5, Number.NaN, 1) }, "because"),
    ).toEqual({
      name: "x",
      type: "numeric",
      missing: 1,
      distinct: 2,
      summary: "1 … 2.5, mean 1.5",
      why: "because",
    });
  });

  it("summarises booleans and dates in their own words", () => {
    expect(profileOf({ name: "b", type: "boolean", numbers: Float64Array.of(1, 0, 1) }).summary).toBe(
      "true (2), false (1)",
    );
    expect(profileOf({ name: "d", type: "date", numbers: Float64Array.of(0, 1.5) }).summary).toBe(
      "1970-01-01 … 1970-01-02T12:00:00.000Z",
    );
  });

  it("summarises categories by their commonest values and other strings by examples", () => {
    const strings = ["a", "b", "b", null, "c", "d", "e"];
    expect(profileOf({ name: "c", type: "category", strings })).toMatchObject({
      missing: 1,
      distinct: 5,
      summary: "b (2), a (1), c (1), d (1), 1 more",
    });
    expect(profileOf({ name: "i", type: "identifier", strings }).summary).toBe("such as a, b");
    expect(profileOf({ name: "n", type: "category", strings: [null, null] }).summary).toBe("no values");
  });
});
