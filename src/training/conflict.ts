/** How far the gradients of tasks point against each other at one step. */
export interface Conflict {
  /** Share of pairs with a negative cosine, in [0, 1]; 0 with fewer than two tasks. */
  readonly share: number;
  /** Smallest cosine of a pair, in [−1, 1]; 1 with fewer than two tasks. */
  readonly smallest: number;
}

/**
 * The conflict among K tasks, read from their Gramian. A task whose gradient is zero conflicts with none: its cosines are 0.
 *
 * @param gramian J·Jᵀ `[K, K]`, row-major.
 * @see Yu et al. 2020, "Gradient Surgery for Multi-Task Learning", definition 1.
 */
export function conflict(gramian: Float64Array): Conflict {
  const K = Math.round(Math.sqrt(gramian.length));
  if (K < 2) return { share: 0, smallest: 1 };
  const units = new Float64Array(K); // 1 / norm, 0 of a gradient that is zero
  for (let i = 0; i < K; i++) units[i] = gramian[i * K + i]! > 0 ? 1 / Math.sqrt(gramian[i * K + i]!) : 0;
  let [opposed, smallest] = [0, 1];
  for (let i = 1; i < K; i++)
    for (let j = 0; j < i; j++) {
      const cosine = gramian[i * K + j]! * units[i]! * units[j]!;
      if (cosine < 0) opposed++;
      if (cosine < smallest) smallest = cosine;
    }
  return { share: opposed / ((K * (K - 1)) / 2), smallest: Math.max(-1, smallest) };
}
