import { add, div, mul, scalar, sqrt, square, sub } from "../../graph/index.js";
import { gradientWithL2 } from "../weight-decay.js";
import type { Optimizer } from "../optimizer.js";

const BETA1 = 0.9; // decay of the mean gradient, the paper's default
const BETA2 = 0.999; // decay of the mean squared gradient, the paper's default
const EPSILON = 1e-8; // keeps the quotient finite where a gradient has always been zero

/** The bias-corrected step size and the correction of the second moment, for step t ≥ 1. */
export function adamScalars(step: number, learningRate: number): number[] {
  return [learningRate / (1 - BETA1 ** step), 1 / Math.sqrt(1 - BETA2 ** step), learningRate];
}

/**
 * Adam; weight decay, where asked for, is the classic L2 term added to the gradient.
 *
 * m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², θ ← θ − α·(m/(1−β₁ᵗ)) / (√(v/(1−β₂ᵗ)) + ε).
 *
 * @see Kingma & Ba 2015, "Adam: A Method for Stochastic Optimization", Alg. 1.
 */
export const adam: Optimizer = {
  slug: "adam",
  description: "Adam, with weight decay as an L2 term of the gradient",
  rateScale: 1,
  state: ["m", "v"],
  scalars: adamScalars,
  update(context) {
    const { parameters, state, scalars } = context;
    const { step, m, v } = adamStep(gradientWithL2(context), state, scalars);
    return { parameters: sub(parameters, step), state: { m, v } };
  },
};

/** The step that Adam takes for a gradient, and its new moments. */
export function adamStep(
  gradient: Parameters<Optimizer["update"]>[0]["gradient"],
  state: Parameters<Optimizer["update"]>[0]["state"],
  scalars: Parameters<Optimizer["update"]>[0]["scalars"],
): { step: typeof gradient; m: typeof gradient; v: typeof gradient } {
  const { dtype } = gradient;
  const m = add(mul(state["m"]!, scalar(BETA1, dtype)), mul(gradient, scalar(1 - BETA1, dtype)));
  const v = add(mul(state["v"]!, scalar(BETA2, dtype)), mul(square(gradient), scalar(1 - BETA2, dtype)));
  const root = add(mul(sqrt(v), scalars[1]!), scalar(EPSILON, dtype));
  return { step: mul(div(m, root), scalars[0]!), m, v };
}
