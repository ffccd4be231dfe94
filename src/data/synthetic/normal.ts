const FAR = 9; // beyond, the distribution differs from 0 or 1 by less than 2e-19

/**
 * Distribution function of the standard normal, to about 1e-15.
 *
 * Φ(x) = 1/2 + φ(x)·(x + x³/3 + x⁵/(3·5) + …).
 *
 * @see Marsaglia 2004, "Evaluating the Normal Distribution".
 */
export function normalShare(x: number): number {
  if (x >= FAR) return 1;
  if (x <= -FAR) return 0;
  let term = x;
  let sum = x;
  for (let odd = 3; Math.abs(term) > 1e-18 * Math.abs(sum); odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return Math.min(1, Math.max(0, 0.5 + sum * normalDensity(x)));
}

/** Density of the standard normal. */
export const normalDensity = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);

/**
 * The value below which a share of the standard normal lies, by halving.
 *
 * @param share in (0, 1); accurate to about 1e-12 where it is at least 1e-6 away from both ends.
 */
export function normalQuantile(share: number): number {
  let [low, high] = [-FAR, FAR];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalShare(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Mean of a function of a standard normal value, by the trapezoid rule in steps of 0.002. */
export function normalMean(f: (x: number) => number): number {
  const [reach, steps] = [8, 8000];
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const x = reach * ((2 * i) / steps - 1);
    sum += f(x) * normalDensity(x);
  }
  return (sum * 2 * reach) / steps;
}
