import { gammaln } from "simple-statistics";

const TERMS = 500; // of a series or a continued fraction; a few dozen are enough where p matters
const TINY = 1e-300; // keeps a denominator from being 0

/**
 * Upper tail of the χ² distribution: the probability of a statistic at least so large by chance.
 *
 * The regularised incomplete gamma function Q(df/2, x/2), by its series below df/2 + 1 and its continued fraction above.
 *
 * @see Press et al. 2007, "Numerical Recipes", section 6.2.
 */
export function chiSquaredTail(x: number, df: number): number {
  if (!(x > 0)) return 1;
  const [a, z] = [df / 2, x / 2];
  const front = Math.exp(a * Math.log(z) - z - gammaln(a));
  return z < a + 1 ? 1 - front * gammaSeries(a, z) : front * gammaFraction(a, z);
}

function gammaSeries(a: number, z: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < TERMS + Math.ceil(a); n++) {
    term *= z / (a + n);
    sum += term;
    if (term < sum * Number.EPSILON) break;
  }
  return sum;
}

/** Lentz's method. */
function gammaFraction(a: number, z: number): number {
  let b = z + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < TERMS + Math.ceil(a); n++) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / nonZero(an * d + b);
    c = nonZero(b + an / c);
    h *= d * c;
    if (Math.abs(d * c - 1) < Number.EPSILON) break;
  }
  return h;
}

const nonZero = (x: number): number => (Math.abs(x) < TINY ? TINY : x);

/** Two samples compared. */
export interface TwoSample {
  /** Size of the difference, in [0, 1]. */
  readonly effect: number;
  /** Probability of a difference at least so large by chance, where both samples come from the same distribution. */
  readonly p: number;
}

/**
 * Kolmogorov–Smirnov test of two samples of numbers; the effect is D, the largest difference of their distribution functions.
 *
 * @param a, b ascending, not empty.
 * @see Press et al. 2007, "Numerical Recipes", section 14.3, for the tail by Stephens's correction for small samples.
 */
export function kolmogorovSmirnov(a: Float64Array, b: Float64Array): TwoSample {
  let [i, j, effect] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const x = Math.min(a[i]!, b[j]!);
    while (i < a.length && a[i] === x) i++;
    while (j < b.length && b[j] === x) j++;
    effect = Math.max(effect, Math.abs(i / a.length - j / b.length));
  }
  const root = Math.sqrt((a.length * b.length) / (a.length + b.length));
  return { effect, p: kolmogorovTail((root + 0.12 + 0.11 / root) * effect) };
}

function kolmogorovTail(x: number): number {
  if (x < 0.2) return 1; // the series does not converge there, and the tail is 1 to 12 digits
  let sum = 0;
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * (k * x) ** 2);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-16) break;
  }
  return Math.min(1, 2 * sum);
}

const LEAST_EXPECTED = 5; // Cochran's rule for a cell of a χ² test

/**
 * χ² test of two samples of classes; classes too rare to be tested alone are tested as one. The effect is the total variation
 * distance of the two shares.
 *
 * @param a, b rows of each class.
 */
export function chiSquaredTwoSample(a: readonly number[], b: readonly number[]): TwoSample {
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  const [n, m] = [sum(a), sum(b)];
  if (n === 0 || m === 0) return { effect: 0, p: 1 };
  const cells: [number, number][] = [];
  const rare: [number, number] = [0, 0];
  a.forEach((count, k) => {
    const other = b[k]!;
    if (((count + other) * Math.min(n, m)) / (n + m) >= LEAST_EXPECTED) return cells.push([count, other]);
    rare[0] += count;
    rare[1] += other;
    return undefined;
  });
  if (rare[0] + rare[1] > 0) cells.push(rare);
  let [statistic, distance] = [0, 0];
  for (const [x, y] of cells) {
    distance += Math.abs(x / n - y / m) / 2;
    const [ex, ey] = [((x + y) * n) / (n + m), ((x + y) * m) / (n + m)];
    statistic += (x - ex) ** 2 / ex + (y - ey) ** 2 / ey;
  }
  return { effect: distance, p: cells.length < 2 ? 1 : chiSquaredTail(statistic, cells.length - 1) };
}

/**
 * Which of many tests to believe, so that on average at most a share `rate` of those believed are by chance.
 *
 * @see Benjamini & Hochberg 1995, "Controlling the False Discovery Rate".
 */
export function discoveries(ps: readonly number[], rate: number): boolean[] {
  const order = ps.map((p, i) => ({ p, i })).sort((a, b) => a.p - b.p);
  const last = order.findLastIndex(({ p }, rank) => p <= (rate * (rank + 1)) / ps.length);
  const believed = ps.map(() => false);
  for (const { i } of order.slice(0, last + 1)) believed[i] = true;
  return believed;
}
