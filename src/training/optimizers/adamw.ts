import type { Optimizer } from "../optimizer.js";
import { steppedWithDecay } from "../weight-decay.js";
import { adamScalars, adamStep } from "./adam.js";

/**
 * Adam with decoupled weight decay: θ ← θ − α·(Adam's step) − α·λ·θ on weights only.
 *
 * @see Loshchilov & Hutter 2019, "Decoupled Weight Decay Regularization", Alg. 2.
 */
export const adamw: Optimizer = {
  slug: "adamw",
  description: "Adam with decoupled weight decay",
  rateScale: 1,
  state: ["m", "v"],
  scalars: adamScalars,
  update(context) {
    const { gradient, state, scalars } = context;
    const { step, m, v } = adamStep(gradient, state, scalars);
    return { parameters: steppedWithDecay(context, step, scalars[2]!), state: { m, v } };
  },
};
