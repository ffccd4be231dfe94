import { ontoSimplex } from "../../base/linear-algebra/simplex.js";
import { matrixTimes } from "../../base/linear-algebra/products.js";
import type { GramianBalancer } from "../balancer.js";
import { heldShares, holdShares } from "../held-shares.js";

/**
 * Multi-objective gradients with double sampling: walks weights towards the shortest combination by an unbiased estimate of its
 * slope, from two batches beside the one that the step is made on.
 *
 * λ ← Π(λ − γ·(J₁·J₂ᵀ + ρI)·λ) with Π the projection on the simplex and J₁, J₂ the gradients on two independent batches; the direction
 * is J₃ᵀλ with the new λ, on a third. λ starts at 1/T.
 *
 * Among the tasks that are present λ counts in parts of what they hold together; the parts of absent tasks rest. State `[T]`: λ up to a factor.
 *
 * @see Chen, Fernando, Ying & Chen 2023, "Three-Way Trade-Off in Multi-Objective Learning: Optimization, Generalization and
 * Conflict-Avoidance", algorithm 1.
 * Departures: none in the equations. A step costs the gradients of three batches.
 */
export const modo: GramianBalancer = {
  slug: "modo",
  title: "MoDo",
  description: "walks to the shortest combination by products of two independent batches (Chen et al. 2023)",
  helps: "Small batches, where weights should not be biased by the noise they are found from",
  paper:
    'Chen, Fernando, Ying & Chen 2023, "Three-Way Trade-Off in Multi-Objective Learning: Optimization, Generalization and Conflict-Avoidance"',
  options: {
    gamma: { default: 0.1, min: 0, max: 1000, doc: "step of the weights (γ)" },
    rho: { default: 0.1, min: 0, max: 1000, doc: "pull of the weights towards equal ones (ρ)" },
  },
  heads: "own",
  needs: "gramian",
  batches: 3,
  state: (tasks) => new Float64Array(tasks).fill(1),
  weights({ cross, tasks, state, options }) {
    const shares = heldShares(state, tasks);
    const slope = matrixTimes(cross!, shares);
    const weights = ontoSimplex(
      shares.map((share, k) => share - options["gamma"]! * (slope[k]! + options["rho"]! * share)),
    );
    holdShares(state, tasks, weights);
    return weights;
  },
};
