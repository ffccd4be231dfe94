import { add, mul } from "../../graph/index.js";
import type { Transform } from "../transform.js";

/**
 * Adds λ·θ, λ the strength of weight decay of each parameter. In front of a method's own transforms it is the classic L2 term of
 * the gradient; behind them, in front of `scaleByRate`, it is decoupled decay.
 *
 * @see Loshchilov & Hutter 2019, "Decoupled Weight Decay Regularization", Alg. 2, lines 6 and 12.
 */
export const addDecay: Transform = {
  state: [],
  elementwise: true,
  apply: ({ update, parameters, decay }) => ({
    update: decay ? add(update, mul(decay, parameters)) : update,
  }),
};

/**
 * Adds α·λ·θ to an update that has the learning rate α in it already: the same decoupled decay as `addDecay` in front of
 * `scaleByRate`, for transforms that have the rate for nothing.
 *
 * @see Loshchilov & Hutter 2019, "Decoupled Weight Decay Regularization", Alg. 2, line 12.
 */
export const addRatedDecay: Transform = {
  state: [],
  elementwise: true,
  scalars: (_step, learningRate) => [learningRate],
  apply: ({ update, parameters, decay, rates, scalars }) => {
    if (!decay) return { update };
    const strength = mul(decay, scalars[0]!);
    return { update: add(update, mul(rates ? mul(strength, rates) : strength, parameters)) };
  },
};
