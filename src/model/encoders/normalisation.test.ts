import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NORMALISATIONS, type Normalisation } from "../../data/encoders/normalisation.js";
import { type NumberInput, isNumberInput } from "../../data/encoding.js";
import { fitInputEncoding } from "../../data/fit-encoding.js";
import { normalShare } from "../../data/synthetic/normal.js";
import type { NumberColumn } from "../../data/table.js";
import { evaluate } from "../../graph/index.js";
import { inputGraph } from "../input-graph.js";

type Columns = Readonly<Record<string, readonly number[]>>;

/** Fits columns on their first rows. */
function fitted(columns: Columns, normalisation: Normalisation, training?: number) {
  const made = Object.entries(columns).map(([name, values]): NumberColumn => ({
    name,
    type: "numeric",
    numbers: Float64Array.from(values),
  }));
  const rows = made[0]!.numbers.length;
  const train = Int32Array.from({ length: training ?? rows }, (_, i) => i);
  const names = Object.keys(columns);
  return fitInputEncoding({ source: "t", rows, columns: made }, names, train, { bins: 0, normalisation })
    .encoding;
}

/** The encoded matrix `[rows][width]` of some values for each column. */
function encoded(encoding: ReturnType<typeof fitted>, columns: Columns): number[][] {
  const feeds = Object.fromEntries(
    Object.entries(columns).map(([name, values]) => [
      name,
      { dtype: "float32" as const, shape: [values.length], data: Float32Array.from(values) },
    ]),
  );
  const { data } = evaluate({ x: inputGraph(encoding).encoded }, feeds)["x"]!;
  const rows = Object.values(columns)[0]!.length;
  return Array.from({ length: rows }, (_, row) =>
    Array.from((data as Float32Array).subarray(row * encoding.width, (row + 1) * encoding.width)),
  );
}

const first = (encoding: ReturnType<typeof fitted>, values: readonly number[]): number[] =>
  encoded(encoding, { x: values }).map((row) => row[0]!);

const number = fc.integer({ min: -4000, max: 4000 }).map((eighths) => eighths / 8);
const column = fc
  .array(number, { minLength: 3, maxLength: 150 })
  .filter((values) => new Set(values).size > 1);
const distinct = fc.uniqueArray(number, { minLength: 3, maxLength: 61 });

describe.each(NORMALISATIONS)("numbers normalised in the %s way", (how) => {
  it("keep their order, and the farthest outlier is bounded", () => {
    fc.assert(
      fc.property(column, column, (training, values) => {
        const sorted = [...values, -1e30, 1e30].sort((a, b) => a - b);
        const scores = first(fitted({ x: training }, how), sorted);
        scores.forEach((score, i) => expect(score).toBeGreaterThanOrEqual((scores[i - 1] ?? -10) - 1e-5));
        expect(Math.max(...scores.map(Math.abs))).toBeLessThanOrEqual(10);
        expect(scores[0]).toBeLessThan(scores.at(-1)!);
      }),
    );
  });

  it("are fitted on training rows alone", () => {
    fc.assert(
      fc.property(column, column, column, (training, some, others) => {
        const fit = (rest: readonly number[]) => fitted({ x: [...training, ...rest] }, how, training.length);
        expect(fit(others)).toEqual(fit(some));
      }),
    );
  });

  it("are finite where all values are one, most are, or some are missing", () => {
    const columns = {
      holes: [3, Number.NaN, 3, 3, Number.NaN, 3, 3, 3],
      zeros: [0, 0, 0, 0, 0, 0, 0, 250],
      gaps: [1, Number.NaN, 5, 2, 9, Number.NaN, 4, 4],
    };
    const encoding = fitted(columns, how);
    for (const row of encoded(encoding, columns)) expect(row.every(Number.isFinite)).toBe(true);
    expect(first(fitted({ x: columns.zeros }, how), [0, 250]).map(Math.abs)[1]).toBeGreaterThan(0.5);
  });

  it("do not depend on the columns beside them", () => {
    fc.assert(
      fc.property(distinct, fc.integer({ min: 1, max: 4 }), (values, levels) => {
        const beside = values.map((_, i) => i % (levels + 1));
        const both = encoded(fitted({ x: values, beside }, how), { x: values, beside });
        expect(both.map(([x]) => x)).toEqual(first(fitted({ x: values }, how), values));
        expect(both.map((row) => row[1])).toEqual(first(fitted({ x: beside }, how), beside));
      }),
    );
  });
});

describe.each(["robust", "quantile"] as const)("the %s way", (how) => {
  it("takes the median to 0, and the quartiles as far as those of a normal variable", () => {
    fc.assert(
      fc.property(distinct, (values) => {
        const odd = values.slice(values.length % 2 === 0 ? 1 : 0).sort((a, b) => a - b);
        const encoding = fitted({ x: odd }, how);
        expect(first(encoding, [odd[(odd.length - 1) / 2]!])[0]).toBeCloseTo(0, 5);
      }),
    );
    const line = Array.from({ length: 401 }, (_, i) => i);
    const [low, high] = first(fitted({ x: line }, how), [100, 300]);
    expect(high! - low!).toBeCloseTo(1.349, 1);
  });

  it("is led by an outlier neither in the middle nor at the quartiles", () => {
    const line = Array.from({ length: 401 }, (_, i) => i);
    const [plain, spoilt] = [line, [...line.slice(0, -1), 1e12]].map((values) =>
      first(fitted({ x: values }, how), [100, 200, 300]),
    );
    plain!.forEach((score, i) => expect(spoilt![i]).toBeCloseTo(score, 5));
  });
});

describe("the quantile way", () => {
  it("gives each of up to 65 distinct values the normal score of its rank", () => {
    fc.assert(
      fc.property(distinct, (values) => {
        const sorted = values.toSorted((a, b) => a - b);
        first(fitted({ x: values }, "quantile"), sorted).forEach((score, i) =>
          expect(normalShare(score)).toBeCloseTo((i + 0.5) / values.length, 4),
        );
      }),
    );
  });

  it("gives values of one rank, however they are spread, one score", () => {
    fc.assert(
      fc.property(distinct, (values) => {
        const bent = values.map((x) => Math.fround(Math.sinh(x / 100)));
        const [plain, other] = [values, bent].map((x) => first(fitted({ x }, "quantile"), x));
        plain!.forEach((score, i) => expect(other![i]).toBeCloseTo(score, 4));
      }),
    );
  });

  it("makes a heavy-tailed column nearly normal", () => {
    const values = Array.from({ length: 2000 }, (_, i) => Math.exp(8 * (i / 2000)) - 40 * (i % 3));
    const scores = first(fitted({ x: values }, "quantile"), values);
    const mean = (of: readonly number[]): number => of.reduce((sum, x) => sum + x / of.length, 0);
    expect(mean(scores)).toBeCloseTo(0, 1);
    expect(Math.abs(mean(scores.map((x) => x * x)) - 1)).toBeLessThan(0.1);
    expect(Math.abs(mean(scores.map((x) => x ** 3)))).toBeLessThan(0.3); // the column's own skewness is above 2
  });
});

describe("the robust way", () => {
  it("falls back on the deviation from the median where the quartiles are one value", () => {
    const [coding] = fitted({ x: [0, 0, 0, 0, 0, 0, 0, 8] }, "robust").inputs;
    if (!coding || !isNumberInput(coding)) throw new TypeError("x is a number");
    expect([coding.mean, coding.deviation] satisfies [NumberInput["mean"], number]).toEqual([
      0,
      Math.sqrt(8),
    ]);
  });
});
