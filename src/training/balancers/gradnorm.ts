import type { GramianBalancer } from "../balancer.js";

const LEAST = 1e-4; // weight below which no task falls, so that its gradient is still seen

/**
 * Learns weights with which the norms of the weighted gradients are equal, up to how fast each task trains: one gradient step
 * a batch on Σ |wₖ·dₖ − Ḡ·rₖ^α|, with Ḡ the mean of wₖ·dₖ and rₖ = (Lₖ/Lₖ(0)) / meanⱼ(Lⱼ/Lⱼ(0)) held fixed.
 *
 * State `[2T]`: the weights, from 1, with a sum of T, and the first losses (0 until a task is seen). A step moves present tasks
 * and keeps their sum.
 *
 * @see Chen et al. 2018, "GradNorm: Gradient Normalization for Adaptive Loss Balancing in Deep Multitask Networks", algorithm 1.
 * Departures: dₖ is the norm over all shared parameters, the paper takes those of the last shared layer. Plain gradient steps
 * in units of the mean norm, so that `rate` has no unit; the paper leaves the optimiser open. Weights stay at least 10⁻⁴.
 */
export const gradnorm: GramianBalancer = {
  slug: "gradnorm",
  title: "GradNorm",
  description: "learned weights that make gradient norms follow training rates (Chen et al. 2018)",
  helps: "Tasks that learn at unlike paces, where a learned weight should even them out",
  paper:
    'Chen et al. 2018, "GradNorm: Gradient Normalization for Adaptive Loss Balancing in Deep Multitask Networks"',
  options: {
    alpha: { default: 1.5, min: 0, max: 10, doc: "how strongly slow tasks are favoured (α)" },
    rate: {
      default: 0.025,
      min: 0,
      max: 1,
      doc: "step size of the weights, in units of the mean gradient norm",
    },
  },
  heads: "weighted",
  needs: "gramian",
  state: (tasks) => new Float64Array(2 * tasks).fill(1, 0, tasks),
  weights({ gramian, losses, tasks, state, options }) {
    const K = tasks.length;
    const T = state.length / 2;
    const weights = Float64Array.from(tasks, (task) => state[task]!);
    const ratios = losses.map((loss, k) => {
      const first = T + tasks[k]!;
      if (state[first] === 0) state[first] = loss;
      return state[first]! > 0 ? Math.max(0, loss / state[first]!) : 1;
    });
    const norms = losses.map((_, k) => Math.sqrt(gramian[k * K + k]!));
    const next = moved({ weights, norms, ratios }, options["alpha"]!, options["rate"]!);
    tasks.forEach((task, k) => (state[task] = next[k]!));
    return weights;
  },
};

/** The weights after a step, with the sum they had. */
function moved(
  {
    weights,
    norms,
    ratios,
  }: { readonly weights: Float64Array; readonly norms: Float64Array; readonly ratios: Float64Array },
  alpha: number,
  rate: number,
): Float64Array {
  const unit = meanOf(norms);
  const meanRatio = meanOf(ratios);
  if (!(unit > 0) || !(meanRatio > 0)) return weights;
  const weighted = weights.map((weight, k) => weight * (norms[k]! / unit));
  const mean = meanOf(weighted);
  const stepped = weights.map((weight, k) => {
    const target = mean * (ratios[k]! / meanRatio) ** alpha;
    return Math.max(LEAST, weight - rate * Math.sign(weighted[k]! - target) * (norms[k]! / unit));
  });
  const factor = meanOf(weights) / meanOf(stepped);
  return stepped.map((weight) => weight * factor);
}

const meanOf = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value / values.length, 0);
