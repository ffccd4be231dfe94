import type { Link } from "../relations/links.js";
import type { Task } from "../tasks/task-kind.js";
import type { TRUNK_INITIALIZERS } from "./initializers.js";

/** Everything that decides the shape of a model, as plain data: it is stored beside the parameters. */
export interface ModelSpec {
  /** Width D of the encoded inputs. */
  readonly inputs: number;
  /** Tasks in the order of the study. */
  readonly tasks: readonly Task[];
  readonly links: readonly Link[];
  /** Widths of the shared trunk's layers; at least one. */
  readonly trunk: readonly number[];
  /** How the trunk's weights start. */
  readonly initializer: (typeof TRUNK_INITIALIZERS)[number];
  /** Members M of the weight-sharing ensemble; 1 for a plain multilayer perceptron. */
  readonly members: number;
  /**
   * Where the first layer tells members apart: `input` scales each member's input (as strong as TabM, cost M·D·H),
   * `output` scales the first layer's output (first layer computed once).
   */
  readonly adapter: "input" | "output";
  /** Width of each task's own hidden layer; 0 for linear heads. */
  readonly head: number;
  /** Strength of the same-kind penalty. */
  readonly tie: number;
  /** Width E of each task's learned embedding; 0 for a model without task vectors, whose heads see the trunk as it is. */
  readonly embedding: number;
}

/** The learned part of a task vector is this wide by default. */
export const TASK_EMBEDDING_WIDTH = 8;

/**
 * The model of one task alone with the same trunk and members: the single-task baseline's spec. Links fall away, since
 * they need a second task.
 */
export function singleTaskSpec(spec: ModelSpec, task: number): ModelSpec {
  return { ...spec, tasks: [spec.tasks[task]!], links: [] };
}
