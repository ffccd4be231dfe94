import { add, div, mul, scalar, sqrt, square } from "../../graph/index.js";
import type { Transform } from "../transform.js";

/**
 * AdaGrad in its diagonal form: s ← s + g², giving g / (√s + ε).
 *
 * @param options.epsilon keeps the quotient finite where a gradient has always been zero; default 1e-10.
 * @see Duchi, Hazan & Singer 2011, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", Fig. 1.
 */
export function scaleByAdagrad({ epsilon = 1e-10 }: { readonly epsilon?: number } = {}): Transform {
  return {
    state: ["squares"],
    elementwise: true,
    apply: ({ update, state }) => {
      const squares = add(state["squares"]!, square(update));
      return {
        update: div(update, add(sqrt(squares), scalar(epsilon, update.dtype))),
        state: { squares },
      };
    },
  };
}

/** Settings of RMSProp. */
export interface RmsOptions {
  /** Decay ρ of the mean squared gradient, in [0, 1); the lecture's is 0.9. */
  readonly smoothing?: number;
  /** Keeps the quotient finite where a gradient has always been zero; default 1e-8. */
  readonly epsilon?: number;
}

/**
 * RMSProp: s ← ρs + (1−ρ)g², giving g / (√s + ε).
 *
 * Departures: ε, which the lecture leaves out. As there, s starts at 0 without correction, so the first steps are up to
 * 1/√(1−ρ) learning rates long. The state holds `squares` = s/(1−ρ), which saves a pass: S ← ρS + g².
 *
 * @see Tieleman & Hinton 2012, "Lecture 6.5 - RMSProp: Divide the gradient by a running average of its recent magnitude".
 */
export function scaleByRms({ smoothing = 0.9, epsilon = 1e-8 }: RmsOptions = {}): Transform {
  const size = Math.sqrt(1 - smoothing);
  return {
    state: ["squares"],
    elementwise: true,
    apply: ({ update, state }) => {
      const { dtype } = update;
      const squares = add(mul(state["squares"]!, scalar(smoothing, dtype)), square(update));
      const root = add(mul(sqrt(squares), scalar(size, dtype)), scalar(epsilon, dtype));
      return { update: div(update, root), state: { squares } };
    },
  };
}
