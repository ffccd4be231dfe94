import { stepBench } from "./step.js";
import type { StepShape } from "./step-shape.js";

/** A small model: 27-64-64, batch 64, eight regression heads. */
export const SMALL: StepShape = {
  inputs: 27,
  trunk: [64, 64],
  head: 32,
  tasks: 8,
  batch: 64,
  rows: 4096,
  steps: 600,
};

/** Steps of the small model in Node. */
export const stepSmall = stepBench(SMALL);
