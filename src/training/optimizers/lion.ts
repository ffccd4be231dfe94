import { add, mul, scalar, sign, sub } from "../../graph/index.js";
import type { Optimizer } from "../optimizer.js";

const BETA1 = 0.9; // share of the momentum in the direction of a step, the paper's default
const BETA2 = 0.99; // decay of the momentum, the paper's default

/**
 * Lion: every parameter moves by the learning rate in the direction of the sign, with decoupled weight decay.
 *
 * θ ← θ − α·(sign(β₁m + (1−β₁)g) + λθ), m ← β₂m + (1−β₂)g.
 *
 * @see Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", Alg. 2.
 */
export const lion: Optimizer = {
  slug: "lion",
  description: "steps of the sign of the momentum, with decoupled weight decay",
  rateScale: 0.2,
  state: ["m"],
  scalars: (_step, learningRate) => [learningRate],
  update({ parameters, gradient, state, scalars, decay, options }) {
    const { dtype } = parameters;
    const blend = (share: number) =>
      add(mul(state["m"]!, scalar(share, dtype)), mul(gradient, scalar(1 - share, dtype)));
    const direction = sign(blend(BETA1));
    const step =
      options.weightDecay === 0
        ? direction
        : add(direction, mul(mul(decay, scalar(options.weightDecay, dtype)), parameters));
    return { parameters: sub(parameters, mul(step, scalars[0]!)), state: { m: blend(BETA2) } };
  },
};
