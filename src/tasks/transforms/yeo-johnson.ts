import { type Tensor, add, exp, maximum, minimum, mul, neg, pow, scalar, sub } from "../../graph/index.js";

/** Powers beyond these bend a target more than any distribution of labels asks for. */
export const POWERS = { least: -2, most: 4 } as const;

const TOLERANCE = 1e-8; // of the most likely power; golden section needs some 40 steps for it
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * The power transform of Yeo and Johnson, for numbers of either sign: ((y + 1)^λ − 1)/λ where y is not negative and
 * −((1 − y)^(2−λ) − 1)/(2 − λ) where it is, logarithms at λ = 0 and λ = 2. It rises in y, and slope 1 at 0 joins the two
 * sides.
 *
 * @see Yeo & Johnson 2000, "A new family of power transformations to improve normality or symmetry", eq. 2.1.
 */
export function yeoJohnson(y: number, lambda: number): number {
  return y >= 0 ? power(y, lambda) : -power(-y, 2 - lambda);
}

/** What `yeoJohnson` takes to `z`; infinite or 0/0 beyond the values it reaches. */
export function yeoJohnsonInverse(z: number, lambda: number): number {
  return z >= 0 ? root(z, lambda) : -root(-z, 2 - lambda);
}

/**
 * `yeoJohnsonInverse` of every element, within the values the transform reaches. Each side sees 0 where the other one rules,
 * so that neither leaves its domain and gradients are finite.
 */
export function yeoJohnsonInverseOf(z: Tensor, lambda: number): Tensor {
  const zero = scalar(0, z.dtype);
  return sub(rootOf(maximum(z, zero), lambda), rootOf(neg(minimum(z, zero)), 2 - lambda));
}

/**
 * The power under which the transformed values are most likely normal, between −2 and 4: the maximum over λ of
 * −n/2·log σ²(λ) + (λ − 1)·Σ sign(y)·log(|y| + 1), by golden section. σ² is the variance of the transformed values.
 */
export function mostLikelyPower(values: ArrayLike<number>): number {
  let [low, high]: [number, number] = [POWERS.least, POWERS.most];
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [atLeft, atRight] = [normalLikelihood(values, left), normalLikelihood(values, right)];
  while (high - low > TOLERANCE) {
    if (atLeft >= atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - GOLDEN * (high - low);
      atLeft = normalLikelihood(values, left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + GOLDEN * (high - low);
      atRight = normalLikelihood(values, right);
    }
  }
  return (low + high) / 2;
}

/** Log-likelihood per value under a normal distribution of the transformed values, its constant left out. */
export function normalLikelihood(values: ArrayLike<number>, lambda: number): number {
  const transformed = Float64Array.from(values, (y) => yeoJohnson(y, lambda));
  let slopes = 0;
  for (let i = 0; i < values.length; i++) slopes += Math.sign(values[i]!) * Math.log1p(Math.abs(values[i]!));
  const likelihood = -0.5 * Math.log(variance(transformed)) + ((lambda - 1) * slopes) / values.length;
  return Number.isFinite(likelihood) ? likelihood : -Infinity;
}

const NO_POWER = 1e-200; // products with a smaller power lose their digits; the logarithm is exact

/** ((y + 1)^p − 1)/p for y of at least 0, exact for small y and for p near 0. */
const power = (y: number, p: number): number =>
  Math.abs(p) < NO_POWER ? Math.log1p(y) : Math.expm1(p * Math.log1p(y)) / p;

const root = (z: number, p: number): number =>
  Math.abs(p) < NO_POWER ? Math.expm1(z) : Math.expm1(Math.log1p(p * z) / p);

const NEAR_ZERO = 1e-5; // 1 + p·z keeps too few digits of z below; the series leaves out (p·z)³

/** log(1 + p·z)/p by its series: z·(1 − p·z/2 + (p·z)²/3). */
function nearlyLogarithmic(z: Tensor, p: number): Tensor {
  const small = mul(z, scalar(p, z.dtype));
  const third = mul(small, scalar(1 / 3, z.dtype));
  const bend = mul(small, sub(third, scalar(0.5, z.dtype)));
  return mul(z, add(bend, scalar(1, z.dtype)));
}

function rootOf(z: Tensor, p: number): Tensor {
  const one = scalar(1, z.dtype);
  if (p === 1) return z;
  if (Math.abs(p) < NEAR_ZERO) return sub(exp(p === 0 ? z : nearlyLogarithmic(z, p)), one);
  return sub(pow(add(mul(z, scalar(p, z.dtype)), one), 1 / p), one);
}

function variance(values: Float64Array): number {
  const mean = values.reduce((sum, x) => sum + x / values.length, 0);
  return values.reduce((sum, x) => sum + (x - mean) ** 2 / values.length, 0);
}
