import { add, mul, reduceSum, scalar, softmax, sub } from "../../graph/index.js";
import type { LossBalancer } from "../balancer.js";

const GONE = 1e9; // far below any normal number, so that its exponential is 0

/**
 * Random loss weighting: Σ wₖ·Lₖ with w = K·softmax(z), z ~ N(0, I) anew at every step, over the K tasks that are present.
 *
 * @see Lin, Ye, Zhang & Tsang 2022, "Reasonable Effectiveness of Random Weighting: A Litmus Test for Multi-Task Learning".
 * Departures: the paper's weights sum to 1, which also divides the learning rate by K; here they sum to K, as equal weights do.
 */
export const rlw: LossBalancer = {
  slug: "rlw",
  title: "RLW",
  description: "weights drawn anew at every step (Lin et al. 2022)",
  helps:
    "As a plain opponent that costs nothing: a method that does not beat random weights has found nothing",
  paper:
    'Lin, Ye, Zhang & Tsang 2022, "Reasonable Effectiveness of Random Weighting: A Litmus Test for Multi-Task Learning"',
  options: {},
  heads: "weighted",
  needs: "losses",
  random: true,
  plainAlone: true,
  parameters: () => [],
  total({ losses, present, normals }) {
    const absent = sub(scalar(1, present.dtype), present);
    const shares = softmax(add(normals!, mul(absent, scalar(-GONE, absent.dtype))), 0); // asked for by `random`
    return mul(reduceSum(mul(shares, losses), [0]), reduceSum(present, [0]));
  },
};
