import { countBelow, quantile } from "../../base/sorted.js";
import { normalQuantile } from "../synthetic/normal.js";

/** How numbers are brought to one scale. */
export const NORMALISATIONS = ["standard", "robust", "quantile"] as const;

/** One of them. */
export type Normalisation = (typeof NORMALISATIONS)[number];

/**
 * A rising piecewise-linear map: `at[k]` goes to `score[k]`, values between on the straight line, values outside to the nearest
 * end. Both ascend strictly and are of one length.
 */
export interface QuantileMap {
  readonly at: readonly number[];
  readonly score: readonly number[];
}

const QUARTILES_APART = 1.3489795003921634; // of a standard normal
const STEPS = 64; // stretches of the map; the tails beyond the first and last are straight lines to the outermost values

/**
 * Middle and scale of ascending values: median and interquartile range over 1.35, which is the deviation of a normal variable. Where
 * the quartiles are one value, the deviation from the median takes its place.
 */
export function robustScale(sorted: Float64Array): { mean: number; deviation: number } {
  const middle = quantile(sorted, 0.5);
  const spread = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / QUARTILES_APART;
  if (Math.fround(middle + spread) !== Math.fround(middle)) return { mean: middle, deviation: spread };
  const squares = sorted.reduce((sum, x) => sum + (x - middle) ** 2 / sorted.length, 0);
  return { mean: middle, deviation: Math.sqrt(squares) };
}

/**
 * The map of ascending values to normal scores Φ⁻¹(r), with r the share below a value and half of those equal to it, at up to
 * 65 quantiles. Values of one float32 are one value.
 */
export function quantileMap(sorted: Float64Array): QuantileMap {
  const rows = sorted.length;
  const single = Float32Array.from(sorted);
  const picked = Array.from({ length: STEPS + 1 }, (_, k) => single[Math.round((k / STEPS) * (rows - 1))]!);
  const at = [...new Set(picked)];
  const score = at.map((value) => {
    const [below, upTo] = [countBelow(single, value), countBelow(single, value, true)];
    return normalQuantile((below + upTo) / 2 / rows);
  });
  return { at, score };
}
