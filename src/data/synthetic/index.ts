export { clusteredTasks } from "./clustered-tasks.js";
export { type DirtyOptions, dirtyTasks } from "./dirty-tasks.js";
export type {
  BestScore,
  Family,
  FamilyTruth,
  MissingReason,
  MissingRule,
  PlantedTask,
  RemovedLabel,
  TargetKind,
} from "./family.js";
export { funnel, type FunnelOptions } from "./funnel.js";
export { type MissingOptions, missingLabels, missingProbability } from "./missing-labels.js";
export { opposedTasks } from "./opposed-tasks.js";
export type { FamilyOptions, ManyTasksOptions } from "./options.js";
export { outlierTasks } from "./outlier-tasks.js";
export { type HierarchyOptions, parentChild } from "./parent-child.js";
export { bestPrediction, completeRows, scoreOfTruth, trueProbabilities, trueScore } from "./true-function.js";
