import { binary } from "./binary.js";
import { clustering } from "./clustering.js";
import { multiclass } from "./multiclass.js";
import { regression } from "./regression.js";
import type { TaskCoding, TaskKind, TaskKindSlug } from "./task-kind.js";

/** Every task kind, by slug. */
export const TASK_KINDS = { regression, binary, multiclass, clustering } satisfies Record<
  TaskKindSlug,
  TaskKind
>;

/** The kind that a coding belongs to; it reads that coding. */
export function kindOf(coding: TaskCoding): TaskKind {
  return TASK_KINDS[coding.kind];
}

export { chooseClusters, kMeans } from "./k-means.js";
export { detectTask } from "./detect.js";
export { fitTarget } from "./fit-target.js";
export { sharpen } from "./soft-assignment.js";
export { mostProbable } from "./metrics/classification.js";
export * from "./task-kind.js";
