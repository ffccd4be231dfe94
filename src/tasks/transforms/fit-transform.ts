import type { TransformChoice } from "./choices.js";
import { type TargetTransform, fitLog, fitPower, transformed } from "./target-transform.js";

const FEWEST = 100; // labels other than 0, of which one in a hundred is at least one
const HEAVY = 0.85; // on no known table is the share so large; drawn log-normal targets of this share gain a tenth or more
const CURED = 0.25; // what is left to few labels on the new scale; a mistyped label stays far from all others

/** Fits the transform that is asked for on labelled training rows; undefined for none. */
export function fitTransform(values: Float64Array, choice: TransformChoice): TargetTransform | undefined {
  switch (choice) {
    case "none":
      return undefined;
    case "log":
      return fitLog(values);
    case "yeo-johnson":
      return fitPower(values);
    case "auto":
      return transformForTails(values);
    default:
      return choice satisfies never;
  }
}

/**
 * A logarithm, or a power where labels have both signs, if a few labels are nearly all that squared error sees and would not be
 * on the new scale: one in a hundred of those other than 0 holds 85 % of their sum of squares about the mean.
 */
function transformForTails(values: Float64Array): TargetTransform | undefined {
  const amounts = values.filter((y) => y !== 0);
  if (amounts.length < FEWEST || shareOfFew(amounts) < HEAVY) return undefined;
  const transform = values.every((y) => y >= 0) ? fitLog(values) : fitPower(values);
  const scaled = amounts.map((y) => transformed(transform, y));
  return shareOfFew(scaled) <= CURED ? transform : undefined;
}

/** Share of the sum of squares about the mean that the farthest hundredth of values has. */
function shareOfFew(values: Float64Array): number {
  const mean = values.reduce((sum, y) => sum + y / values.length, 0);
  const squares = values.map((y) => (y - mean) ** 2).sort();
  const sum = (of: Float64Array): number => of.reduce((total, square) => total + square, 0);
  const few = squares.subarray(squares.length - Math.ceil(squares.length / 100));
  return sum(few) / sum(squares);
}
