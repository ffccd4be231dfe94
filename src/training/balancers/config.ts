import { atPlaces, correlationForm } from "../../base/linear-algebra/correlation.js";
import { dot, matrixTimes } from "../../base/linear-algebra/products.js";
import { pseudoSolve } from "../../base/linear-algebra/pseudo-inverse.js";
import type { GramianBalancer } from "../balancer.js";
import { RANK_TOLERANCE, stateless } from "../gramian.js";

/**
 * Conflict-free direction with the same positive cosine to every task's gradient, as long as the projections of all gradients
 * on it sum to.
 *
 * With U the unit gradients, u = U⁺·1 / ‖U⁺·1‖ and the direction (Σ gₖ·u)·u. In terms of the Gramian: U⁺·1 = Uᵀ·v with
 * v = C⁺·1 and C = U·Uᵀ the cosines, ‖Uᵀ·v‖² = s = vᵀ·C·v, Σ gₖ·u = Σ dₖ·(C·v)ₖ / √s, hence wₖ = Σⱼ dⱼ·(C·v)ⱼ / s · vₖ / dₖ.
 *
 * @see Liu, Chu & Thuerey 2025, "ConFIG: Towards Conflict-free Training of Physics Informed Neural Networks", eq. 2 and 3.
 * Departures: gradients of 0 get the weight 0.
 */
export const config: GramianBalancer = {
  slug: "config",
  title: "ConFIG",
  description: "the same positive cosine to every task's gradient (Liu, Chu & Thuerey 2025)",
  helps: "Opposed losses of unlike scale, such as a loss and constraints on it",
  paper:
    'Liu, Chu & Thuerey 2025, "ConFIG: Towards Conflict-free Training of Physics Informed Neural Networks"',
  options: {},
  heads: "own",
  needs: "gramian",
  state: stateless,
  weights({ gramian, losses }) {
    const form = correlationForm(gramian);
    const v = pseudoSolve(form.cosines, new Float64Array(form.n).fill(1), RANK_TOLERANCE);
    const projections = matrixTimes(form.cosines, v);
    const square = dot(v, projections);
    const factor = square > 0 ? dot(form.norms, projections) / square : 0;
    return atPlaces(
      form,
      losses.length,
      v.map((value, k) => (factor * value) / form.norms[k]!),
      0,
    );
  },
};
