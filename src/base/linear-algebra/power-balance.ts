import { choleskyFactor, choleskySolve } from "./cholesky.js";
import { matrixTimes } from "./products.js";

const ENOUGH = 1e-12; // relative residual; float64 keeps it for well-conditioned C
const NEAR = 1e-6; // residual from which Newton's method squares it, until rounding lets it grow
const ROUNDS = 60; // of Newton's method from v = 1, of which about 8 are needed
const STEPS = 400; // along the path to b, of which about 6 are needed, and about 100 where b spreads over ten orders
const HALVINGS = 40; // of an interval on a line

/**
 * The positive solution of C·v = b ∘ (v/b)^(−p), elementwise: the stationary point of the strictly convex
 * ½·vᵀ·C·v + Σ bₖ²·φ(vₖ/bₖ) with φ(x) = x^(1−p)/(p−1), or −log x for p = 1. For C = I it is v = b.
 *
 * First for b = 1, by Newton steps each as far as the function falls along it. From there along the path on which s = C·v > 0
 * and log s + p·log v moves to (1 + p)·log b: Newton's method for both v and s, as interior-point methods take it.
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
  const unit = Math.exp(b.reduce((sum, value) => sum + Math.log(value) / n, 0));
  const v = balanceOfOnes(damped, n, p);
  const goal = b.map((value) => (1 + p) * Math.log(value / unit));
  return followPath(damped, v, { goal, p }).map((value) => value * unit);
}

/** The solution for b = 1. */
function balanceOfOnes(damped: Float64Array, n: number, p: number): Float64Array {
  const v = new Float64Array(n).fill(1);
  let [best, least] = [v.slice(), Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    const step = matrixTimes(damped, v);
    const hessian = damped.slice();
    let residual = 0;
    for (let i = 0; i < n; i++) {
      const wanted = v[i]! ** -p;
      step[i] = wanted - step[i]!;
      residual = Math.max(residual, Math.abs(step[i]!) / wanted);
      hessian[i * n + i] = hessian[i * n + i]! + (p * wanted) / v[i]!;
    }
    const stalled = residual < NEAR && residual >= least;
    if (residual < least) [best, least] = [v.slice(), residual];
    if (!(residual > ENOUGH) || stalled) break;
    choleskyFactor(hessian, n);
    choleskySolve(hessian, step, n);
    const length = alongLine(damped, v, { step, p });
    if (!(length > 0)) break;
    for (let i = 0; i < n; i++) v[i] = v[i]! + length * step[i]!;
  }
  return best;
}

/** How far to go along a step: to the least value on the line if it comes before the whole step, never to v = 0. */
function alongLine(
  damped: Float64Array,
  v: Float64Array,
  { step, p }: { readonly step: Float64Array; readonly p: number },
): number {
  const n = v.length;
  const most = longest(v, step, 0.99);
  const [atStart, slope] = [matrixTimes(damped, v), matrixTimes(damped, step)];
  const rises = (t: number): boolean => {
    let sum = 0;
    for (let i = 0; i < n; i++)
      sum += step[i]! * (atStart[i]! + t * slope[i]! - (v[i]! + t * step[i]!) ** -p);
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

/** From the solution for b = 1 to the one at which log s + p·log v is the goal. */
function followPath(
  damped: Float64Array,
  start: Float64Array,
  { goal, p }: { readonly goal: Float64Array; readonly p: number },
): Float64Array {
  const n = start.length;
  const v = start.slice();
  const s = v.map((value) => value ** -p);
  let last = Infinity;
  for (let round = 0; round < STEPS; round++) {
    const step = new Float64Array(n);
    const hessian = damped.slice();
    let residual = 0;
    for (let i = 0; i < n; i++) {
      const missing = goal[i]! - Math.log(s[i]!) - p * Math.log(v[i]!);
      residual = Math.max(residual, Math.abs(missing));
      step[i] = s[i]! * missing;
      hessian[i * n + i] = hessian[i * n + i]! + (p * s[i]!) / v[i]!;
    }
    if (!(residual > ENOUGH) || (residual < NEAR && residual >= last)) break;
    last = residual;
    choleskyFactor(hessian, n);
    const right = step.slice();
    choleskySolve(hessian, step, n);
    const slope = step.map((change, i) => right[i]! - (p * s[i]! * change) / v[i]!); // C·step
    const length = Math.min(longest(v, step, 0.9), longest(s, slope, 0.9));
    for (let i = 0; i < n; i++) {
      v[i] = v[i]! + length * step[i]!;
      s[i] = s[i]! + length * slope[i]!;
    }
  }
  return v;
}

/** The whole step, or as much of it as takes no value further than this share of the way to 0. */
function longest(values: Float64Array, step: Float64Array, share: number): number {
  let most = 1;
  for (let i = 0; i < values.length; i++)
    if (step[i]! < 0) most = Math.min(most, (share * values[i]!) / -step[i]!);
  return most;
}
