import type { MethodOption } from "../base/method-options.js";
import type { Random } from "../base/random.js";
import { powerBalance } from "../base/linear-algebra/power-balance.js";
import { dot, quadraticForm } from "../base/linear-algebra/products.js";

/** Pivots of a matrix of cosines up to this size count as 0: gradients are computed in float32, whose rounding in K sums it is. */
export const RANK_TOLERANCE = 1e-6;

/** A balancer that remembers nothing. */
export const stateless = (): Float64Array => new Float64Array(0);

/** All tasks but `i` in random order, written into `others` `[K − 1]`. */
export function shuffleOthers(others: Int32Array, i: number, random: Random): void {
  for (let j = 0; j < others.length; j++) others[j] = j < i ? j : j + 1;
  random.shuffle(others);
}

/** The option that bounds the length of the direction. */
export const maxNorm: MethodOption = {
  default: 1,
  min: 0,
  max: 1e6,
  doc: "largest length of the combined gradient of the shared parameters; 0 bounds nothing",
};

/**
 * Shortens weights so that the direction Σ wₖ·gₖ is at most `longest` long; 0 bounds nothing.
 *
 * @param gramian `[K, K]`.
 */
export function clipDirection(weights: Float64Array, gramian: Float64Array, longest: number): Float64Array {
  const K = weights.length;
  const lengths = weights.map((weight, k) => Math.abs(weight) * Math.sqrt(gramian[k * K + k]!));
  const unit = lengths.reduce((most, length) => Math.max(most, length), 0);
  if (longest === 0 || !(unit > 0)) return weights;
  const cosines = gramian.map((entry, at) => {
    const [i, j] = [Math.floor(at / K), at % K];
    const size = Math.sqrt(gramian[i * K + i]!) * Math.sqrt(gramian[j * K + j]!);
    return size > 0 ? entry / size : 0;
  });
  const signed = lengths.map((length, k) => (weights[k]! < 0 ? -length : length) / unit);
  const length = unit * Math.sqrt(quadraticForm(cosines, signed));
  return length > longest ? weights.map((weight) => (weight * longest) / length) : weights;
}

const DAMPING = 1e-12; // of the cosines' diagonal; keeps weights finite where gradients cancel
const CANCELLING = 1e-6; // squared length of a direction, as a share of its parts', that float32 gradients do not show

/**
 * `powerBalance` of cosines. Where the gradients cancel, so that no finite weights solve the equation or only such as make rounding
 * a direction, it is that of cosines with 10⁻⁶ added on the diagonal.
 */
export function steadyBalance(cosines: Float64Array, b: Float64Array, p: number): Float64Array {
  const v = powerBalance(cosines, b, { p, damping: DAMPING });
  if (quadraticForm(cosines, v) >= CANCELLING * dot(v, v)) return v;
  return powerBalance(cosines, b, { p, damping: CANCELLING });
}
