import { constant, mul, reduceSum } from "../../graph/index.js";
import type { LossBalancer } from "../balancer.js";

/**
 * Weights of the user's own, constant over the training: Σ wₖ·Lₖ with wₖ the study's `weight` of task k, 1 where it says none.
 * They are not normalised.
 *
 * @see Caruana 1997, "Multitask Learning", which weighs extra tasks by a fixed number each.
 */
export const fixed: LossBalancer = {
  slug: "fixed",
  title: "Fixed weights",
  description: "every task has the weight the study gives it, by default 1",
  helps: "You know what a task is worth, or want to trace a front by hand",
  paper: 'Caruana 1997, "Multitask Learning"',
  options: {},
  heads: "weighted",
  weighs: true,
  needs: "losses",
  plainAlone: true,
  parameters: () => [],
  total({ losses, weights }) {
    const data = losses.dtype === "float64" ? Float64Array.from(weights) : Float32Array.from(weights);
    return reduceSum(mul(losses, constant({ dtype: losses.dtype, shape: [weights.length], data })), [0]);
  },
};
