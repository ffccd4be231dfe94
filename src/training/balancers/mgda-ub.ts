import type { GramianBalancer } from "../balancer.js";
import { stateless } from "../gramian.js";
import { mgda } from "./mgda.js";

/**
 * MGDA on an upper bound: the weights of the shortest convex combination of the tasks' gradients in the shared features Z, one for
 * every row and feature, instead of those in the parameters; the parameters then follow Σ αₖ·gₖ.
 *
 * ‖Σ αₖ·∂Lₖ/∂θ‖ is at most ‖∂Z/∂θ‖·‖Σ αₖ·∂Lₖ/∂Z‖, and where ∂Z/∂θ has full rank both vanish together.
 *
 * @see Sener & Koltun 2018, "Multi-Task Learning as Multi-Objective Optimization", sec. 3.3 (MGDA-UB).
 * Departures: solved exactly, as mgda is, and with its option `scale`, there by norms in Z. Only the weights come from the
 * bound; the tasks' gradients in the parameters are there anyway, since conflict is told of them.
 */
export const mgdaUb: GramianBalancer = {
  slug: "mgda-ub",
  title: "MGDA-UB",
  description: "MGDA by the gradients in the shared features, an upper bound (Sener & Koltun 2018)",
  helps: "As MGDA, where the trunk is too large for gradients of every parameter",
  paper: 'Sener & Koltun 2018, "Multi-Task Learning as Multi-Objective Optimization"',
  options: mgda.options,
  heads: "own",
  needs: "gramian",
  of: "features",
  state: stateless,
  weights: mgda.weights,
};
