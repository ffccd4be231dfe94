import { gammaln } from "simple-statistics";

/**
 * Share of Student's t distribution below `t`.
 *
 * @param freedom degrees of freedom, above 0.
 * @returns 0 to 1; NaN where an argument is.
 * @see Press et al. 2007, "Numerical Recipes", 3rd edition, section 6.14.3.
 */
export function studentBelow(t: number, freedom: number): number {
  const beyond = twoSided(t, freedom) / 2;
  return t < 0 ? beyond : 1 - beyond;
}

/** Share of Student's t distribution that is farther from 0 than `t`: the p value of a two-sided test. */
export function twoSided(t: number, freedom: number): number {
  if (Number.isNaN(t) || !(freedom > 0)) return Number.NaN;
  if (!Number.isFinite(t)) return 0;
  return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
}

const HALVINGS = 200; // more than the digits of a double from any bracket below

/** The value that a share `level` of Student's t distribution lies within, on both sides of 0; `level` from 0 to below 1. */
export function withinStudent(level: number, freedom: number): number {
  let [low, high] = [0, 1];
  while (1 - twoSided(high, freedom) < level) {
    if (!(high < Number.MAX_VALUE / 2)) return Number.NaN;
    high *= 2;
  }
  for (let i = 0; i < HALVINGS && low < high; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (1 - twoSided(middle, freedom) < level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The regularised incomplete beta function Iₓ(a, b), 0 ≤ x ≤ 1, by its continued fraction. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(gammaln(a + b) - gammaln(a) - gammaln(b) + a * Math.log(x) + b * Math.log1p(-x));
  // the fraction converges fast below the mean only; above it the other tail does
  if (x < (a + 1) / (a + b + 2)) return (front * betaFraction(x, a, b)) / a;
  return 1 - (front * betaFraction(1 - x, b, a)) / b;
}

const TINY = 1e-300;
const ENOUGH = 1e-15;
const MOST_TERMS = 10_000; // about the root of the larger of a and b are needed

/** Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  const away = (value: number): number => (Math.abs(value) < TINY ? TINY : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let product = d;
  for (let m = 1; m < MOST_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    product *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    product *= d * c;
    if (Math.abs(d * c - 1) < ENOUGH) break;
  }
  return product;
}
