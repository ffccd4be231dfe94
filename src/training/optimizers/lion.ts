import { add, mul, scalar, sign } from "../../graph/index.js";
import type { Optimizer } from "../optimizer.js";
import { steppedWithDecay } from "../weight-decay.js";

const BETA1 = 0.9; // share of the momentum in the direction of a step, the paper's default
const BETA2 = 0.99; // decay of the momentum, the paper's default

/**
 * Lion: every parameter moves by the learning rate in the direction of a sign, with decoupled weight decay.
 *
 * θ ← θ − α·(sign(β₁m + (1−β₁)g) + λθ), m ← β₂m + (1−β₂)g.
 *
 * @see Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", Alg. 2.
 */
export const lion: Optimizer = {
  slug: "lion",
  description: "steps of the sign of the momentum, with decoupled weight decay",
  rateScale: 0.2, // a sign is as long as the longest steps of Adam; the paper asks for 3 to 10 times less
  state: ["m"],
  scalars: (_step, learningRate) => [learningRate],
  update(context) {
    const { gradient, state, scalars } = context;
    const { dtype } = gradient;
    const blend = (share: number) =>
      add(mul(state["m"]!, scalar(share, dtype)), mul(gradient, scalar(1 - share, dtype)));
    const step = mul(sign(blend(BETA1)), scalars[0]!);
    return { parameters: steppedWithDecay(context, step, scalars[0]!), state: { m: blend(BETA2) } };
  },
};
