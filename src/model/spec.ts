import type { MethodOptions } from "../base/method-options.js";
import type { Link } from "../relations/links.js";
import type { Task } from "../tasks/task-kind.js";
import type { PeriodicNumbers } from "./periodic-numbers.js";
import type { TrunkShape } from "./sharing/architecture.js";
import type { SharingSlug } from "./sharing/index.js";

/** Everything that decides the shape of a model, as plain data: it is stored beside the parameters. */
export interface ModelSpec extends TrunkShape {
  /** Tasks in the order of the study. */
  readonly tasks: readonly Task[];
  /** Numbers among the inputs that periodic features are made of, which the trunk reads too; none when absent. */
  readonly numbers?: PeriodicNumbers;
  readonly links: readonly Link[];
  /** How tasks share the trunk; hard sharing when absent. */
  readonly sharing?: SharingChoice;
  /** Width of each task's own hidden layer; 0 for linear heads. */
  readonly head: number;
  /** Strength of the same-kind penalty. */
  readonly tie: number;
  /** Width E of each task's learned embedding; 0 for a model without task vectors, whose heads see the trunk as it is. */
  readonly embedding: number;
}

/** A sharing architecture with the options it is tuned by; defaults where absent. */
export interface SharingChoice {
  readonly architecture: SharingSlug;
  readonly options?: MethodOptions;
}

/** The learned part of a task vector is this wide by default. */
export const TASK_EMBEDDING_WIDTH = 8;

/**
 * The model of one task alone with the same trunk and members: the single-task baseline's spec. Links and the way of sharing
 * fall away, since they need a second task.
 */
export function singleTaskSpec(spec: ModelSpec, task: number): ModelSpec {
  const { sharing, ...rest } = spec;
  return { ...(sharing ? rest : spec), tasks: [spec.tasks[task]!], links: [] };
}
