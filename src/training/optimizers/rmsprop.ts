import { defineOptimizer } from "../optimizer.js";
import { addDecay, chain, scaleByRate, scaleByRms } from "../transforms/index.js";

/**
 * RMSProp: s ← 0.9·s + 0.1·g², θ ← θ − α·g / (√s + ε); weight decay is the L2 term of the gradient.
 *
 * @see Tieleman & Hinton 2012, "Lecture 6.5 - RMSProp: Divide the gradient by a running average of its recent magnitude".
 */
export const rmsprop = defineOptimizer({
  slug: "rmsprop",
  description: "steps divided by the root of the mean squared gradient",
  rateScale: 1,
  transform: chain(addDecay, scaleByRms(), scaleByRate),
});
