import { type Tensor, add, clip, mul, scalar } from "../../graph/index.js";
import type { Transform } from "../transform.js";

/** Settings of Lion; the defaults are the paper's. */
export interface LionOptions {
  /** Share of the momentum in the direction of a step, in [0, 1). */
  readonly beta1?: number;
  /** Decay of the momentum, in [0, 1). */
  readonly beta2?: number;
}

/**
 * Lion: gives sign(β₁m + (1−β₁)g), then m ← β₂m + (1−β₂)g.
 *
 * Departures: the state holds `m` = m/(1−β₂), which saves passes: M ← β₂M + g, and the sign is that of
 * β₁(1−β₂)/(1−β₁)·M + g.
 *
 * @see Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", Alg. 2.
 */
export function scaleByLion({ beta1 = 0.9, beta2 = 0.99 }: LionOptions = {}): Transform {
  const share = (beta1 * (1 - beta2)) / (1 - beta1);
  return {
    state: ["m"],
    elementwise: true,
    apply: ({ update, state }) => {
      const after = (kept: number) => add(mul(state["m"]!, scalar(kept, update.dtype)), update);
      return { update: signOf(after(share)), state: { m: after(beta2) } };
    },
  };
}

/** The sign of x, NaN where x is: x times nearly all that float32 holds, cut off at ±1; several times faster than `sign`. */
const signOf = (x: Tensor): Tensor => clip(mul(x, scalar(3e38, x.dtype)), -1, 1);
