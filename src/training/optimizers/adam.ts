import { defineOptimizer } from "../optimizer.js";
import { addDecay, chain, scaleByAdam, scaleByRate } from "../transforms/index.js";

/**
 * Adam; weight decay, where asked for, is the classic L2 term added to the gradient.
 *
 * m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², θ ← θ − α·(m/(1−β₁ᵗ)) / (√(v/(1−β₂ᵗ)) + ε).
 *
 * @see Kingma & Ba 2015, "Adam: A Method for Stochastic Optimization", Alg. 1.
 */
export const adam = defineOptimizer({
  slug: "adam",
  description: "Adam, with weight decay as an L2 term of the gradient",
  rateScale: 1,
  transform: chain(addDecay, scaleByAdam(), scaleByRate),
});
