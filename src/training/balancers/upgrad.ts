import { atPlaces, correlationForm } from "../../base/linear-algebra/correlation.js";
import { projectOnDualCone } from "../../base/linear-algebra/dual-cone.js";
import type { GramianBalancer } from "../balancer.js";
import { stateless } from "../gramian.js";

/**
 * Projects every task's gradient on the cone of directions that conflict with no task, and takes the mean: the direction
 * conflicts with none, and grows with each gradient linearly.
 *
 * wᵢ-part: vᵢ = argmin vᵀ·A·v over v ≥ eᵢ/K; w = Σᵢ vᵢ. Solved over unit gradients: A = D·C·D, v = D⁻¹·(dᵢ/K)·s with
 * s = argmin sᵀ·C·s over s ≥ eᵢ, so that the guarantee holds however far the norms spread.
 *
 * @see Quinton & Rey 2024, "Jacobian Descent for Multi-Objective Optimization", eq. 5 and proposition 1.
 * Departures: TorchJD adds 10⁻⁴ of A's trace to its diagonal, which lets the direction conflict where norms spread; nothing is
 * added here. A gradient of 0 keeps its own weight 1/K.
 */
export const upgrad: GramianBalancer = {
  slug: "upgrad",
  title: "UPGrad",
  description: "the mean of the gradients after each is freed of conflicts with all (Quinton & Rey 2024)",
  helps: "Opposed tasks where every step should be downhill for each of them",
  paper: 'Quinton & Rey 2024, "Jacobian Descent for Multi-Objective Optimization"',
  options: {},
  heads: "own",
  needs: "gramian",
  state: stateless,
  weights({ gramian, losses }) {
    const K = losses.length;
    const form = correlationForm(gramian);
    const v = new Float64Array(form.n);
    for (let i = 0; i < form.n; i++) {
      const unit = new Float64Array(form.n);
      unit[i] = 1;
      const s = projectOnDualCone(form.cosines, unit);
      for (let k = 0; k < form.n; k++) v[k] = v[k]! + (form.norms[i]! / K) * s[k]!;
    }
    return atPlaces(
      form,
      K,
      v.map((value, k) => value / form.norms[k]!),
      1 / K,
    );
  },
};
