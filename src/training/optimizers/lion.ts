import { defineOptimizer } from "../optimizer.js";
import { addDecay, chain, scaleByLion, scaleByRate } from "../transforms/index.js";

/**
 * Lion: every parameter moves by the learning rate in the direction of a sign, with decoupled weight decay.
 *
 * θ ← θ − α·(sign(β₁m + (1−β₁)g) + λθ), m ← β₂m + (1−β₂)g.
 *
 * @see Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", Alg. 2.
 */
export const lion = defineOptimizer({
  slug: "lion",
  description: "steps of the sign of the momentum, with decoupled weight decay",
  rateScale: 0.2, // a sign is as long as the longest steps of Adam; the paper asks for 3 to 10 times less
  transform: chain(scaleByLion(), addDecay, scaleByRate),
});
