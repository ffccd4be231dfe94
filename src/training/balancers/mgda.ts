import { minNormPoint } from "../../base/linear-algebra/min-norm-point.js";
import type { GramianBalancer, GramianStep } from "../balancer.js";
import { stateless } from "../gramian.js";

/**
 * The combination Σ αₖ·gₖ of least norm with α on the simplex: a direction that descends for every task until none exists.
 *
 * With `scale` the gradients are divided by sₖ first: by their norm (1), their loss (2) or both (3). Then wₖ = (αₖ/sₖ) /
 * Σ (αⱼ/sⱼ): the direction of the scaled problem, with weights that sum to 1.
 *
 * @see Désidéri 2012, "Multiple-Gradient Descent Algorithm (MGDA) for Multiobjective Optimization"; Sener & Koltun 2018,
 * "Multi-Task Learning as Multi-Objective Optimization", eq. 3.
 * Departures: solved exactly by an active set, where Sener & Koltun take Frank-Wolfe steps until they are small. Their code
 * with scaling applies α to the unscaled gradients, which is no longer a common descent direction; here it stays one.
 */
export const mgda: GramianBalancer = {
  slug: "mgda",
  title: "MGDA",
  description: "the shortest convex combination of the tasks' gradients (Désidéri 2012; Sener & Koltun 2018)",
  helps: "No task may get worse in any step, even at the price of slow progress",
  paper: 'Sener & Koltun 2018, "Multi-Task Learning as Multi-Objective Optimization"',
  options: {
    scale: {
      default: 0,
      min: 0,
      max: 3,
      integer: true,
      doc: "what gradients are divided by before: 0 nothing, 1 their norm, 2 their loss, 3 both",
    },
  },
  heads: "own",
  needs: "gramian",
  state: stateless,
  weights({ gramian, losses, options }) {
    const sizes = sizesOf({ gramian, losses }, options["scale"]!);
    if (!sizes) return minNormPoint(gramian);
    const K = losses.length;
    const scaled = gramian.map((entry, at) => entry / sizes[Math.floor(at / K)]! / sizes[at % K]!);
    const weights = minNormPoint(scaled).map((alpha, k) => alpha / sizes[k]!);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  },
};

/** What each gradient is divided by `[K]`, in units of the largest; 1 for a task whose norm or loss is 0. */
function sizesOf(
  { gramian, losses }: Pick<GramianStep, "gramian" | "losses">,
  scale: number,
): Float64Array | undefined {
  if (scale === 0) return undefined;
  const K = losses.length;
  const norms = losses.map((_, k) => (scale === 2 ? 1 : Math.sqrt(gramian[k * K + k]!)));
  const factors = losses.map((loss) => (scale === 1 ? 1 : Math.abs(loss)));
  const largest = (values: Float64Array): number => values.reduce((a, b) => Math.max(a, b), 0) || 1;
  const [norm, factor] = [largest(norms), largest(factors)];
  return norms.map((value, k) => (value / norm) * (factors[k]! / factor) || 1);
}
