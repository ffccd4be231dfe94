import { atPlaces, correlationForm } from "../../base/linear-algebra/correlation.js";
import type { GramianBalancer } from "../balancer.js";
import { clipDirection, maxNorm, stateless, steadyBalance } from "../gramian.js";

/**
 * The Nash bargaining solution: the direction that maximises the product of all tasks' gains. Its weights α > 0 solve
 * A·α = 1/α, elementwise; then the direction is shortened to `max-norm`.
 *
 * The solution is the minimum of the strictly convex ½·αᵀ·A·α − Σ log αₖ. With v = d·α it is C·v = 1/v in the cosines C, which
 * does not depend on the gradients' norms d. Before it is shortened the direction is √K long.
 *
 * @see Navon et al. 2022, "Multi-Task Learning as a Bargaining Game", eq. 2 and claim 3.1.
 * Departures: Newton's method, where the authors solve a sequence of convex programs approximately. Solved at every step, where
 * theirs may keep weights for several. One task alone gets the direction g/‖g‖, as the equation says. A gradient of 0 gets
 * the weight 0; where gradients cancel, see `steadyBalance`.
 */
export const nashMtl: GramianBalancer = {
  slug: "nash-mtl",
  title: "Nash-MTL",
  description: "the Nash bargaining solution among the tasks (Navon et al. 2022)",
  helps: "Losses of unlike scale and opposed gradients, where no task should be able to dominate",
  paper: 'Navon et al. 2022, "Multi-Task Learning as a Bargaining Game"',
  options: { "max-norm": maxNorm },
  heads: "weighted",
  needs: "gramian",
  state: stateless,
  weights({ gramian, losses, options }) {
    const form = correlationForm(gramian);
    const ones = new Float64Array(form.n).fill(1);
    const v = steadyBalance(form.cosines, ones, 1);
    const alpha = v.map((value, k) => value / form.norms[k]! / form.unit);
    return clipDirection(atPlaces(form, losses.length, alpha, 0), gramian, options["max-norm"]!);
  },
};
