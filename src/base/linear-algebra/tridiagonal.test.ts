import { describe, expect, it } from "vitest";
import { seededRandom } from "../random.js";
import { dot, matrixTimes } from "./products.js";
import { spectrum } from "./tridiagonal.js";

const random = seededRandom(9);
const vector = (n: number): Float64Array => Float64Array.from({ length: n }, () => random.normal());
const most = (x: Float64Array): number => x.reduce((a, b) => Math.max(a, Math.abs(b)), 0);

/** A symmetric matrix, of low rank or with blocks of zeros at times. */
function drawSymmetric(n: number, draw: number): Float64Array {
  const A = new Float64Array(n * n);
  if (draw % 3 === 0) {
    const x = vector(n);
    return A.map((_, at) => x[Math.floor(at / n)]! * x[at % n]!);
  }
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const entry = draw % 3 === 1 && (i + j) % 2 ? 0 : random.normal();
      A[i * n + j] = entry;
      A[j * n + i] = entry;
    }
  return A;
}

describe("the spectrum of a symmetric matrix", () => {
  it("turns products with the matrix into products with its values, and finds back", () => {
    for (let draw = 0; draw < 90; draw++) {
      const n = 1 + (draw % 40);
      const A = drawSymmetric(n, draw);
      const { values, coordinates, vector: back } = spectrum(A, n);
      const x = vector(n);
      const y = coordinates(x);
      expect(dot(y, y) / dot(x, x)).toBeCloseTo(1, 12);
      expect(most(back(y).map((value, i) => value - x[i]!))).toBeLessThan(1e-12 * most(x));
      const product = back(y.map((value, k) => value * values[k]!));
      const size = n * most(A) * most(x);
      expect(most(matrixTimes(A, x).map((value, i) => value - product[i]!))).toBeLessThan(1e-13 * size);
    }
  });

  it("leaves a diagonal matrix as it is", () => {
    const { values, coordinates } = spectrum(Float64Array.of(3, 0, 0, 0, 1, 0, 0, 0, 2), 3);
    expect([...values].sort()).toEqual([1, 2, 3]);
    expect([...coordinates(Float64Array.of(5, 5, 5))].map(Math.abs)).toEqual([5, 5, 5]);
  });
});
