import { describe, expect, it } from "vitest";
import type { OpCase } from "./case-builders.contract.js";
import { COMPOSITE_CASES } from "./composite-cases.contract.js";
import * as g from "./index.js";
import { OP_CASES } from "./op-cases.contract.js";

/** Where a size has no meaning, and why. */
const EXEMPT: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  batchNorm: { 0: "the mean of a batch without rows is not a number" },
};

/** Whether an input or a result of a case has this size. */
function has(size: number, { inputs, build }: OpCase): boolean {
  const sources = inputs.map(({ shape, dtype = "float" }, i) =>
    g.input(`x${i}`, dtype === "float" ? "float32" : dtype, shape),
  );
  const shapes = [...sources, ...[build(sources)].flat()].map(({ shape }) => shape);
  return shapes.some((shape) => shape.includes(size));
}

const tables = Object.entries({ ...OP_CASES, ...COMPOSITE_CASES });

describe("the shared list of cases", () => {
  it.each([0, 1])("has the size %i for every operation and every function made of them", (size) => {
    const without = tables.filter(
      ([slug, list]) => !EXEMPT[slug]?.[size] && !list.some((one) => has(size, one)),
    );
    expect(without.map(([slug]) => slug)).toEqual([]);
  });

  it("exempts nothing that has cases of the size", () => {
    const needless = Object.entries(EXEMPT).flatMap(([slug, sizes]) =>
      Object.keys(sizes).filter((size) =>
        tables.some(([known, list]) => known === slug && list.some((one) => has(Number(size), one))),
      ),
    );
    expect(needless).toEqual([]);
    expect(Object.keys(EXEMPT).filter((slug) => !tables.some(([known]) => known === slug))).toEqual([]);
  });
});
