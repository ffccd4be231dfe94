import { type Tensor, exp, mul, scalar, sub } from "../../graph/index.js";
import { mostLikelyPower, yeoJohnson, yeoJohnsonInverse, yeoJohnsonInverseOf } from "./yeo-johnson.js";

/** How a regression target is bent before it is standardised, fitted on labelled training rows. */
export type TargetTransform = LogTransform | PowerTransform;

/** Values of predictions, in the target's unit: predictions are held between them. */
interface Reach {
  readonly low: number;
  readonly high: number;
}

/** log(y + shift); the shift is 0 unless training rows have zeros. */
export interface LogTransform extends Reach {
  readonly kind: "log";
  readonly shift: number;
}

/** Yeo and Johnson's power transform of y/unit. */
export interface PowerTransform extends Reach {
  readonly kind: "yeo-johnson";
  readonly lambda: number;
  readonly unit: number;
}

const REACH = 0.5; // predictions may leave the range of training labels by half of it
const LEAST_OF_LOWEST = 0.1; // of y + shift: a logarithm's prediction may fall to a tenth of the smallest training label
const BOUND = { least: 0, most: 2 } as const; // a side bent more than by a logarithm ends at a pole of the inverse
const POWER_STEPS = 100; // powers are rounded to hundredths: no data tell them apart, and float32 needs them away from 0

/**
 * Fits the logarithm on labels of at least 0.
 *
 * The shift is 0 where all labels are positive. Otherwise it is the squared lower quartile of the positive labels over their
 * upper one, the 2 % quantile of a log-normal with these quartiles: it follows the target's unit, and a tiny label does not
 * decide it.
 */
export function fitLog(values: Float64Array): LogTransform {
  const sorted = values.toSorted();
  const shift = sorted[0]! > 0 ? 0 : typicalSmall(sorted);
  const low = Math.max(0, LEAST_OF_LOWEST * (sorted[0]! + shift) - shift);
  return { kind: "log", shift, low, high: reachOf(sorted).high };
}

/**
 * Fits Yeo and Johnson's transform; labels are counted in the unit that `fitLog` takes for its shift.
 *
 * Departures: λ is at least 0 where labels are positive and at most 2 where labels are negative. Beyond, that side of the
 * transform is bounded, and what a model predicts near the bound maps back to anything.
 */
export function fitPower(values: Float64Array): PowerTransform {
  const sorted = values.toSorted();
  const unit = typicalSmall(values.map(Math.abs).sort());
  const likely = mostLikelyPower(values.map((y) => y / unit));
  const least = sorted[sorted.length - 1]! > 0 ? BOUND.least : -Infinity;
  const most = sorted[0]! < 0 ? BOUND.most : Infinity;
  const power = Math.min(Math.max(likely, least), most);
  const lambda = Math.round(power * POWER_STEPS) / POWER_STEPS + 0; // no −0
  return { kind: "yeo-johnson", lambda, unit, ...reachOf(sorted) };
}

/** The transformed value; labels that a logarithm cannot take count as the least that may be predicted. */
export function transformed(transform: TargetTransform, y: number): number {
  return transform.kind === "log"
    ? Math.log(Math.max(y, transform.low) + transform.shift)
    : yeoJohnson(y / transform.unit, transform.lambda);
}

/** Undoes `transformed`. */
export function untransformed(transform: TargetTransform, z: number): number {
  return transform.kind === "log"
    ? Math.exp(z) - transform.shift
    : transform.unit * yeoJohnsonInverse(z, transform.lambda);
}

/** Undoes `transformed` in a graph, element by element, for values between those of `low` and `high`. */
export function untransformedOf(transform: TargetTransform, z: Tensor): Tensor {
  return transform.kind === "log"
    ? sub(exp(z), scalar(transform.shift, z.dtype))
    : mul(yeoJohnsonInverseOf(z, transform.lambda), scalar(transform.unit, z.dtype));
}

/** The range of labels, widened on both sides, but not to a sign that none of them has. */
function reachOf(sorted: Float64Array): Reach {
  const [least, most] = [sorted[0]!, sorted[sorted.length - 1]!];
  const margin = REACH * (most - least);
  return {
    low: Math.max(least - margin, least >= 0 ? 0 : -Infinity),
    high: Math.min(most + margin, most <= 0 ? 0 : Infinity),
  };
}

/**
 * Squared lower quartile over upper quartile of what is above 0 among ascending values, kept near enough to the larger ones for
 * float32.
 */
function typicalSmall(ascending: Float64Array): number {
  const positive = ascending.filter((y) => y > 0);
  const quartile = (share: number): number => positive[Math.floor(share * (positive.length - 1))]!;
  const [lower, upper, most] = [quartile(0.25), quartile(0.75), quartile(1)];
  return Math.max(lower * (lower / upper), 1e-6 * upper, 1e-9 * most);
}
