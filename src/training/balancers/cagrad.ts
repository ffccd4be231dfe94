import { minNormPoint } from "../../base/linear-algebra/min-norm-point.js";
import { dot, matrixTimes, quadraticForm } from "../../base/linear-algebra/products.js";
import type { GramianBalancer } from "../balancer.js";
import { stateless } from "../gramian.js";

const STATIONARY = 1e-6; // length of g_w, as a share of the longest gradient, at which no common descent is left
const SHORT = 0.01; // length, as a share of the longest gradient, from which the root is sought upwards at the least
const ROUNDS = 60; // of which about 5 are needed

/**
 * Conflict-averse descent: of all directions within c·‖ḡ‖ of the mean gradient ḡ, the one whose smallest gain over tasks is
 * largest: ḡ + c·‖ḡ‖/‖g_w‖·g_w, with g_w = Jᵀ·w and w on the simplex the minimiser of wᵀ·A·1/K + c·‖ḡ‖·√(wᵀ·A·w).
 *
 * Since ρ·‖x‖ is the least of ½·‖x‖²/τ + ½·ρ²·τ over τ, w is the point of least norm in the hull of gₖ + τ·ḡ for the τ at
 * which ‖Jᵀ·w‖ = ρ·τ, ρ = c·‖ḡ‖; the quotient of both sides falls in τ. Where w > 0 in the same places, w is linear in τ, so
 * that τ is then the root of a quadratic equation.
 *
 * `rescale` divides the direction by 1 + c² (1) or 1 + c (2), or leaves it (0).
 *
 * @see Liu et al. 2021, "Conflict-Averse Gradient Descent for Multi-task Learning", eq. 4 and algorithm 1.
 * Departures: solved exactly, where the authors use a general minimiser. Where ‖g_w‖ vanishes, all weights are 0.
 */
export const cagrad: GramianBalancer = {
  slug: "cagrad",
  title: "CAGrad",
  description: "near the mean gradient, what helps the worst task most (Liu et al. 2021)",
  helps: "Average progress matters, but the worst task should not be left behind",
  paper: 'Liu et al. 2021, "Conflict-Averse Gradient Descent for Multi-task Learning"',
  options: {
    c: {
      default: 0.4,
      min: 0,
      max: 0.999,
      doc: "how far from the mean gradient, in units of its length (c)",
    },
    rescale: {
      default: 1,
      min: 0,
      max: 2,
      integer: true,
      doc: "what the direction is divided by: 0 nothing, 1 one plus c squared, 2 one plus c",
    },
  },
  heads: "own",
  needs: "gramian",
  state: stateless,
  weights({ gramian, losses, options }) {
    const K = losses.length;
    const c = options["c"]!;
    const largest = gramian.reduce((most, entry) => Math.max(most, entry), 0);
    const mean = new Float64Array(K).fill(1 / K);
    if (largest === 0) return mean;
    const scaled = gramian.map((entry) => entry / largest);
    const { w, length, rho } = worstCase(scaled, c);
    if (rho > 0 && length <= STATIONARY) return new Float64Array(K);
    const divisor = [1, 1 + c * c, 1 + c][options["rescale"]!]!;
    return mean.map((share, k) => (share + (rho > 0 ? (rho / length) * w[k]! : 0)) / divisor);
  },
};

/** The minimiser w, the length of g_w, and ρ = c·‖ḡ‖. */
function worstCase(
  gramian: Float64Array,
  c: number,
): { readonly w: Float64Array; readonly length: number; readonly rho: number } {
  const K = Math.round(Math.sqrt(gramian.length));
  const along = matrixTimes(gramian, new Float64Array(K).fill(1 / K)); // gₖ·ḡ
  const square = Math.max(0, along.reduce((sum, value) => sum + value, 0) / K); // ‖ḡ‖²
  const rho = c * Math.sqrt(square);
  if (rho === 0) return { w: along, length: 0, rho };
  const at = (tau: number, near?: Float64Array): Point => {
    const shifted = new Float64Array(K * K);
    for (let i = 0; i < K; i++)
      for (let j = 0; j < K; j++)
        shifted[i * K + j] = gramian[i * K + j]! + tau * (along[i]! + along[j]! + tau * square);
    return pointOf(gramian, tau, minNormPoint(shifted, near));
  };
  return { ...crossing({ gramian, rho, at }), rho };
}

