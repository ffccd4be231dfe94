import { stepBench } from "./step.js";
import type { StepShape } from "./step-shape.js";

/** A mid model: 64-256-256, batch 256, eight regression heads. */
export const MID: StepShape = {
  inputs: 64,
  trunk: [256, 256],
  head: 32,
  tasks: 8,
  batch: 256,
  rows: 4096,
  steps: 80,
};

/** Steps of the mid model in Node. */
export const stepMid = stepBench(MID);
