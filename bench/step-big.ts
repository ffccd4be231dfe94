import { stepBench } from "./step.js";

/** A big model: 256-1024-1024, batch 512, eight regression heads. */
export const stepBig = stepBench({
  inputs: 256,
  trunk: [1024, 1024],
  head: 32,
  tasks: 8,
  batch: 512,
  rows: 4096,
  steps: 5,
});
