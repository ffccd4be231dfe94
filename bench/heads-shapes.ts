import type { StepShape } from "./step-shape.js";
import { SMALL } from "./step-small.js";

/** The small model with so many tasks, and fewer steps in a measurement the more there are: it takes a few tenths of a second. */
export const smallWith = (tasks: number): StepShape => ({
  ...SMALL,
  tasks,
  steps: Math.max(8, Math.round(1500 / (1 + tasks / 4))), // four heads cost about what the trunk does
});
