import { choleskyFactor, choleskySolve } from "./cholesky.js";
import { matrixTimes } from "./products.js";
import { semidefiniteEigen } from "./symmetric-eigen.js";

/**
 * C⁺·b for a matrix of cosines: by Cholesky where C is regular, otherwise by its eigenvectors.
 *
 * @param cosines C `[n, n]`, positive semi-definite, 1 on its diagonal.
 * @param tolerance a pivot at most this size counts as 0.
 */
export function pseudoSolve(cosines: Float64Array, b: Float64Array, tolerance: number): Float64Array {
  const n = b.length;
  const factor = cosines.slice();
  choleskyFactor(factor, n, tolerance);
  let regular = true;
  for (let i = 0; i < n; i++) if (factor[i * n + i] === 0) regular = false;
  if (regular) {
    const x = choleskySolve(factor, b.slice(), n);
    const left = matrixTimes(cosines, x).map((value, i) => b[i]! - value);
    const correction = choleskySolve(factor, left, n); // one step of refinement
    return x.map((value, i) => value + correction[i]!);
  }
  const { values, vectors } = semidefiniteEigen(
    { n, norms: new Float64Array(n).fill(1), cosines },
    tolerance,
  );
  const x = new Float64Array(n);
  for (let k = 0; k < values.length; k++) {
    let along = 0;
    for (let i = 0; i < n; i++) along += vectors[k * n + i]! * b[i]!;
    for (let i = 0; i < n; i++) x[i] = x[i]! + (along / values[k]!) * vectors[k * n + i]!;
  }
  return x;
}