/** Weights w, which are right for τ, and ‖Jᵀ·w‖. */
interface Point {
  readonly tau: number;
  readonly w: Float64Array;
  readonly length: number;
}

const pointOf = (gramian: Float64Array, tau: number, w: Float64Array): Point => ({
  tau,
  w,
  length: Math.sqrt(quadraticForm(gramian, w)),
});

/** The point at which ‖Jᵀ·w‖ = ρ·τ, from an interval that holds it and shrinks. */
function crossing({
  gramian,
  rho,
  at,
}: {
  readonly gramian: Float64Array;
  readonly rho: number;
  readonly at: (tau: number, near?: Float64Array) => Point;
}): Point {
  let low = at(0); // ‖Jᵀ·w‖ grows with τ, so that what follows is still not above the root
  let high = at(Math.max(low.length, SHORT) / rho, low.w);
  while (high.length > rho * high.tau && high.tau < 1 / rho) {
    low = high;
    high = at(Math.min(1 / rho, (1.5 * low.length) / rho), low.w); // no gradient is longer than 1
  }
  let side = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const share = between(gramian, rho, { low, high });
    const tau = low.tau + share * (high.tau - low.tau);
    if (low.w.every((weight, k) => weight > 0 === high.w[k]! > 0)) {
      const w = low.w.map((weight, k) => weight + share * (high.w[k]! - weight));
      return pointOf(gramian, tau, w);
    }
    const shift = probe(side, { low: low.tau, tau, high: high.tau });
    const middle = at(tau + shift, share < 0.5 ? low.w : high.w);
    if (middle.tau <= low.tau || middle.tau >= high.tau) return middle;
    if (middle.length > rho * middle.tau) [low, side] = [middle, Math.max(0, side) + 1];
    else [high, side] = [middle, Math.min(0, side) - 1];
  }
  return low;
}

/**
 * How far to look beyond the expected root, when the same end of the interval moved last time: a few times as far as that end is
 * from it, so that the other end comes near too.
 *
 * @param side how often the lower end moved in a row, negative for the upper.
 */
function probe(
  side: number,
  at: { readonly low: number; readonly tau: number; readonly high: number },
): number {
  const reach = 4 ** Math.abs(side);
  if (side > 0) return Math.min((at.high - at.tau) / 2, reach * (at.tau - at.low));
  return side < 0 ? -Math.min((at.tau - at.low) / 2, reach * (at.high - at.tau)) : 0;
}

/** The share t of the way from one point to another at which ‖Jᵀ·w‖ = ρ·τ, if both change linearly. */
function between(
  gramian: Float64Array,
  rho: number,
  { low, high }: { readonly low: Point; readonly high: Point },
): number {
  const change = high.w.map((weight, k) => weight - low.w[k]!);
  const ahead = rho * (high.tau - low.tau);
  // ‖x + t·y‖² = (r + t·q)²: the coefficients of t², 2t and 1
  const a = quadraticForm(gramian, change) - ahead * ahead;
  const b = dot(low.w, matrixTimes(gramian, change)) - rho * low.tau * ahead;
  const c = low.length ** 2 - (rho * low.tau) ** 2;
  const root = Math.sqrt(Math.max(0, b * b - a * c));
  const t = b > 0 ? -c / (b + root) : a === 0 ? -c / (2 * b) : (root - b) / a;
  const other = b > 0 ? (-b - root) / a : c / (root - b);
  for (const share of [t, other]) if (share >= 0 && share <= 1) return share;
  return 0.5;
}
