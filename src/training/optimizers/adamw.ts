import { add, mul, scalar, sub } from "../../graph/index.js";
import type { Optimizer } from "../optimizer.js";
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
  update({ parameters, gradient, state, scalars, decay, options }) {
    const { step, m, v } = adamStep(gradient, state, scalars);
    if (options.weightDecay === 0) return { parameters: sub(parameters, step), state: { m, v } };
    const rate = mul(scalars[2]!, scalar(options.weightDecay, parameters.dtype));
    const shrink = mul(mul(decay, rate), parameters);
    return { parameters: sub(parameters, add(step, shrink)), state: { m, v } };
  },
};
