import { choleskyFactor, choleskySolve } from "./cholesky.js";
import { matrixTimes } from "./products.js";

const ENOUGH = 1e-13; // relative residual; float64 keeps it for well-conditioned C
const ROUNDS = 60; // of which about 8 are needed
const HALVINGS = 40; // of an interval on a line

/**
 * The positive solution of C·v = b ∘ (v/b)^(−p), elementwise: the stationary point of the strictly convex
 * ½·vᵀ·C·v + Σ bₖ²·φ(vₖ/bₖ) with φ(x) = x^(1−p)/(p−1), or −log x for p = 1. For C = I it is v = b.
 *
 * Newton steps with the matrix C + diag(p·(v/b)^(−p−1)), each as far as the function falls along it.
 *
 * @param matrix C `[n, n]`, symmetric positive semi-definite with ones on its diagonal. Where it has a positive null vector no
 * solution is finite; `damping` on the diagonal keeps it so.
 * @param b `[n]`, positive.
 * @param p positive.
 */
export function powerBalance(
  matrix: Float64Array,
  b: Float64Array,
  { p, damping }: { readonly p: number; readonly damping: number },
): Float64Array {
  const n = b.length;
  const damped = matrix.slice();
  for (let i = 0; i < n; i++) damped[i * n + i] = damped[i * n + i]! + damping;
  const v = b.slice();
  let [best, bestResidual] = [v.slice(), Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    const product = matrixTimes(damped, v);
    const step = new Float64Array(n);
    const hessian = damped.slice();
    let residual = 0;
    for (let i = 0; i < n; i++) {
      const x = v[i]! / b[i]!;
      const wanted = b[i]! * x ** -p;
      step[i] = wanted - product[i]!;
      residual = Math.max(residual, Math.abs(step[i]!) / wanted);
      hessian[i * n + i] = hessian[i * n + i]! + p * x ** (-p - 1);
    }
    if (residual < bestResidual) [best, bestResidual] = [v.slice(), residual];
    if (!(residual > ENOUGH)) break;
    choleskyFactor(hessian, n);
    choleskySolve(hessian, step, n);
    const length = alongLine({ damped, b, p }, v, step);
    if (!(length > 0)) break;
    for (let i = 0; i < n; i++) v[i] = v[i]! + length * step[i]!;
  }
  return best;
}

/** How far to go along a step: to the least value on the line if it comes before the whole step, never to v = 0. */
function alongLine(
  { damped, b, p }: { readonly damped: Float64Array; readonly b: Float64Array; readonly p: number },
  v: Float64Array,
  step: Float64Array,
): number {
  const n = v.length;
  let most = 1;
  for (let i = 0; i < n; i++) if (step[i]! < 0) most = Math.min(most, (0.99 * v[i]!) / -step[i]!);
  const [atStart, slope] = [matrixTimes(damped, v), matrixTimes(damped, step)];
  const rises = (t: number): boolean => {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const x = (v[i]! + t * step[i]!) / b[i]!;
      sum += step[i]! * (atStart[i]! + t * slope[i]! - b[i]! * x ** -p);
    }
    return sum > 0;
  };
  if (!rises(most)) return most;
  let [low, high] = [0, most];
  for (let k = 0; k < HALVINGS && high - low > 0.05 * high; k++) {
    const middle = (low + high) / 2;
    if (rises(middle)) high = middle;
    else low = middle;
  }
  return low > 0 ? low : high / 2;
}
