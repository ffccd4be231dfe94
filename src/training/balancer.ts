import type { Tensor } from "../graph/index.js";
import type { Parameter } from "../model/layout.js";
import type { TaskKind } from "../tasks/task-kind.js";

/** What a balancer of losses sees on one batch. */
export interface BalanceContext {
  /** Loss per task `[T]`; 0 for a task without labels in the batch. */
  readonly losses: Tensor;
  /** 1 for tasks with a label in the batch, else 0: `[T]`. */
  readonly present: Tensor;
  /** The kind of each task, in the order of the losses. */
  readonly kinds: readonly TaskKind[];
  /** The balancer's learnable parameters by name. */
  readonly parameters: Readonly<Record<string, Tensor>>;
}

/** How the losses of tasks are combined. */
export interface Balancer {
  readonly slug: string;
  readonly description: string;
  /** What it reads. Later kinds read the Gramian or the Jacobian of the tasks' gradients. */
  readonly needs: "losses";
  /** Learnable parameters for T tasks; their names must not clash with the model's. */
  parameters(tasks: number): readonly Parameter[];
  /** The scalar that is differentiated. A task that is not present contributes nothing and moves nothing. */
  total(context: BalanceContext): Tensor;
}
