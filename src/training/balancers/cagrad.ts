import { minNormPoint } from "../../base/linear-algebra/min-norm-point.js";
import { matrixTimes, quadraticForm } from "../../base/linear-algebra/products.js";
import type { GramianBalancer } from "../balancer.js";
import { stateless } from "../gramian.js";

const STATIONARY = 1e-6; // length of g_w, as a share of the longest gradient, at which no common descent is left
const ENOUGH = 1e-14; // relative width of the interval around the root
const ROUNDS = 60; // of which about 8 are needed

/**
 * Conflict-averse descent: of all directions within c·‖ḡ‖ of the mean gradient ḡ, the one whose smallest gain over tasks is
 * largest: ḡ + c·‖ḡ‖/‖g_w‖·g_w, with g_w = Jᵀ·w and w on the simplex the minimiser of wᵀ·A·1/K + c·‖ḡ‖·√(wᵀ·A·w).
 *
 * Since ρ·‖x‖ is the least of ½·‖x‖²/τ + ½·ρ²·τ over τ, w is the point of least norm in the hull of gₖ + τ·ḡ for the τ at
 * which ‖Jᵀ·w‖ = ρ·τ, ρ = c·‖ḡ‖; the quotient of both sides falls in τ.
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
  const at = (tau: number): { readonly w: Float64Array; readonly length: number } => {
    const shifted = gramian.map((entry, place) => {
      const [i, j] = [Math.floor(place / K), place % K];
      return entry + tau * (along[i]! + along[j]!) + tau * tau * square;
    });
    const w = minNormPoint(shifted);
    return { w, length: Math.sqrt(quadraticForm(gramian, w)) };
  };
  return { ...at(crossing((tau) => at(tau).length - rho * tau, 1 / rho)), rho };
}

/** Where a function that falls through 0 crosses it, between 0 and `high`, by false position with the Illinois rule. */
function crossing(value: (tau: number) => number, high: number): number {
  let [low, atLow] = [0, value(0)];
  let atHigh = value(high);
  if (!(atLow > 0)) return 0;
  if (!(atHigh < 0)) return high;
  let side = 0;
  for (let round = 0; round < ROUNDS && high - low > ENOUGH * high; round++) {
    const middle = (low * atHigh - high * atLow) / (atHigh - atLow);
    const there = value(middle);
    if (there === 0) return middle;
    if (there > 0) {
      if (middle === low) break;
      [low, atLow] = [middle, there];
      if (side === 1) atHigh /= 2;
      side = 1;
    } else {
      if (middle === high) break;
      [high, atHigh] = [middle, there];
      if (side === -1) atLow /= 2;
      side = -1;
    }
  }
  return Math.abs(atLow) < Math.abs(atHigh) ? low : high;
}
