import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.js";
import { fitTransform } from "./fit-transform.js";

const drawn = (of: (normal: number, row: number) => number, rows = 800): Float64Array => {
  const random = seededRandom(1, "labels");
  return Float64Array.from({ length: rows }, (_, row) => of(random.normal(), row));
};

describe("fitTransform by itself", () => {
  it.each([
    ["normal labels", drawn((z) => 3 + z)],
    ["log-normal labels of moderate spread", drawn((z) => Math.exp(z))],
    ["exponential labels", drawn((z) => z * z)],
    ["one mistyped label among normal ones", drawn((z, row) => (row === 9 ? 1e9 : 50 + z))],
    ["counts that are nearly all 0", drawn((_, row) => (row % 20 === 0 ? 1 + (row % 7) ** 3 : 0))],
    ["heavy tails on both sides", drawn((z, row) => (row % 2 === 0 ? -1 : 1) * Math.exp(3 * z))],
    ["few labels", drawn((z) => Math.exp(3 * z), 90)],
  ])("leaves %s as they are", (_, values) => {
    expect(fitTransform(values, "auto")).toBeUndefined();
  });

  it("takes logarithms of labels over many orders of magnitude, in any unit, with zeros or without", () => {
    for (const unit of [1e-6, 1, 1e6]) {
      const values = drawn((z) => unit * Math.exp(3 * z));
      expect(fitTransform(values, "auto")).toMatchObject({ kind: "log", shift: 0 });
      const zeros = values.map((y, row) => (row % 9 === 0 ? 0 : y));
      expect(fitTransform(zeros, "auto")).toMatchObject({ kind: "log" });
    }
  });

  it("takes a power of such labels where some are negative", () => {
    const values = drawn((z) => Math.exp(3 * z) - 0.2);
    expect(fitTransform(values, "auto")?.kind).toBe("yeo-johnson");
  });
});
