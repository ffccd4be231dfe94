const ROUNDING = 1e-11; // of a row whose largest entry is 1

/** A linear program over the simplex: largest c·x over x ≥ 0, Σx = 1, A·x ≤ b. */
export interface SimplexProgram {
  /** c `[n]`. */
  readonly objective: Float64Array;
  /** A `[m, n]`, row-major. */
  readonly rows: Float64Array;
  /** b `[m]`, none negative. */
  readonly bounds: Float64Array;
}

/**
 * A vertex x `[n]` at which the objective is largest; undefined if no point of the simplex keeps the bounds.
 *
 * The tableau begins at x = 0, which keeps b ≥ 0. Σx ≤ 1 is first brought to 1, then held there while c·x grows.
 *
 * @see Bland 1977, "New Finite Pivoting Rules for the Simplex Method": the rule that keeps it from going round in circles.
 */
export function bestOnSimplex({ objective, rows, bounds }: SimplexProgram): Float64Array | undefined {
  const [n, m] = [objective.length, bounds.length];
  const width = n + m + 2; // unknowns, slacks of the bounds and of the sum, right side
  const table = Array.from({ length: m + 1 }, (_, i) => {
    const line = new Float64Array(width);
    const own = i < m ? rows.subarray(i * n, i * n + n) : new Float64Array(n).fill(1);
    const size = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
    own.forEach((value, k) => (line[k] = value / size));
    line[n + i] = 1;
    line[width - 1] = (i < m ? bounds[i]! : 1) / size;
    return line;
  });
  const basis = Array.from({ length: m + 1 }, (_, i) => n + i);
  const sum = new Float64Array(width);
  sum.fill(1, 0, n);
  climb(table, basis, sum, width - 1);
  const reached = valuesOf(table, basis, n).reduce((total, value) => total + value, 0);
  if (reached < 1 - 1e-9) return undefined;
  const line = new Float64Array(width);
  const size = objective.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  objective.forEach((value, k) => (line[k] = value / size));
  climb(table, basis, line, n + m); // the sum's slack stays 0
  const found = valuesOf(table, basis, n).map((value) => Math.max(0, value));
  const total = found.reduce((a, b) => a + b, 0);
  return found.map((value) => value / total);
}

/** Pivots while an unknown before `last` that is 0 would raise the objective. */
function climb(table: Float64Array[], basis: number[], costs: Float64Array, last: number): void {
  const gains = costs.slice();
  basis.forEach((column, i) => eliminate(gains, table[i]!, column));
  for (let pivots = 0; pivots < 50 * (table.length + last); pivots++) {
    const enters = gains.findIndex((gain, k) => k < last && gain > ROUNDING);
    if (enters < 0) return;
    const leaves = leaving(table, basis, enters);
    if (leaves < 0) return; // cannot be: the simplex is bounded
    const row = table[leaves]!;
    const pivot = row[enters]!;
    for (let k = 0; k < row.length; k++) row[k]! /= pivot;
    for (const other of [...table, gains]) if (other !== row) eliminate(other, row, enters);
    basis[leaves] = enters;
  }
}

/** The row whose unknown is first to become 0 as another grows; of several that of the first unknown. */
function leaving(table: readonly Float64Array[], basis: readonly number[], enters: number): number {
  let [best, ratio] = [-1, Infinity];
  table.forEach((row, i) => {
    if (row[enters]! <= ROUNDING) return;
    const own = Math.max(0, row.at(-1)!) / row[enters]!;
    const tie = own === ratio && basis[i]! < basis[best]!;
    if (own < ratio || tie) [best, ratio] = [i, own];
  });
  return best;
}

function eliminate(row: Float64Array, pivot: Float64Array, column: number): void {
  const factor = row[column]!;
  if (factor === 0) return;
  for (let k = 0; k < row.length; k++) row[k]! -= factor * pivot[k]!;
  row[column] = 0;
}

function valuesOf(table: readonly Float64Array[], basis: readonly number[], n: number): Float64Array {
  const values = new Float64Array(n);
  basis.forEach((column, i) => {
    if (column < n) values[column] = table[i]!.at(-1)!;
  });
  return values;
}
