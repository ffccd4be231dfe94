import fc from "fast-check";
import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.js";
import { evaluate, gradients, input } from "../../graph/index.js";
import { traceNorm } from "./trace-norm.js";

/** Norm and gradient as the graph has them. */
function ofGraph(values: readonly (readonly number[])[], dtype: "float32" | "float64") {
  const [T, N] = [values.length, values[0]!.length];
  const rows = input("rows", dtype, [T, N]);
  const norm = traceNorm(rows);
  const [slope] = gradients(norm, [rows]);
  const data = dtype === "float64" ? Float64Array.from(values.flat()) : Float32Array.from(values.flat());
  const found = evaluate({ norm, slope: slope! }, { rows: { dtype, shape: [T, N], data } });
  return { norm: Number(found["norm"]!.data[0]), slope: Array.from(found["slope"]!.data, Number) };
}

/** Σ √(σ² + ε) over singular values and its gradient U·diag(σ/√(σ² + ε))·Vᵀ, with ε = 10⁻⁵·Σ σ², from a decomposition. */
function ofSingularValues(values: readonly (readonly number[])[]) {
  const svd = new SingularValueDecomposition(new Matrix(values.map((row) => [...row])), {
    autoTranspose: true,
  });
  const T = values.length;
  const sigma = Array.from({ length: T }, (_, i) => svd.diagonal[i] ?? 0);
  const total = sigma.reduce((sum, x) => sum + x * x, 0);
  const roots = sigma.map((x) => Math.sqrt(x * x + 1e-5 * total));
  const inverse = roots.reduce((sum, x) => sum + 1 / x, 0); // ε moves with every entry
  const [U, V] = [svd.leftSingularVectors, svd.rightSingularVectors];
  const slope = values.flatMap((row, t) =>
    row.map(
      (w, n) =>
        svd.diagonal.reduce((sum, x, i) => sum + U.get(t, i) * (x / roots[i]!) * V.get(n, i), 0) +
        1e-5 * w * inverse,
    ),
  );
  return { norm: roots.reduce((a, b) => a + b, 0), slope };
}

const matrices = fc
  .record({
    rows: fc.integer({ min: 1, max: 5 }),
    extra: fc.integer({ min: 0, max: 6 }),
    seed: fc.nat(1000),
    scale: fc.constantFrom(1e-3, 1, 1e3),
  })
  .map(({ rows, extra, seed, scale }) => {
    const random = seededRandom(seed, "matrix");
    return Array.from({ length: rows }, () =>
      Array.from({ length: rows + extra }, () => scale * random.normal()),
    );
  });

describe("the trace norm", () => {
  it("is the sum of singular values, and has their gradient", () => {
    fc.assert(
      fc.property(matrices, (values) => {
        const [found, expected] = [ofGraph(values, "float64"), ofSingularValues(values)];
        expect(Math.abs(found.norm / expected.norm - 1)).toBeLessThan(1e-9);
        found.slope.forEach((x, i) => expect(Math.abs(x - expected.slope[i]!)).toBeLessThan(1e-6));
      }),
    );
  });

  it("stays finite and right in single precision where all rows are the same", () => {
    const random = seededRandom(1, "rows");
    const row = Array.from({ length: 200 }, () => random.normal());
    const values = Array.from({ length: 8 }, () => row);
    const [found, expected] = [ofGraph(values, "float32"), ofSingularValues(values)];
    expect(Math.abs(found.norm / expected.norm - 1)).toBeLessThan(1e-3);
    found.slope.forEach((x, i) => expect(Math.abs(x - expected.slope[i]!)).toBeLessThan(1e-3));
  });

  it("is 0 with a gradient of 0 for a matrix of zeros", () => {
    const { norm, slope } = ofGraph(
      [
        [0, 0, 0],
        [0, 0, 0],
      ],
      "float32",
    );
    expect(norm).toBeLessThan(1e-6);
    expect(slope.every((x) => x === 0)).toBe(true);
  });
});
