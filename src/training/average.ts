import { type Tensor, add, mul, sub } from "../graph/index.js";

/** Name of the carried vector that holds the moving average. */
export const AVERAGE = "average";

/**
 * Share of the newest parameters in their moving average at step t ≥ 1: max(1 − decay, 1/t).
 *
 * While t < 1/(1 − decay) that is the plain mean of all steps so far, so the average needs no start of its own; from then
 * on it forgets with the decay given, in [0, 1).
 *
 * @see Polyak & Juditsky 1992, "Acceleration of Stochastic Approximation by Averaging" (the mean);
 *   Tarvainen & Valpola 2017, "Mean teachers are better role models", eq. 1 (the decay).
 */
export const averageShare = (step: number, decay: number): number => Math.max(1 - decay, 1 / step);

/** The average `[P]` moved towards the newest parameters by their share. */
export const movedAverage = (average: Tensor, parameters: Tensor, share: Tensor): Tensor =>
  add(average, mul(sub(parameters, average), share));
