import { mul, reduceSum, reshape, slice } from "../../graph/index.js";
import type { LossBalancer } from "../balancer.js";

/**
 * Dynamic weight average: Σ wₖ·Lₖ with w(t) = K·softmax(ρ/T), where ρₖ = Lₖ(t−1)/Lₖ(t−2) are ratios of mean training losses of
 * the two epochs before; a task whose loss falls more slowly weighs more. w = 1 in the first two epochs.
 *
 * Memory: weights of the epoch under way, and mean losses of the last epoch in which a task had labels, 0 before the first. A
 * task without labels in an epoch, or whose earlier loss was 0, keeps its weight, and the others share theirs.
 *
 * @see Liu, Johns & Davison 2019, "End-to-End Multi-Task Learning with Attention", eq. 7.
 */
export const dwa: LossBalancer = {
  slug: "dwa",
  title: "DWA",
  description: "weights by how slowly losses fell over the last two epochs (Liu, Johns & Davison 2019)",
  helps: "Tasks that learn at unlike paces over many epochs",
  paper: 'Liu, Johns & Davison 2019, "End-to-End Multi-Task Learning with Attention"',
  options: {
    temperature: {
      default: 2,
      min: 0.01,
      max: 1000,
      doc: "the temperature T of the softmax: larger values weigh tasks more evenly",
    },
  },
  heads: "weighted",
  needs: "losses",
  plainAlone: true,
  parameters: () => [],
  memory: {
    start: (tasks) => Float32Array.from({ length: 2 * tasks }, (_, i) => (i < tasks ? 1 : 0)),
    afterEpoch(memory, { losses, options: { temperature } }) {
      const [weights, before] = [memory.subarray(0, losses.length), memory.subarray(losses.length)];
      const seen = [...losses.keys()].filter((t) => Number.isFinite(losses[t]!));
      const known = seen.filter((t) => before[t]! > 0);
      const ratios = known.map((t) => losses[t]! / before[t]! / temperature!); // every option has a value
      const most = Math.max(...ratios);
      const shares = ratios.map((ratio) => Math.exp(ratio - most));
      const sum = shares.reduce((total, share) => total + share, 0);
      known.forEach((t, i) => (weights[t] = (known.length * shares[i]!) / sum));
      for (const t of seen) before[t] = losses[t]!;
    },
  },
  total({ losses, memory }) {
    const weights = reshape(slice(memory!, [0], [1], [0]), losses.shape); // declared above
    return reduceSum(mul(weights, losses), [0]);
  },
};
