import { add, mul, scalar } from "../../graph/index.js";
import type { Transform } from "../transform.js";

/** How a trace gathers what comes in. */
export interface TraceOptions {
  /** What is kept of the past in each step, in [0, 1). Default 0.9: ten steps of memory. */
  readonly momentum?: number;
  /** Whether the update looks one step ahead. */
  readonly nesterov?: boolean;
  /** Name of the state. Default `velocity`. */
  readonly name?: string;
}

/**
 * Momentum: v ← μv + u, giving v, or u + μv with Nesterov's look ahead.
 *
 * @see Sutskever, Martens, Dahl & Hinton 2013, "On the importance of initialization and momentum in deep learning", eq. 1-4.
 */
export function trace({ momentum = 0.9, nesterov = false, name = "velocity" }: TraceOptions = {}): Transform {
  return {
    state: [name],
    elementwise: true,
    apply: ({ update, state }) => {
      const mu = scalar(momentum, update.dtype);
      const velocity = add(mul(state[name]!, mu), update);
      return { update: nesterov ? add(update, mul(velocity, mu)) : velocity, state: { [name]: velocity } };
    },
  };
}
