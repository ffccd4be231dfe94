import type { CorrelationForm } from "./correlation.js";

/** The eigenvalues above 0 of a positive semi-definite matrix `[n, n]` of rank r, and their vectors. */
export interface SemidefiniteEigen {
  /** `[r]`, descending. */
  readonly values: Float64Array;
  /** Unit eigenvectors, one per row: `[r, n]`. */
  readonly vectors: Float64Array;
}

const SWEEPS = 60; // of which about 5 are needed; a bound against endless rounding
const ORTHOGONAL = 1e-15; // cosine of two columns that counts as 0

/**
 * Eigenvalues and vectors of D·C·D by a pivoted Cholesky factor of C and Jacobi rotations of the columns of D·L. Small
 * eigenvalues come out as exact as large ones, however far the lengths in D spread.
 *
 * @param form lengths D and cosines C.
 * @param tolerance a pivot of C at most this size counts as 0: what decides the rank.
 * @see Veselić & Hari 1989, "A Note on a One-Sided Jacobi Algorithm"; Demmel & Veselić 1992, "Jacobi's Method is More
 * Accurate than QR".
 */
export function semidefiniteEigen(
  { n, norms, cosines }: Pick<CorrelationForm, "n" | "norms" | "cosines">,
  tolerance: number,
): SemidefiniteEigen {
  const rows = pivotedFactor(cosines, n, tolerance); // [r, n]: C = Σ rowᵀ·row
  const r = rows.length / Math.max(1, n);
  for (let k = 0; k < r; k++) for (let i = 0; i < n; i++) rows[k * n + i] = rows[k * n + i]! * norms[i]!;
  rotateApart(rows, r, n);
  const squares = Float64Array.from({ length: r }, (_, k) => squareOf(rows, k * n, n));
  const order = [...squares.keys()].sort((a, b) => squares[b]! - squares[a]!);
  const vectors = new Float64Array(r * n);
  order.forEach((from, to) => {
    const length = Math.sqrt(squares[from]!);
    for (let i = 0; i < n; i++) vectors[to * n + i] = rows[from * n + i]! / length;
  });
  return { values: Float64Array.from(order, (k) => squares[k]!), vectors };
}

/** Rows `[r, n]` of the transposed Cholesky factor, the largest pivot first. */
function pivotedFactor(matrix: Float64Array, n: number, tolerance: number): Float64Array {
  const left = Float64Array.from({ length: n }, (_, i) => matrix[i * n + i]!);
  const rows = new Float64Array(n * n);
  let r = 0;
  for (; r < n; r++) {
    let p = 0;
    for (let i = 1; i < n; i++) if (left[i]! > left[p]!) p = i;
    if (!(left[p]! > tolerance)) break;
    const root = Math.sqrt(left[p]!);
    for (let i = 0; i < n; i++) {
      if (left[i] === -Infinity) continue; // was a pivot
      let sum = matrix[i * n + p]!;
      for (let k = 0; k < r; k++) sum -= rows[k * n + i]! * rows[k * n + p]!;
      rows[r * n + i] = sum / root;
    }
    for (let i = 0; i < n; i++) left[i] = left[i]! - rows[r * n + i]! ** 2;
    left[p] = -Infinity;
  }
  return rows.slice(0, r * n);
}

/** Rotates pairs of rows until all are orthogonal. */
function rotateApart(rows: Float64Array, r: number, n: number): void {
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let moved = false;
    for (let a = 0; a < r - 1; a++)
      for (let b = a + 1; b < r; b++) if (rotatePair(rows, a * n, b * n, n)) moved = true;
    if (!moved) return;
  }
}

function rotatePair(rows: Float64Array, a: number, b: number, n: number): boolean {
  let [aa, bb, ab] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [x, y] = [rows[a + i]!, rows[b + i]!];
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  if (!(Math.abs(ab) > ORTHOGONAL * n * Math.sqrt(aa) * Math.sqrt(bb))) return false;
  const zeta = (bb - aa) / (2 * ab);
  const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = c * t;
  for (let i = 0; i < n; i++) {
    const [x, y] = [rows[a + i]!, rows[b + i]!];
    rows[a + i] = c * x - s * y;
    rows[b + i] = s * x + c * y;
  }
  return true;
}

function squareOf(rows: Float64Array, start: number, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += rows[start + i]! ** 2;
  return sum;
}
