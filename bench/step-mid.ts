import { stepBench } from "./step.js";

/** A mid model: 64-256-256, batch 256, eight regression heads. */
export const stepMid = stepBench({
  inputs: 64,
  trunk: [256, 256],
  head: 32,
  tasks: 8,
  batch: 256,
  rows: 4096,
  steps: 80,
});
