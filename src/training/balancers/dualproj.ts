import { atPlaces, correlationForm } from "../../base/linear-algebra/correlation.js";
import { projectOnDualCone } from "../../base/linear-algebra/dual-cone.js";
import type { GramianBalancer } from "../balancer.js";
import { stateless } from "../gramian.js";

/**
 * Projects the mean gradient on the cone of directions that conflict with no task: w = argmin wᵀ·A·w over w ≥ 1/K.
 *
 * Solved over unit gradients, v = d·w ≥ d/K, so that the guarantee holds however far the norms spread.
 *
 * @see Lopez-Paz & Ranzato 2017, "Gradient Episodic Memory for Continual Learning", eq. 11; Quinton & Rey 2024, "Jacobian
 * Descent for Multi-Objective Optimization", sec. 3.
 * Departures: TorchJD adds 10⁻⁴ of A's trace to its diagonal; nothing is added here.
 */
export const dualproj: GramianBalancer = {
  slug: "dualproj",
  title: "DualProj",
  description: "the mean gradient, freed of conflicts with all tasks (Lopez-Paz & Ranzato 2017)",
  helps: "The mean gradient is right as a rule and only conflicts need mending",
  paper: 'Lopez-Paz & Ranzato 2017, "Gradient Episodic Memory for Continual Learning"',
  options: {},
  heads: "own",
  needs: "gramian",
  state: stateless,
  weights({ gramian, losses }) {
    const K = losses.length;
    const form = correlationForm(gramian);
    const v = projectOnDualCone(
      form.cosines,
      form.norms.map((norm) => norm / K),
    );
    return atPlaces(
      form,
      K,
      v.map((value, k) => value / form.norms[k]!),
      1 / K,
    );
  },
};
