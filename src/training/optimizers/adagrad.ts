import { defineOptimizer } from "../optimizer.js";
import { addDecay, chain, scaleByAdagrad, scaleByRate } from "../transforms/index.js";

/**
 * AdaGrad in its diagonal form: s ← s + g², θ ← θ − α·g / (√s + ε); weight decay is the L2 term of the gradient.
 *
 * @see Duchi, Hazan & Singer 2011, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", Fig. 1.
 */
export const adagrad = defineOptimizer({
  slug: "adagrad",
  description: "steps divided by the root of all squared gradients so far",
  rateScale: 10, // steps shrink with the root of their number
  transform: chain(addDecay, scaleByAdagrad(), scaleByRate),
});
