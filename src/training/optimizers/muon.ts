import { defineOptimizer } from "../optimizer.js";
import {
  addDecay,
  chain,
  choose,
  isMatrix,
  orthogonalize,
  scaleByAdam,
  scaleByRate,
  trace,
} from "../transforms/index.js";

/**
 * Muon: weight matrices move along their momentum made orthogonal, all else as with AdamW.
 *
 * B ← μB + G, O = NewtonSchulz(G + μB), W ← W − α·0.2·√max(n, m)·O for a weight `[n, m]` of the trunk. Heads, biases,
 * scales, task vectors and whatever else is no matrix of its own take AdamW's step.
 *
 * Departures: those of `orthogonalize`; the first layer counts as a matrix, since its inputs are dense.
 *
 * @see Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks"; Liu et al. 2025, "Muon is Scalable for
 *   LLM Training", section 2.2 (decay, and one learning rate for all).
 */
export const muon = defineOptimizer({
  slug: "muon",
  description: "orthogonal steps for the trunk's matrices, AdamW's for the rest",
  rateScale: 1,
  transform: chain(
    choose(isMatrix, {
      chosen: chain(trace({ momentum: 0.95, nesterov: true, name: "momentum" }), orthogonalize),
      rest: scaleByAdam(),
    }),
    addDecay,
    scaleByRate,
  ),
});
