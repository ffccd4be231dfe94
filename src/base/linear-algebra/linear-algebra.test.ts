import { describe, expect, it } from "vitest";
import { seededRandom } from "../random.js";
import { choleskyFactor, choleskySolve } from "./cholesky.js";
import { atPlaces, correlationForm } from "./correlation.js";
import { projectOnDualCone } from "./dual-cone.js";
import { minNormPoint } from "./min-norm-point.js";
import { nonNegativeQuadratic } from "./non-negative-quadratic.js";
import { powerBalance } from "./power-balance.js";
import { dot, matrixTimes, quadraticForm } from "./products.js";
import { pseudoSolve } from "./pseudo-inverse.js";
import { semidefiniteEigen } from "./symmetric-eigen.js";

const random = seededRandom(5);
const draws = Array.from({ length: 120 }, (_, i) => i);

/** The Gramian of n random rows with p entries whose lengths spread over `orders` of ten; of rank p where p < n. */
function drawGramian(n: number, p: number, orders = 0): Float64Array {
  const rows = Array.from({ length: n }, () => {
    const size = 10 ** (orders * (random.uniform() - 0.5));
    return Float64Array.from({ length: p }, () => size * random.normal());
  });
  return Float64Array.from(rows.flatMap((a) => rows.map((b) => dot(a, b))));
}

const vector = (n: number): Float64Array => Float64Array.from({ length: n }, () => random.normal());
const most = (x: Float64Array): number => x.reduce((a, b) => Math.max(a, Math.abs(b)), 0);

describe("the Cholesky factor", () => {
  it("solves regular systems, however far their rows' sizes spread", () => {
    for (const draw of draws) {
      const n = 1 + (draw % 9);
      const A = drawGramian(n, n + 6, draw % 2 ? 8 : 0);
      const x = Float64Array.from(vector(n), (value, i) => value / Math.sqrt(A[i * n + i]!));
      const factor = A.slice();
      choleskyFactor(factor, n);
      const found = choleskySolve(factor, matrixTimes(A, x), n);
      found.forEach((value, i) =>
        expect(Math.abs(value - x[i]!) * Math.sqrt(A[i * n + i]!)).toBeLessThan(1e-9),
      );
    }
  });

  it("leaves dependent rows out and still solves what can be solved", () => {
    for (const draw of draws) {
      const [n, p] = [3 + (draw % 6), 1 + (draw % 3)];
      const A = correlationForm(drawGramian(n, p)).cosines;
      const b = matrixTimes(A, vector(n));
      const factor = A.slice();
      choleskyFactor(factor, n, 1e-9);
      expect([...factor].filter((value, at) => at % (n + 1) === 0 && value > 0).length).toBe(Math.min(n, p));
      const residual = matrixTimes(A, choleskySolve(factor, b.slice(), n)).map((value, i) => value - b[i]!);
      expect(most(residual)).toBeLessThan(1e-5); // pivots down to 1e-9 are divided by
    }
  });
});

describe("lengths and cosines", () => {
  it("are those of the rows, the zero rows left out, and put values back at their places", () => {
    const rows = [
      [3, 4],
      [0, 0],
      [0, 2],
    ] as const;
    const gramian = Float64Array.from(rows.flatMap((a) => rows.map((b) => a[0] * b[0] + a[1] * b[1])));
    const form = correlationForm(gramian);
    expect([...form.places]).toEqual([0, 2]);
    expect([form.n, form.unit, ...form.norms]).toEqual([2, 5, 1, 0.4]);
    expect([...form.cosines].map((x) => Number(x.toFixed(12)))).toEqual([1, 0.8, 0.8, 1]);
    expect([...atPlaces(form, 3, Float64Array.of(7, 8), -1)]).toEqual([7, -1, 8]);
  });
});

describe("the eigenvalues of a semi-definite matrix", () => {
  it("come with orthonormal vectors that give the matrix back", () => {
    for (const draw of draws) {
      const n = 1 + (draw % 9);
      const p = draw % 3 === 0 ? Math.max(1, n - 2) : n + 4;
      const A = drawGramian(n, p);
      const form = correlationForm(A);
      const { values, vectors } = semidefiniteEigen(
        { ...form, norms: form.norms.map((x) => x * form.unit) },
        1e-9,
      );
      const r = values.length;
      expect(r).toBe(Math.min(n, p));
      expect([...values]).toEqual([...values].sort((a, b) => b - a));
      const row = (k: number): Float64Array => vectors.subarray(k * n, (k + 1) * n);
      for (let a = 0; a < r; a++)
        for (let b = 0; b <= a; b++) expect(dot(row(a), row(b))).toBeCloseTo(a === b ? 1 : 0, 10);
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let k = 0; k < r; k++) sum += values[k]! * row(k)[i]! * row(k)[j]!;
          expect(Math.abs(sum - A[i * n + j]!)).toBeLessThan(1e-11 * most(A));
        }
    }
  });

  it("are exact to the last digits where lengths spread over 16 orders: their product is the determinant", () => {
    for (const draw of draws) {
      const n = 2 + (draw % 6);
      const form = correlationForm(drawGramian(n, n + 5, 16));
      const { values } = semidefiniteEigen(form, 1e-12);
      const factor = form.cosines.slice();
      choleskyFactor(factor, n);
      let [logDeterminant, logProduct] = [0, 0];
      for (let i = 0; i < n; i++) {
        logDeterminant += 2 * Math.log(factor[i * n + i]! * form.norms[i]!);
        logProduct += Math.log(values[i]!);
      }
      expect(logProduct).toBeCloseTo(logDeterminant, 9);
    }
  });
});

