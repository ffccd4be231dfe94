import { add, div, mul, scalar, sqrt, square } from "../../graph/index.js";
import type { Transform } from "../transform.js";

/** Settings of Adam; the defaults are the paper's. */
export interface AdamOptions {
  /** Decay of the mean gradient, in [0, 1). */
  readonly beta1?: number;
  /** Decay of the mean squared gradient, in [0, 1). */
  readonly beta2?: number;
  /** Keeps the quotient finite where a gradient has always been zero. */
  readonly epsilon?: number;
}

const NO_RATE = 1e-30; // rates below count as 0: their reciprocals would overflow float32
const NOTHING = [0, Number.POSITIVE_INFINITY] as const; // k₁ and k₂ that leave exactly 0 of a step

/**
 * Adam: m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², giving (m/(1−β₁ᵗ)) / (√(v/(1−β₂ᵗ)) + ε).
 *
 * Departures: the state holds `m` = m/(1−β₁) and `v` = v/(1−β₂), so that M ← β₁M + g and V ← β₂V + g², and what is given is
 * M / (k₁√V + k₂) with two numbers of the step that hold both corrections, ε and, in front of `scaleByRate`, the learning rate:
 * 10 passes over the parameters for a whole step instead of 12. The steps are the same but for rounding.
 *
 * @see Kingma & Ba 2015, "Adam: A Method for Stochastic Optimization", Alg. 1.
 */
export function scaleByAdam({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions = {}): Transform {
  const divisors = (step: number, rate: number): readonly [number, number] => {
    if (rate < NO_RATE) return NOTHING;
    const first = (rate * (1 - beta1)) / (1 - beta1 ** step);
    return [Math.sqrt((1 - beta2) / (1 - beta2 ** step)) / first, epsilon / first];
  };
  const plain: Transform = {
    state: ["m", "v"],
    elementwise: true,
    scalars: (step) => divisors(step, 1),
    apply: ({ update, state, scalars }) => {
      const { dtype } = update;
      const m = add(mul(state["m"]!, scalar(beta1, dtype)), update);
      const v = add(mul(state["v"]!, scalar(beta2, dtype)), square(update));
      const root = add(mul(sqrt(v), scalars[0]!), scalars[1]!);
      return { update: div(m, root), state: { m, v } };
    },
  };
  return { ...plain, rated: { ...plain, scalars: divisors } };
}
