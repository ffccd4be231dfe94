import { mul } from "../../graph/index.js";
import type { Transform } from "../transform.js";

/** Multiplies by the factors of parameter groups, where there are any. */
export const scaleByGroupRates: Transform = {
  state: [],
  elementwise: true,
  apply: ({ update, rates }) => ({ update: rates ? mul(update, rates) : update }),
};

/** Multiplies by the learning rate and, where there are any, by the factors of parameter groups. */
export const scaleByRate: Transform = {
  state: [],
  elementwise: true,
  scalars: (_step, learningRate) => [learningRate],
  apply: ({ update, scalars, rates }) => {
    const scaled = mul(update, scalars[0]!);
    return { update: rates ? mul(scaled, rates) : scaled };
  },
};

/** Multiplies by a number that depends on the step (from 1) alone, such as −1 or a schedule of one's own. */
export const scaleBy = (factor: (step: number) => number): Transform => ({
  state: [],
  elementwise: true,
  scalars: (step) => [factor(step)],
  apply: ({ update, scalars }) => ({ update: mul(update, scalars[0]!) }),
});