describe("the pseudo-inverse of cosines", () => {
  it("gives the shortest of the nearest solutions: A·x − b is orthogonal to A, x lies in its range", () => {
    for (const draw of draws) {
      const n = 2 + (draw % 6);
      const C = correlationForm(drawGramian(n, draw % 2 ? 1 + (draw % 3) : n + 6)).cosines;
      const b = vector(n);
      const x = pseudoSolve(C, b, 1e-9);
      const residual = matrixTimes(C, x).map((value, i) => value - b[i]!);
      expect(most(matrixTimes(C, residual))).toBeLessThan(1e-7);
      const back = pseudoSolve(C, matrixTimes(C, x), 1e-9);
      back.forEach((value, i) => expect(Math.abs(value - x[i]!)).toBeLessThan(1e-5 * Math.max(1, most(x))));
    }
  });
});

describe("the least of a quadratic over x ≥ 0", () => {
  it("meets its conditions: x ≥ 0, slope ≥ 0, one of them 0", () => {
    for (const draw of draws) {
      const n = 1 + (draw % 24);
      const M = correlationForm(drawGramian(n, draw % 4 === 0 ? Math.ceil(n / 2) + 1 : n + 2)).cosines;
      const q = matrixTimes(M, vector(n)); // in the range of M, so that there is a minimum
      const x = nonNegativeQuadratic(M, q);
      const slope = matrixTimes(M, x).map((value, i) => value + q[i]!);
      const size = 1 + most(x);
      for (let i = 0; i < n; i++) {
        expect(x[i]!).toBeGreaterThanOrEqual(0);
        expect(slope[i]!).toBeGreaterThan(-1e-9 * size);
        expect(Math.min(x[i]!, slope[i]!)).toBeLessThan(1e-9 * size);
      }
    }
  });
});

describe("the point of least norm in a hull", () => {
  it("is that of the best face, found by trying every face", () => {
    for (const draw of draws) {
      const K = 2 + (draw % 4);
      const A = drawGramian(K, K + 3, draw % 3);
      const alpha = minNormPoint(A);
      expect(alpha.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      expect(Math.min(...alpha)).toBeGreaterThanOrEqual(0);
      const best = bestFace(A, K);
      alpha.forEach((value, k) => expect(value).toBeCloseTo(best[k]!, 8));
    }
  });

  it("is the origin where the hull holds it", () => {
    for (const draw of draws) {
      const K = 4 + (draw % 5); // many points around the origin of a line or a plane
      const p = 1 + (draw % 2);
      const rows = Array.from({ length: K }, () => vector(p));
      rows.push(rows[0]!.map((x) => -x)); // the origin lies between the first and the last
      const A = Float64Array.from(rows.flatMap((a) => rows.map((b) => dot(a, b))));
      expect(quadraticForm(A, minNormPoint(A))).toBeLessThan(1e-12 * most(A));
    }
  });

  it("stands on the vectors that are zero", () => {
    const rows = [Float64Array.of(1, 2), Float64Array.of(0, 0), Float64Array.of(0, 0)];
    expect([...minNormPoint(Float64Array.from(rows.flatMap((a) => rows.map((b) => dot(a, b)))))]).toEqual([
      0, 0.5, 0.5,
    ]);
  });
});

describe("the projection on a dual cone", () => {
  it("leaves what is inside, and is orthogonal to its own change", () => {
    for (const draw of draws) {
      const n = 2 + (draw % 10);
      const { cosines } = correlationForm(drawGramian(n, n + 3));
      const u = vector(n).map(Math.abs);
      const v = projectOnDualCone(cosines, u);
      const products = matrixTimes(cosines, v);
      expect(Math.min(...products)).toBeGreaterThan(-1e-11 * most(v));
      const change = v.map((value, i) => value - u[i]!);
      expect(Math.abs(dot(change, products))).toBeLessThan(1e-10 * most(v) ** 2);
      if (Math.min(...matrixTimes(cosines, u)) >= 0) expect(v).toEqual(u);
    }
  });
});

describe("the balance of powers", () => {
  it("solves its equation, for bases that spread over ten orders", () => {
    for (const draw of draws) {
      const n = 1 + (draw % 20);
      const { cosines } = correlationForm(drawGramian(n, n + 4));
      const p = [0.2, 0.5, 1, 2, 5][draw % 5]!;
      const b = Float64Array.from({ length: n }, () => 10 ** (10 * random.uniform() - 5));
      const v = powerBalance(cosines, b, { p, damping: 0 });
      const product = matrixTimes(cosines, v);
      const size = most(v);
      for (let i = 0; i < n; i++) {
        expect(v[i]!).toBeGreaterThan(0);
        const wanted = b[i]! * (v[i]! / b[i]!) ** -p;
        expect(Math.abs(product[i]! - wanted)).toBeLessThan(1e-9 * wanted + 1e-12 * size);
      }
    }
  });
});

/** The minimiser over the simplex by brute force: the affine minimum of each face, where it lies inside. */
function bestFace(A: Float64Array, K: number): Float64Array {
  let [best, least] = [new Float64Array(K), Infinity];
  for (let set = 1; set < 2 ** K; set++) {
    const face = [...Array(K).keys()].filter((k) => set & (1 << k));
    const part = Float64Array.from(face.flatMap((i) => face.map((j) => A[i * K + j]!)));
    choleskyFactor(part, face.length);
    const x = choleskySolve(part, new Float64Array(face.length).fill(1), face.length);
    const sum = x.reduce((a, b) => a + b, 0);
    if (Math.min(...x) < 0) continue;
    const alpha = new Float64Array(K);
    face.forEach((k, i) => (alpha[k] = x[i]! / sum));
    const value = quadraticForm(A, alpha);
    if (value < least) [best, least] = [alpha, value];
  }
  return best;
}
