import { describe, expect, it } from "vitest";
import { choleskyFactor } from "../../base/linear-algebra/cholesky.js";
import { seededRandom } from "../../base/random.js";
import { dotOf, drawRows, gramianOf, stepOf } from "../gramian-balancer.contract.js";
import { alignedMtl } from "./aligned-mtl.js";

describe("Aligned-MTL", () => {
  it("is the sum of gradients whose singular values are all the smallest of the original ones", () => {
    const random = seededRandom(20);
    for (let draw = 0; draw < 100; draw++) {
      const K = draw < 90 ? 2 + random.integer(5) : 16 + random.integer(20); // many tasks take another way
      const rows = drawRows(random, K, 2 * K + 6, draw % 3);
      const A = gramianOf(rows);
      // the transformed gradients B·J have B·A·B = σ·1, so their sum w = B·1 has wᵀ·A·w = σ·K
      const w = alignedMtl.weights(stepOf(alignedMtl, rows));
      const square = w.reduce((sum, a, i) => sum + w.reduce((s, b, j) => s + a * b * A[i * K + j]!, 0), 0);
      const smallest = leastEigenvalue(A, K);
      expect(square / (smallest * K)).toBeCloseTo(1, 7);
    }
  });

  it("is √σ·A^(−½)·1 for two tasks, in closed form", () => {
    const random = seededRandom(21);
    for (let draw = 0; draw < 100; draw++) {
      const [a, b] = drawRows(random, 2, 6, 1) as [number[], number[]];
      const [aa, ab, bb] = [dotOf(a, a), dotOf(a, b), dotOf(b, b)];
      const root = Math.sqrt(aa * bb - ab * ab); // √det
      const trace = Math.sqrt(aa + bb + 2 * root); // tr A^½
      const mean = (aa + bb) / 2;
      const spread = Math.hypot((aa - bb) / 2, ab);
      const values = [mean - spread, mean - spread, mean]; // smallest, lower median, mean
      values.forEach((sigma, scale) => {
        // A^½ = (A + √det·1)/tr, whose determinant is √det: its inverse is that of a matrix of two rows
        const inverse = [(bb + root) / trace / root, -ab / trace / root, (aa + root) / trace / root] as const;
        const w = alignedMtl.weights(stepOf(alignedMtl, [a, b], { options: { scale } }));
        expect(w[0]! / (Math.sqrt(sigma) * (inverse[0] + inverse[1]))).toBeCloseTo(1, 7);
        expect(w[1]! / (Math.sqrt(sigma) * (inverse[2] + inverse[1]))).toBeCloseTo(1, 7);
      });
    }
  });

  it("takes the smallest eigenvalue that is not 0 where gradients depend on each other", () => {
    const w = alignedMtl.weights(
      stepOf(alignedMtl, [
        [2, 0],
        [2, 0],
        [0, 1],
      ]),
    );
    // eigenvalues 8 and 1: the two copies share √(1/8)·½·2 each way
    expect(w[0]).toBeCloseTo(Math.sqrt(1 / 8), 10);
    expect(w[1]).toBeCloseTo(Math.sqrt(1 / 8), 10);
    expect(w[2]).toBeCloseTo(1, 10);
  });

  it("does not take a short gradient for a dependent one", () => {
    const w = alignedMtl.weights(
      stepOf(alignedMtl, [
        [1, 0],
        [0, 1e-9],
      ]),
    );
    expect(w[0]! / 1e-9).toBeCloseTo(1, 10);
    expect(w[1]).toBeCloseTo(1, 10);
  });
});

/** The smallest eigenvalue by inverse iteration with a Cholesky factor. */
function leastEigenvalue(A: Float64Array, n: number): number {
  const L = A.slice();
  choleskyFactor(L, n);
  let x = Float64Array.from({ length: n }, (_, i) => 1 + i / n);
  let value = 0;
  for (let round = 0; round < 3000; round++) {
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < i; k++) x[i] = x[i]! - L[i * n + k]! * x[k]!;
      x[i] = x[i]! / L[i * n + i]!;
    }
    for (let i = n - 1; i >= 0; i--) {
      for (let k = i + 1; k < n; k++) x[i] = x[i]! - L[k * n + i]! * x[k]!;
      x[i] = x[i]! / L[i * n + i]!;
    }
    const length = Math.hypot(...x);
    value = 1 / length;
    x = x.map((entry) => entry / length);
  }
  return value;
}
