import { describe, expect, it } from "vitest";
import { keptColumns } from "./output-column.js";
import { rawFromRows } from "./raw-rows.js";
import { readDelimited } from "./sources/delimited.js";

describe("keptColumns", () => {
  it("keeps cells of text as they were written", async () => {
    const raw = await readDelimited(Buffer.from("id,n\n007,1.50\n, x \n"), "t.csv");
    expect(keptColumns(raw, ["n", "id"])).toEqual([
      { name: "n", type: "string", values: ["1.50", " x "] },
      { name: "id", type: "string", values: ["007", null] },
    ]);
  });

  it("keeps numbers, booleans and dates as what they are", () => {
    const raw = rawFromRows([
      { n: 1, x: 0.5, b: true, d: new Date(0) },
      { n: null, x: 2, b: null, d: null },
    ]);
    expect(keptColumns(raw, ["n", "x", "b", "d"])).toEqual([
      { name: "n", type: "integer", values: Float64Array.of(1, Number.NaN) },
      { name: "x", type: "number", values: Float64Array.of(0.5, 2) },
      { name: "b", type: "boolean", values: [true, null] },
      { name: "d", type: "string", values: ["1970-01-01", null] },
    ]);
  });

  it("refuses a name that is not there, with the nearest", () => {
    expect(() => keptColumns(rawFromRows([{ price: 1 }]), ["prise"])).toThrow(
      'rows: column "prise" is not in the table. Did you mean "price"?',
    );
  });
});
