export { type Random, seededRandom } from "./base/random.js";
export { type Layout, initialParameters, parameterCount, parameterView, unflatten } from "./model/layout.js";
export type { Parameter } from "./model/parameter.js";
export type { InitializerName } from "./model/initializers.js";
export { type NodeRuntimeOptions, nodeRuntime } from "./runtime/node.js";
export type { RunOptions, Runtime, Session, SessionOptions, Values } from "./runtime/runtime.js";
export { type Slice, type SliceOptions, runInSlices } from "./runtime/slices.js";
export { OPTIMIZERS, type OptimizerSlug } from "./training/optimizers/index.js";
export {
  type Optimizer,
  type RuleOptions,
  type UpdateContext,
  type UpdateRule,
  defineOptimizer,
  updateRule,
} from "./training/optimizer.js";
export { type ParameterGroup, groupVectors } from "./training/parameter-groups.js";
export { type ScheduleOptions, warmupCosine } from "./training/schedule.js";
export {
  type Objective,
  type StepContext,
  type StepLoop,
  type StepLoopParts,
  type StepOptions,
  type TableShape,
  stepLoop,
  stepScalars,
  trainOnnx,
} from "./training/step-loop.js";
export type { Transform, TransformContext, Transformed, Vectors } from "./training/transform.js";
export * from "./training/transforms/index.js";
