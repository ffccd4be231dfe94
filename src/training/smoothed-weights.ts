import type { MethodOption } from "../base/method-options.js";
import type { GramianBalancer, GramianStep } from "./balancer.js";

/** How much of the weights of the step before is kept: an option of every balancer that reads the Gramian. */
export const smoothing: MethodOption = {
  default: 0,
  min: 0,
  max: 0.9999,
  doc: "share of the last step's weights that is kept; 0 keeps none",
};

/**
 * A balancer whose weights follow a moving average: λₜ = a·λₜ₋₁ + (1 − a)·λ̂ₜ, with λ̂ what the balancer says and a the option
 * `smoothing`. A task starts from the first weight it gets; while it is absent its average stands still.
 *
 * State: the length of the balancer's own, that state, the averages `[T]`, and 1 for each task seen `[T]`.
 *
 * @see Zhou et al. 2022, "On the Convergence of Stochastic Multi-Objective Gradient Manipulation and Beyond", algorithm 1
 * (CR-MOGM).
 * Departures: the share a is constant; the paper's analysis lets it grow with the steps.
 */
export function smoothed(balancer: GramianBalancer): GramianBalancer {
  return {
    ...balancer,
    options: { ...balancer.options, smoothing },
    state(tasks) {
      const own = balancer.state(tasks);
      const state = new Float64Array(1 + own.length + 2 * tasks);
      state[0] = own.length;
      state.set(own, 1);
      return state;
    },
    weights(step) {
      const keep = step.options["smoothing"]!;
      const start = 1 + step.state[0]!;
      const weights = balancer.weights({ ...step, state: step.state.subarray(1, start) });
      return keep === 0 ? weights : averaged(step, weights, { keep, start });
    },
  };
}

function averaged(
  { state, tasks }: GramianStep,
  weights: Float64Array,
  { keep, start }: { readonly keep: number; readonly start: number },
): Float64Array {
  const T = (state.length - start) / 2;
  return weights.map((weight, k) => {
    const [at, seen] = [start + tasks[k]!, start + T + tasks[k]!];
    state[at] = state[seen] === 1 ? keep * state[at]! + (1 - keep) * weight : weight;
    state[seen] = 1;
    return state[at]!;
  });
}
