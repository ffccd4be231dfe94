import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { constant, evaluate, gradients, input, reduceSum } from "../../graph/index.js";
import {
  mostLikelyPower,
  normalLikelihood,
  yeoJohnson,
  yeoJohnsonInverse,
  yeoJohnsonInverseOf,
} from "./yeo-johnson.js";

interface Case {
  readonly name: string;
  readonly values: number[];
  readonly power: number;
  readonly transformed: number[];
}

const cases = JSON.parse(
  readFileSync(new URL("../../../test/fixtures/yeo-johnson.json", import.meta.url), "utf8"),
) as Case[]; // written by bench/fixtures/yeo-johnson.py

const power = fc.oneof(
  fc.integer({ min: 0, max: 200 }).map((hundredths) => hundredths / 100),
  fc.constantFrom(0, 1, 2, 1e-6, 2 - 1e-6, -0.5, 2.5),
);
const size = fc.double({ min: -8, max: 3, noNaN: true }).map((exponent) => 10 ** exponent);
const amount = fc.oneof(
  size,
  size.map((y) => -y),
  fc.constantFrom(0, 1, -1),
);

describe("yeoJohnson", () => {
  it.each(cases.map((one) => [one.name, one] as const))("transforms as scikit-learn does: %s", (_, one) => {
    one.transformed.forEach((expected, i) =>
      expect(yeoJohnson(one.values[i]!, one.power)).toBeCloseTo(expected, 9),
    );
  });

  it("is undone by its inverse, for numbers of either sign and all powers", () => {
    fc.assert(
      fc.property(power, amount, (lambda, y) => {
        const back = yeoJohnsonInverse(yeoJohnson(y, lambda), lambda);
        const side = y >= 0 ? lambda : 2 - lambda; // a negative power flattens the far end
        const lost = 1e-12 * Math.max(1, (1 + Math.abs(y)) ** -side);
        expect(Math.abs(back - y)).toBeLessThanOrEqual(lost * (1 + Math.abs(y)));
      }),
    );
  });

  it("rises, with a slope that is continuous through 0 and at the logarithms", () => {
    const step = 1e-6;
    const slope = (y: number, lambda: number): number =>
      (yeoJohnson(y + step, lambda) - yeoJohnson(y - step, lambda)) / (2 * step);
    fc.assert(
      fc.property(power, fc.double({ min: -20, max: 20, noNaN: true }), (lambda, y) => {
        const exact = (1 + Math.abs(y)) ** (Math.sign(y) * (lambda - 1));
        expect(Math.abs(slope(y, lambda) / exact - 1)).toBeLessThan(1e-4);
        expect(yeoJohnson(y, lambda + 1e-9)).toBeCloseTo(yeoJohnson(y, lambda), 5);
      }),
    );
    expect(yeoJohnson(0, 0.3)).toBe(0);
  });

  it("is the identity at 1 and mirrors itself about 0 when the power is", () => {
    fc.assert(
      fc.property(power, amount, (lambda, y) => {
        expect(yeoJohnson(y, 1)).toBeCloseTo(y, 9);
        expect(yeoJohnson(-y, lambda)).toBeCloseTo(-yeoJohnson(y, 2 - lambda), 12);
      }),
    );
  });
});

describe("mostLikelyPower", () => {
  it.each(cases.map((one) => [one.name, one] as const))("is that of scikit-learn: %s", (_, one) => {
    expect(mostLikelyPower(one.values)).toBeCloseTo(one.power, 3); // scikit-learn stops at about 1e-4
  });

  it("is not beaten by any other power", () => {
    const tenth = fc.integer({ min: -500, max: 500 }).map((tenths) => tenths / 10);
    const values = fc.array(tenth, { minLength: 8, maxLength: 30 });
    fc.assert(
      fc.property(values, fc.double({ min: -2, max: 4, noNaN: true }), (sample, other) => {
        fc.pre(new Set(sample).size > 4);
        const best = normalLikelihood(sample, mostLikelyPower(sample));
        expect(best).toBeGreaterThanOrEqual(normalLikelihood(sample, other) - 1e-9);
      }),
    );
  });
});

describe("yeoJohnsonInverseOf", () => {
  it("is the inverse, with finite gradients on both sides and at 0", () => {
    fc.assert(
      fc.property(power, fc.array(amount, { minLength: 1, maxLength: 6 }), (lambda, values) => {
        const z = input("z", "float64", [values.length]);
        const y = yeoJohnsonInverseOf(z, lambda);
        const [slope] = gradients(reduceSum(y, [0]), [z]);
        const data = Float64Array.from(values, (value) => yeoJohnson(value, lambda));
        const found = evaluate(
          { y, slope: slope! },
          { z: { dtype: "float64", shape: [values.length], data } },
        );
        values.forEach((_, i) => {
          const exact = yeoJohnsonInverse(data[i]!, lambda);
          const back = (found["y"]!.data as Float64Array)[i]!;
          expect(Math.abs(back - exact)).toBeLessThanOrEqual(1e-6 * (1e-6 + Math.abs(exact)));
          expect(Number.isFinite((found["slope"]!.data as Float64Array)[i]!)).toBe(true);
        });
      }),
    );
  });

  it("stays a number in float32 up to amounts of a million", () => {
    const values = [-1e6, -3, 0, 3, 1e6];
    for (const lambda of [0, 0.01, 0.5, 1, 1.99, 2]) {
      const z = constant({
        dtype: "float32",
        shape: [5],
        data: Float32Array.from(values, (y) => yeoJohnson(y, lambda)),
      });
      const y = evaluate({ y: yeoJohnsonInverseOf(z, lambda) }, {})["y"]!.data as Float32Array;
      values.forEach((value, i) =>
        expect(Math.abs(y[i]! - value)).toBeLessThanOrEqual(2e-4 * (1e-3 + Math.abs(value))),
      );
    }
  });
});
