import { nonNegativeQuadratic } from "./non-negative-quadratic.js";

/**
 * Coordinates α of the point of least norm in the convex hull of K vectors: the minimiser of αᵀ·A·α over the simplex α ≥ 0,
 * Σα = 1.
 *
 * On the simplex A may be replaced by A + c·1·1ᵀ, which moves the origin out of the hull; the minimiser of
 * ½·αᵀ·(A + c·1·1ᵀ)·α − Σα over α ≥ 0 is then a multiple of the answer.
 *
 * @param gramian A, the vectors' Gramian `[K, K]`, row-major.
 * @param near the answer to a like problem, from which this one is found sooner.
 * @returns α `[K]`; spread evenly over the vectors that are zero, if there are some.
 * @see Wolfe 1976, "Finding the Nearest Point in a Polytope" (the problem, and the shift by 1·1ᵀ).
 */
export function minNormPoint(gramian: Float64Array, near?: Float64Array): Float64Array {
  const K = Math.round(Math.sqrt(gramian.length));
  let shift = Infinity;
  for (let i = 0; i < K; i++) shift = Math.min(shift, gramian[i * K + i]!);
  if (!(shift > 0))
    return evenly(Float64Array.from({ length: K }, (_, i) => (gramian[i * K + i]! > 0 ? 0 : 1)));
  const sizes = Float64Array.from({ length: K }, (_, i) => Math.sqrt(gramian[i * K + i]! + shift));
  const scaled = new Float64Array(K * K);
  for (let i = 0; i < K; i++)
    for (let j = 0; j < K; j++)
      scaled[i * K + j] = i === j ? 1 : (gramian[i * K + j]! + shift) / sizes[i]! / sizes[j]!;
  const unit = Math.sqrt(2 * shift); // so that the largest slope is about 1
  const slopes = sizes.map((size) => -unit / size);
  const x = nonNegativeQuadratic(scaled, slopes, near);
  return evenly(x.map((value, i) => value / (sizes[i]! / unit)));
}

/** Divides by the sum. */
function evenly(x: Float64Array): Float64Array {
  const sum = x.reduce((total, value) => total + value, 0);
  return sum > 0 ? x.map((value) => value / sum) : x.fill(1 / x.length);
}
