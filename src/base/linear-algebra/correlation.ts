/** A Gramian as lengths and cosines: A = D·C·D with D = diag(norms), over the rows that are not zero. */
export interface CorrelationForm {
  /** How many rows are not zero: n. */
  readonly n: number;
  /** Their places in the Gramian `[n]`, ascending. */
  readonly places: Int32Array;
  /** Their lengths `[n]`, in units of `unit`. */
  readonly norms: Float64Array;
  /** The longest of them; 0 where all rows are zero. */
  readonly unit: number;
  /** Their cosines `[n, n]`: symmetric, 1 on the diagonal, in [−1, 1] elsewhere. */
  readonly cosines: Float64Array;
}

/**
 * The lengths and cosines of rows from their Gramian, so that what follows is independent of how far the lengths spread.
 *
 * @param gramian J·Jᵀ `[K, K]`, row-major.
 */
export function correlationForm(gramian: Float64Array): CorrelationForm {
  const K = Math.round(Math.sqrt(gramian.length));
  const all = new Int32Array(K);
  let n = 0;
  for (let i = 0; i < K; i++) if (gramian[i * K + i]! > 0) all[n++] = i;
  const places = all.slice(0, n);
  const lengths = new Float64Array(n);
  let unit = 0;
  for (let a = 0; a < n; a++) {
    lengths[a] = Math.sqrt(gramian[places[a]! * (K + 1)]!);
    unit = Math.max(unit, lengths[a]!);
  }
  const cosines = new Float64Array(n * n);
  for (let a = 0; a < n; a++) {
    const row = places[a]! * K;
    cosines[a * n + a] = 1;
    for (let b = 0; b < a; b++) {
      const ratio = gramian[row + places[b]!]! / lengths[a]! / lengths[b]!;
      const cosine = Math.max(-1, Math.min(1, ratio));
      cosines[a * n + b] = cosine;
      cosines[b * n + a] = cosine;
    }
  }
  return { n, places, norms: lengths.map((length) => length / unit), unit, cosines };
}

/** Puts values `[n]` of the rows that are not zero at their places among K; the others get `rest`. */
export function atPlaces(
  { places }: CorrelationForm,
  K: number,
  values: Float64Array,
  rest: number,
): Float64Array {
  const all = new Float64Array(K).fill(rest);
  for (let a = 0; a < places.length; a++) all[places[a]!] = values[a]!;
  return all;
}
