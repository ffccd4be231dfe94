import { defineOptimizer } from "../optimizer.js";
import { addRatedDecay, chain, scaleByAdam, scaleByRate } from "../transforms/index.js";

/**
 * Adam with decoupled weight decay: θ ← θ − α·(Adam's step) − α·λ·θ on weights only.
 *
 * @see Loshchilov & Hutter 2019, "Decoupled Weight Decay Regularization", Alg. 2.
 */
export const adamw = defineOptimizer({
  slug: "adamw",
  description: "Adam with decoupled weight decay",
  rateScale: 1,
  transform: chain(scaleByAdam(), scaleByRate, addRatedDecay),
});
