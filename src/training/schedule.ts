/** A learning rate that warms up linearly and then falls along a cosine. */
export interface ScheduleOptions {
  /** The highest learning rate, per step. */
  readonly peak: number;
  /** Steps in all. */
  readonly steps: number;
  /** Share of the steps spent warming up, in [0, 1). */
  readonly warmup: number;
}

/**
 * Learning rate of a step counted from 0: peak·(step+1)/w over the first w = ⌈warmup·steps⌉ steps, then
 * peak·½(1 + cos π·progress).
 *
 * @see Loshchilov & Hutter 2017, "SGDR: Stochastic Gradient Descent with Warm Restarts", eq. 5 (one cycle, minimum 0);
 * Goyal et al. 2017, "Accurate, Large Minibatch SGD", sec. 2.2 (gradual warm-up).
 */
export function warmupCosine(step: number, { peak, steps, warmup }: ScheduleOptions): number {
  const warm = Math.ceil(warmup * steps);
  if (step < warm) return (peak * (step + 1)) / warm;
  const progress = Math.min(1, (step - warm) / Math.max(1, steps - warm));
  return peak * 0.5 * (1 + Math.cos(Math.PI * progress));
}
