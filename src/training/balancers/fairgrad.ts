import { atPlaces, correlationForm } from "../../base/linear-algebra/correlation.js";
import type { GramianBalancer } from "../balancer.js";
import { clipDirection, maxNorm, stateless, steadyBalance } from "../gramian.js";

/**
 * α-fair sharing of the tasks' gains: the weights w > 0 solve A·w = w^(−1/α), elementwise. α = 1 is Nash-MTL, a small α comes
 * near equal weights, a large one near the largest least gain. Then the direction is shortened to `max-norm`.
 *
 * With p = 1/α, d the norms in units of s and v = d·w′ it is C·v = d^(p−1)·v^(−p), the minimum of a strictly convex function;
 * w = s^(−2/(1+p))·w′.
 *
 * @see Ban & Ji 2024, "Fair Resource Allocation in Multi-Task Learning", eq. 6 and algorithm 1.
 * Departures: Newton's method, where the authors use a general least-squares solver. Their code also multiplies the direction
 * by K; the paper does not. A gradient of 0 gets the weight 0; where gradients cancel, see `steadyBalance`.
 */
export const fairgrad: GramianBalancer = {
  slug: "fairgrad",
  title: "FairGrad",
  description: "α-fair sharing of the tasks' gains (Ban & Ji 2024)",
  helps: "As Nash-MTL, with a say in how much the worst task counts",
  paper: 'Ban & Ji 2024, "Fair Resource Allocation in Multi-Task Learning"',
  options: {
    alpha: {
      default: 1,
      min: 0.1,
      max: 100,
      doc: "fairness (α): 1 is Nash-MTL, larger favours the least gain",
    },
    "max-norm": maxNorm,
  },
  heads: "own",
  needs: "gramian",
  state: stateless,
  weights({ gramian, losses, options }) {
    const p = 1 / options["alpha"]!;
    const form = correlationForm(gramian);
    const base = form.norms.map((norm) => norm ** ((p - 1) / (p + 1)));
    const v = steadyBalance(form.cosines, base, p);
    const factor = form.unit ** (-2 / (1 + p));
    const w = v.map((value, k) => (factor * value) / form.norms[k]!);
    return clipDirection(atPlaces(form, losses.length, w, 0), gramian, options["max-norm"]!);
  },
};
