import { stepBench } from "./step.js";
import type { StepShape } from "./step-shape.js";

/** A big model: 256-1024-1024, batch 512, eight regression heads. */
export const BIG: StepShape = {
  inputs: 256,
  trunk: [1024, 1024],
  head: 32,
  tasks: 8,
  batch: 512,
  rows: 4096,
  steps: 5,
};

/** Steps of the big model in Node. */
export const stepBig = stepBench(BIG);
