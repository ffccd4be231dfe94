import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { constant, evaluate } from "../../graph/index.js";
import {
  type TargetTransform,
  fitLog,
  fitPower,
  transformed,
  untransformed,
  untransformedOf,
} from "./target-transform.js";

const unit = fc.double({ min: -6, max: 6, noNaN: true }).map((exponent) => 10 ** exponent);
const positive = fc
  .array(fc.double({ min: 0.01, max: 500, noNaN: true }), { minLength: 5, maxLength: 40 })
  .filter((values) => new Set(values).size > 3);
const counts = fc
  .array(fc.integer({ min: 0, max: 60 }), { minLength: 6, maxLength: 40 })
  .filter((values) => values.includes(0) && new Set(values).size > 3);
const signed = fc
  .array(
    fc.integer({ min: -5000, max: 5000 }).map((tenths) => tenths / 10),
    { minLength: 5, maxLength: 40 },
  )
  .filter((values) => new Set(values).size > 3);

const inUnit = (values: readonly number[], scale: number): Float64Array =>
  Float64Array.from(values, (y) => y * scale);
const fits: readonly (readonly [
  string,
  fc.Arbitrary<number[]>,
  (values: Float64Array) => TargetTransform,
])[] = [
  ["a logarithm of positive labels", positive, fitLog],
  ["a logarithm of counts with zeros", counts, fitLog],
  ["a power of positive labels", positive, fitPower],
  ["a power of counts with zeros", counts, fitPower],
  ["a power of labels of both signs", signed, fitPower],
];

describe.each(fits)("%s", (_, labels, fit) => {
  it("is undone within the values that may be predicted, which hold all labels", () => {
    fc.assert(
      fc.property(labels, unit, fc.double({ min: 0, max: 1, noNaN: true }), (values, scale, share) => {
        const all = inUnit(values, scale);
        const transform = fit(all);
        const { low, high } = transform;
        expect(low).toBeLessThanOrEqual(Math.min(...all));
        expect(high).toBeGreaterThan(Math.max(...all));
        const y = low + share * (high - low);
        expect(untransformed(transform, transformed(transform, y)) / scale).toBeCloseTo(y / scale, 6);
      }),
    );
  });

  it("rises, and tells labels in another unit apart in the same way", () => {
    fc.assert(
      fc.property(labels, unit, (values, scale) => {
        const spread = (factor: number): number[] => {
          const all = inUnit(values, factor);
          const transform = fit(all);
          const bent = Array.from(all.toSorted(), (y) => transformed(transform, y));
          return bent.map((z) => (z - bent[0]!) / (bent.at(-1)! - bent[0]!));
        };
        const [once, scaled] = [spread(1), spread(scale)];
        once.forEach((z, i) => expect(z).toBeGreaterThanOrEqual(once[i - 1] ?? 0));
        // powers are rounded to hundredths, which may go either way
        scaled.forEach((z, i) => expect(Math.abs(z - once[i]!)).toBeLessThan(0.02));
      }),
    );
  });

  it("maps back in float32 as on the host, and a number to a number however far it is", () => {
    fc.assert(
      fc.property(labels, (values) => {
        const transform = fit(inUnit(values, 1));
        const { low, high } = transform;
        const points = [low, ...values, high];
        const data = Float32Array.from(points, (y) => transformed(transform, y));
        const z = constant({ dtype: "float32", shape: [points.length], data });
        const y = evaluate({ y: untransformedOf(transform, z) }, {})["y"]!.data as Float32Array;
        points.forEach((value, i) => expect(Math.abs(y[i]! - value)).toBeLessThan(1e-3 * (high - low)));
      }),
    );
  });
});

describe("fitLog", () => {
  it("needs no shift for positive labels, and for counts one of their smaller sizes", () => {
    expect(fitLog(Float64Array.of(1, 2, 4, 8)).shift).toBe(0);
    const shift = fitLog(Float64Array.of(0, 0, 1, 2, 4, 8, 16)).shift;
    expect(shift).toBeGreaterThan(0.1);
    expect(shift).toBeLessThan(4);
  });

  it("is not led by one tiny label to a huge spread", () => {
    const { shift } = fitLog(Float64Array.of(0, 1e-12, 5, 6, 7, 8, 9, 10, 11));
    expect(shift).toBeGreaterThan(1);
  });

  it("takes a label below those of training as the least that may be predicted", () => {
    const transform = fitLog(Float64Array.of(2, 3, 5));
    expect(transformed(transform, -7)).toBe(transformed(transform, transform.low));
    expect(transform.low).toBeGreaterThan(0);
  });
});

describe("fitPower", () => {
  it("gives numbers even where labels differ by hundreds of orders of magnitude", () => {
    for (const values of [
      [1e-300, 2e-300, 3e-300, 500],
      [-5e-324, 5e-324, 1e30, 2],
    ]) {
      const transform = fitPower(Float64Array.from(values));
      for (const y of [...values, transform.low, transform.high])
        expect(Number.isFinite(Math.fround(transformed(transform, y)))).toBe(true);
    }
  });

  it("bends no side more than a logarithm, which has an inverse everywhere", () => {
    const steep = Float64Array.from({ length: 60 }, (_, i) => 1 / (61 - i) ** 3);
    expect(fitPower(steep)).toMatchObject({ lambda: 0 });
    expect(fitPower(steep.map((y) => -y))).toMatchObject({ lambda: 2 });
  });

  it("lets predictions take no sign that no label has", () => {
    expect(fitPower(Float64Array.of(0, 1, 5, 9)).low).toBe(0);
    expect(fitPower(Float64Array.of(-9, -5, -1)).high).toBe(0);
    expect(fitPower(Float64Array.of(-9, 5, 1)).low).toBe(-16);
  });
});
