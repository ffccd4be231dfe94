import type { ClassType, TaskCoding } from "../tasks/task-kind.js";

/** A task of a model, as it tells about itself. */
export interface ModelTask {
  readonly name: string;
  readonly kind: TaskCoding["kind"];
  /** Labels, or cluster numbers as text; empty for regression. */
  readonly classes: readonly string[];
  readonly classType: ClassType;
}
