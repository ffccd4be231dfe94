/** M·x `[n]` for a row-major matrix `[n, n]`. */
export function matrixTimes(matrix: Float64Array, x: Float64Array): Float64Array {
  const n = x.length;
  const product = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    let sum = 0;
    for (let j = 0; j < n; j++) sum += matrix[row + j]! * x[j]!;
    product[i] = sum;
  }
  return product;
}

/** x·y of two vectors of one length. */
export function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  return sum;
}

/** xᵀ·M·x, at least 0: for a positive semi-definite matrix, whose rounding may fall below. */
export function quadraticForm(matrix: Float64Array, x: Float64Array): number {
  return Math.max(0, dot(x, matrixTimes(matrix, x)));
}
