import { ontoSimplex } from "../../base/linear-algebra/simplex.js";
import { matrixTimes } from "../../base/linear-algebra/products.js";
import type { GramianBalancer } from "../balancer.js";
import { heldShares, holdShares } from "../held-shares.js";

/**
 * Direction-oriented stochastic multi-gradient descent: the shortest combination, held near the mean gradient.
 *
 * In every step `iterations` times w ← Π(w − β·v) with v ← μ·v + A·(w + λ·1/K), Π the projection on the simplex and A = J₁·J₂ᵀ of two
 * independent batches over the squared mean of its diagonal's roots; then the direction on a third batch is J₃ᵀ(w + λ·1/K)/(1 + λ).
 * w starts at 1/T and goes on from step to step.
 *
 * Among the tasks that are present w counts in parts of what they hold together; the parts of absent tasks rest. State `[T]`: w up to a factor.
 *
 * @see Xiao, Ban & Ji 2023, "Direction-oriented Multi-objective Learning: Simple and Provable Stochastic Algorithms", algorithm 1.
 * Departures: the scale of A, the momentum μ, the division by 1 + λ and the values of the options are those of the authors' code; the
 * paper's equations have none of them. Where no task's gradients on the two batches agree, so that A has no scale, w rests. The preferred direction is the mean gradient.
 */
export const sdmgrad: GramianBalancer = {
  slug: "sdmgrad",
  title: "SDMGrad",
  description: "the shortest combination near the mean gradient, by independent batches (Xiao et al. 2023)",
  helps: "Small batches and a preference for the mean, with weights free of the batch's noise",
  paper:
    'Xiao, Ban & Ji 2023, "Direction-oriented Multi-objective Learning: Simple and Provable Stochastic Algorithms"',
  options: {
    lambda: { default: 0.3, min: 0, max: 1000, doc: "pull of the direction towards the mean gradient (λ)" },
    rate: { default: 10, min: 0, max: 1000, doc: "step of the weights (β)" },
    momentum: { default: 0.5, min: 0, max: 0.9999, doc: "momentum of the weights (μ)" },
    iterations: {
      default: 20,
      min: 1,
      max: 1000,
      integer: true,
      doc: "steps of the weights in a step of training",
    },
  },
  heads: "own",
  needs: "gramian",
  batches: 3,
  state: (tasks) => new Float64Array(tasks).fill(1),
  weights({ cross, tasks, state, options }) {
    const K = tasks.length;
    const pull = options["lambda"]! / K;
    const scaled = overScale(cross!, K);
    let shares = heldShares(state, tasks);
    let velocity = new Float64Array(K);
    for (let i = 0; i < options["iterations"]!; i++) {
      const slope = matrixTimes(
        scaled,
        shares.map((share) => share + pull),
      );
      velocity = velocity.map((v, k) => options["momentum"]! * v + slope[k]!);
      shares = ontoSimplex(shares.map((share, k) => share - options["rate"]! * velocity[k]!));
    }
    holdShares(state, tasks, shares);
    return shares.map((share) => (share + pull) / (1 + options["lambda"]!));
  },
};

/** A matrix over the squared mean of its diagonal's roots; zeros where its diagonal has nothing above 0. */
function overScale(matrix: Float64Array, K: number): Float64Array {
  let roots = 0;
  for (let k = 0; k < K; k++) roots += Math.sqrt(Math.max(0, matrix[k * (K + 1)]!));
  const scale = roots / K;
  return matrix.map((entry) => (scale > 0 ? Math.max(-MOST, Math.min(MOST, entry / scale / scale)) : 0));
}

const MOST = 1e100; // entries off a diagonal near 0 stay finite
