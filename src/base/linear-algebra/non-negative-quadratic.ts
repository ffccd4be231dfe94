import { choleskyFactor, choleskySolve } from "./cholesky.js";
import { matrixTimes } from "./products.js";

const DEPENDENT = 1e-14; // a pivot below this share of a unit diagonal is rounding of about 100 operations
const ROUNDING = 1e-14; // slopes this share of their summands count as 0
const ROUNDS = 40; // exchanges of sets, of which about 5 are needed where M is regular
const PATIENCE = 3; // exchanges of whole sets that may fail to help before single ones follow, as in the paper

/**
 * The exact minimiser of ½·xᵀ·M·x + qᵀ·x over x ≥ 0, by exchanging which unknowns are free until x ≥ 0 and M·x + q ≥ 0 hold
 * with one of the two zero in every place.
 *
 * @param matrix M `[n, n]`, symmetric positive semi-definite with ones on its diagonal.
 * @param q `[n]`.
 * @param near the minimiser of a like problem, whose free unknowns are tried first: it changes the time, not the answer.
 * @returns x `[n]`. Where M is singular and the minimum lies at infinity, a finite point on the way.
 * @see Júdice & Pires 1994, "A Block Principal Pivoting Algorithm for Large-Scale Strictly Monotone Linear Complementarity
 * Problems"; Kim & Park 2011, "Fast Nonnegative Matrix Factorization", sec. 4. Where exchanges go round in
 * circles: Lawson & Hanson 1974, "Solving Least Squares Problems", ch. 23.
 */
export function nonNegativeQuadratic(
  matrix: Float64Array,
  q: Float64Array,
  near?: Float64Array,
): Float64Array {
  const n = q.length;
  const free = near
    ? Uint8Array.from(near, (x) => (x > 0 ? 1 : 0))
    : Uint8Array.from(q, (x) => (x < 0 ? 1 : 0));
  const wrong = new Int32Array(n);
  let [fewest, patience] = [n + 1, PATIENCE];
  let x: Float64Array = new Float64Array(n);
  for (let round = 0; round < ROUNDS; round++) {
    x = freeMinimum(matrix, q, free);
    const count = infeasible(matrix, q, x, free, wrong);
    if (count === 0) return x;
    if (count < fewest) [fewest, patience] = [count, PATIENCE];
    else patience--;
    for (let k = patience >= 0 ? 0 : count - 1; k < count; k++) free[wrong[k]!] = 1 - free[wrong[k]!]!;
  }
  return oneByOne(matrix, q);
}

/** The same minimum by freeing one unknown at a time, whose slope is steepest: slower, but M may be singular. */
function oneByOne(matrix: Float64Array, q: Float64Array): Float64Array {
  const n = q.length;
  const free = new Uint8Array(n);
  const wrong = new Int32Array(n);
  const x = new Float64Array(n);
  for (let round = 0; round < 3 * n; round++) {
    const count = infeasible(matrix, q, x, free, wrong);
    if (count === 0) break;
    let steepest = wrong[0]!;
    const slopes = matrixTimes(matrix, x).map((value, i) => value + q[i]!);
    for (let k = 1; k < count; k++) if (slopes[wrong[k]!]! < slopes[steepest]!) steepest = wrong[k]!;
    free[steepest] = 1;
    while (!towards(x, freeMinimum(matrix, q, free), free));
  }
  return x;
}

/** Moves x towards the free minimum until an unknown reaches 0 and is freed no more; says whether it came all the way. */
function towards(x: Float64Array, minimum: Float64Array, free: Uint8Array): boolean {
  let share = 1;
  for (let i = 0; i < x.length; i++)
    if (free[i] && minimum[i]! < 0) share = Math.min(share, x[i]! / (x[i]! - minimum[i]!));
  for (let i = 0; i < x.length; i++) {
    const blocked = free[i] && minimum[i]! < 0 && x[i]! / (x[i]! - minimum[i]!) <= share;
    x[i] = blocked ? 0 : Math.max(0, x[i]! + share * (minimum[i]! - x[i]!));
    if (blocked) free[i] = 0;
  }
  return share === 1;
}

/** The minimiser over the free unknowns, the others being 0. */
function freeMinimum(matrix: Float64Array, q: Float64Array, free: Uint8Array): Float64Array {
  const n = q.length;
  const x = new Float64Array(n);
  const places: number[] = [];
  for (let i = 0; i < n; i++) if (free[i]) places.push(i);
  const size = places.length;
  if (size === 0) return x;
  const part = new Float64Array(size * size);
  const right = new Float64Array(size);
  for (let a = 0; a < size; a++) {
    const row = places[a]! * n;
    right[a] = -q[places[a]!]!;
    for (let b = 0; b <= a; b++) part[a * size + b] = matrix[row + places[b]!]!;
  }
  choleskyFactor(part, size, DEPENDENT);
  choleskySolve(part, right, size);
  for (let a = 0; a < size; a++) x[places[a]!] = right[a]!;
  return x;
}

/** Writes the places where x < 0, or where the slope M·x + q is below 0 by more than rounding, into `wrong`; says how many. */
function infeasible(
  matrix: Float64Array,
  q: Float64Array,
  x: Float64Array,
  free: Uint8Array,
  wrong: Int32Array,
): number {
  const n = q.length;
  const places = new Int32Array(n);
  let [count, found] = [0, 0];
  for (let j = 0; j < n; j++) if (x[j] !== 0) places[count++] = j;
  for (let i = 0; i < n; i++) {
    if (free[i]) {
      if (x[i]! < 0) wrong[found++] = i;
      continue;
    }
    const row = i * n;
    let [slope, size] = [q[i]!, Math.abs(q[i]!)];
    for (let k = 0; k < count; k++) {
      const term = matrix[row + places[k]!]! * x[places[k]!]!;
      slope += term;
      size += Math.abs(term);
    }
    if (slope < -ROUNDING * size) wrong[found++] = i;
  }
  return found;
}
