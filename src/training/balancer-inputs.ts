import type { Random } from "../base/random.js";
import type { Balancer, LossBalancer } from "./balancer.js";
import type { StepLoopParts } from "./step-loop.js";

/** The input of a training graph that holds what its balancer of losses remembers: `[n, T]`. */
export const BALANCER_MEMORY = "balancer.memory";

/** The input of a training graph with its balancer's random numbers: `[S, T]`. */
export const BALANCER_NORMALS = "balancer.normals";

/** The input of an update graph with the random numbers of its balancer: `[P₀]`. */
export const BALANCER_UNIFORM = "balancer.uniform";

/** What a balancer of losses is given in the steps of a model of T tasks, beside the losses. */
export function balancerInputs(
  { memory, steps, random }: LossBalancer,
  tasks: number,
): Pick<StepLoopParts, "whole" | "perStep" | "remembered"> {
  const size = memory?.start(tasks).length ?? 0;
  const remembered = steps && { name: BALANCER_MEMORY, shape: [steps.start(tasks).length / tasks, tasks] };
  return {
    whole: size > 0 ? { [BALANCER_MEMORY]: { shape: [size / tasks, tasks] } } : {},
    ...(remembered && { remembered }),
    perStep: random ? { [BALANCER_NORMALS]: { shape: [tasks] } } : {},
  };
}

/** True for a balancer that is fed random numbers at every step of its graph. */
export const needsNormals = (balancer: Balancer): boolean =>
  balancer.needs === "losses" && balancer.random === true;

/** So many independent standard normal numbers. */
export const normalsOf = (random: Random, count: number): Float32Array =>
  Float32Array.from({ length: count }, () => random.normal());
