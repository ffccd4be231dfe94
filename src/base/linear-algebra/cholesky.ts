/**
 * The Cholesky factor L of a symmetric positive semi-definite matrix, written over its lower triangle; the upper triangle is
 * left as it was. A row that depends on those before it gets the pivot 0 and takes no part in solutions.
 *
 * @param matrix `[n, n]`, row-major; changed in place.
 * @param tolerance a pivot at most this share of the row's diagonal entry counts as dependent.
 */
export function choleskyFactor(matrix: Float64Array, n: number, tolerance = 0): void {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    const diagonal = matrix[row + i]!;
    let pivot = diagonal;
    for (let j = 0; j < i; j++) {
      const other = j * n;
      let a = 0; // four sums, none of which waits for another
      let b = 0;
      let c = 0;
      let d = 0;
      let k = 0;
      for (; k + 3 < j; k += 4) {
        a += matrix[row + k]! * matrix[other + k]!;
        b += matrix[row + k + 1]! * matrix[other + k + 1]!;
        c += matrix[row + k + 2]! * matrix[other + k + 2]!;
        d += matrix[row + k + 3]! * matrix[other + k + 3]!;
      }
      for (; k < j; k++) a += matrix[row + k]! * matrix[other + k]!;
      const sum = matrix[row + j]! - (a + b + (c + d));
      const below = matrix[other + j]!;
      const entry = below > 0 ? sum / below : 0;
      matrix[row + j] = entry;
      pivot -= entry * entry;
    }
    matrix[row + i] = pivot > tolerance * diagonal ? Math.sqrt(pivot) : 0;
  }
}

/**
 * Solves L·Lᵀ·x = b with a factor of `choleskyFactor`; unknowns of dependent rows are 0.
 *
 * @param b `[n]`; becomes x.
 */
export function choleskySolve(factor: Float64Array, b: Float64Array, n: number): Float64Array {
  for (let i = 0; i < n; i++) {
    const pivot = factor[i * n + i]!;
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= factor[i * n + k]! * b[k]!;
    b[i] = pivot > 0 ? sum / pivot : 0;
  }
  for (let i = n - 1; i >= 0; i--) {
    const pivot = factor[i * n + i]!;
    const x = pivot > 0 ? b[i]! / pivot : 0;
    b[i] = x;
    for (let k = 0; k < i; k++) b[k] = b[k]! - factor[i * n + k]! * x;
  }
  return b;
}
