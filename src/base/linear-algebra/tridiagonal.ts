/** The eigenvalues of a symmetric matrix, and the way to its eigenvectors' coordinates and back, in O(n²) for a vector. */
export interface Spectrum {
  /** `[n]`, in no order; exact to rounding of the largest. */
  readonly values: Float64Array;
  /** The coordinates `[n]` of x along the eigenvectors, in the order of the values. */
  coordinates(x: Float64Array): Float64Array;
  /** The vector `[n]` with these coordinates. */
  vector(coordinates: Float64Array): Float64Array;
}

const ROUNDING = 2 ** -52;
const ROUNDS = 60; // for one eigenvalue, of which about 2 are needed

/**
 * The spectrum of a symmetric matrix by reflections to tridiagonal form and implicit QL steps. Reflections and rotations are kept
 * as they are, and no eigenvector is formed.
 *
 * @param matrix `[n, n]`, row-major; its lower triangle is read.
 * @see Golub & Van Loan 2013, "Matrix Computations", sec. 8.3; Dubrulle, Martin & Wilkinson 1968, "The Implicit QL Algorithm".
 */
export function spectrum(matrix: Float64Array, n: number): Spectrum {
  const reduced = reduce(matrix, n);
  const turns = diagonalize(reduced.diagonal, reduced.beside);
  return {
    values: reduced.diagonal,
    coordinates(x) {
      const y = x.slice();
      for (let k = 0; k < n - 2; k++) reflect(reduced.mirrors, k, y);
      for (let t = 0; t < turns.length; t += 3) turn(y, turns[t]!, turns[t + 1]!, turns[t + 2]!);
      return y;
    },
    vector(coordinates) {
      const y = coordinates.slice();
      for (let t = turns.length - 3; t >= 0; t -= 3) turn(y, turns[t]!, turns[t + 1]!, -turns[t + 2]!);
      for (let k = n - 3; k >= 0; k--) reflect(reduced.mirrors, k, y);
      return y;
    },
  };
}

interface Reduced {
  readonly diagonal: Float64Array;
  /** Entry i stands between rows i and i + 1. */
  readonly beside: Float64Array;
  /** Row k holds a vector v from place k + 1 on, scaled so that the reflection is 1 − v·vᵀ. */
  readonly mirrors: Float64Array;
}

function reduce(matrix: Float64Array, n: number): Reduced {
  const A = matrix.slice();
  const mirrors = new Float64Array(n * n);
  const [diagonal, beside] = [new Float64Array(n), new Float64Array(n)];
  for (let k = 0; k < n - 2; k++) {
    const v = mirrors.subarray(k * n, (k + 1) * n);
    let square = 0;
    for (let i = k + 1; i < n; i++) {
      v[i] = A[i * n + k]!;
      square += v[i]! ** 2;
    }
    const length = v[k + 1]! > 0 ? -Math.sqrt(square) : Math.sqrt(square);
    beside[k] = length;
    if (square === 0) continue; // v is 0: no reflection
    v[k + 1] = v[k + 1]! - length;
    const scale = 1 / Math.sqrt(-length * v[k + 1]!); // ‖v‖² = −2·length·v₁
    for (let i = k + 1; i < n; i++) v[i] = v[i]! * scale;
    subtract(A, n, { v, from: k + 1 });
  }
  for (let i = 0; i < n; i++) diagonal[i] = A[i * n + i]!;
  if (n > 1) beside[n - 2] = A[(n - 1) * n + n - 2]!;
  return { diagonal, beside, mirrors };
}

/** (1 − v·vᵀ)·A·(1 − v·vᵀ) = A − v·wᵀ − w·vᵀ with w = A·v − ½·(vᵀ·A·v)·v, in the lower triangle from a row on. */
function subtract(
  A: Float64Array,
  n: number,
  { v, from }: { readonly v: Float64Array; readonly from: number },
): void {
  const w = new Float64Array(n);
  for (let i = from; i < n; i++) {
    const [row, vi] = [i * n, v[i]!];
    let sum = A[row + i]! * vi;
    for (let j = from; j < i; j++) {
      const entry = A[row + j]!;
      sum += entry * v[j]!;
      w[j] = w[j]! + entry * vi;
    }
    w[i] = sum;
  }
  let along = 0;
  for (let i = from; i < n; i++) along += w[i]! * v[i]!;
  for (let i = from; i < n; i++) w[i] = w[i]! - 0.5 * along * v[i]!;
  for (let i = from; i < n; i++) {
    const [row, vi, wi] = [i * n, v[i]!, w[i]!];
    for (let j = from; j <= i; j++) A[row + j] = A[row + j]! - vi * w[j]! - wi * v[j]!;
  }
}

function reflect(mirrors: Float64Array, k: number, x: Float64Array): void {
  const n = x.length;
  let along = 0;
  for (let i = k + 1; i < n; i++) along += mirrors[k * n + i]! * x[i]!;
  for (let i = k + 1; i < n; i++) x[i] = x[i]! - along * mirrors[k * n + i]!;
}

/** Turns places i and i + 1. */
function turn(x: Float64Array, i: number, c: number, s: number): void {
  const [a, b] = [x[i]!, x[i + 1]!];
  x[i] = c * a - s * b;
  x[i + 1] = s * a + c * b;
}

/** Makes a tridiagonal matrix diagonal, in place; says the rotations as place, cosine, sine. */
function diagonalize(d: Float64Array, e: Float64Array): number[] {
  const n = d.length;
  const turns: number[] = [];
  for (let l = 0; l < n; l++)
    for (let round = 0; round < ROUNDS; round++) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]!) > ROUNDING * (Math.abs(d[m]!) + Math.abs(d[m + 1]!))) m++;
      if (m === l) break;
      chase(d, e, { l, m, turns });
    }
  return turns;
}

/** One implicit QL step on rows l to m with Wilkinson's shift. */
function chase(
  d: Float64Array,
  e: Float64Array,
  { l, m, turns }: { readonly l: number; readonly m: number; readonly turns: number[] },
): void {
  const half = (d[l + 1]! - d[l]!) / (2 * e[l]!);
  const root = Math.sqrt(half * half + 1);
  let g = d[m]! - d[l]! + e[l]! / (half + (half < 0 ? -root : root));
  let [s, c, p] = [1, 1, 0];
  for (let i = m - 1; i >= l; i--) {
    const [f, b] = [s * e[i]!, c * e[i]!];
    const r = Math.sqrt(f * f + g * g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1] = d[i + 1]! - p;
      e[m] = 0;
      return;
    }
    [s, c] = [f / r, g / r];
    const before = d[i + 1]! - p;
    const change = (d[i]! - before) * s + 2 * c * b;
    p = s * change;
    d[i + 1] = before + p;
    g = c * change - b;
    turns.push(i, c, s);
  }
  d[l] = d[l]! - p;
  e[l] = g;
  e[m] = 0;
}
