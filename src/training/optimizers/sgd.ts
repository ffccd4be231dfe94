import { defineOptimizer } from "../optimizer.js";
import { addDecay, chain, scaleByRate, trace } from "../transforms/index.js";

/**
 * Stochastic gradient descent with Nesterov momentum; weight decay is the L2 term of the gradient.
 *
 * v ← μv − αg(θ + μv), θ ← θ + v.
 *
 * Departures: the parameters held are the point looked at, φ = θ + μv, where the gradient is taken anyway, so a step is
 * φ ← φ + μv − αg with the new v; the two points meet as α falls to 0. The momentum μ does not change with the step. The state
 * holds `velocity` = −v, what is taken off.
 *
 * @see Sutskever, Martens, Dahl & Hinton 2013, "On the importance of initialization and momentum in deep learning", eq. 3-4.
 */
export const sgd = defineOptimizer({
  slug: "sgd",
  description: "gradient descent with Nesterov momentum",
  rateScale: 50, // gradients are clipped to norm 1 by default and spread over all parameters
  transform: chain(addDecay, scaleByRate, trace({ momentum: 0.9, nesterov: true })), // the paper's schedule ends at 0.9 to 0.999, which needs a longer training
});
