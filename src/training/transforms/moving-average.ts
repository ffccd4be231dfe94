import type { Transform } from "../transform.js";
import { AVERAGE, averageShare, movedAverage } from "../average.js";

/**
 * Keeps a moving average of what passes, which it leaves as it is; behind `takeStep` that is the average of the parameters.
 *
 * @param decay share of the past that is kept in each step, in [0, 1).
 * @see `averageShare` for the formula and its papers.
 */
export function movingAverage(decay: number): Transform {
  return {
    state: [AVERAGE],
    elementwise: true,
    scalars: (step) => [averageShare(step, decay)],
    apply: ({ update, state, scalars }) => ({
      update,
      state: { [AVERAGE]: movedAverage(state[AVERAGE]!, update, scalars[0]!) },
    }),
  };
}
