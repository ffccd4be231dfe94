import type { MethodBase, MethodOptions } from "../base/method-options.js";
import type { Random } from "../base/random.js";
import type { Tensor } from "../graph/index.js";
import type { Parameter } from "../model/parameter.js";
import type { TaskKind } from "../tasks/task-kind.js";

/** Values of a balancer's options by name. */
export type BalancerOptions = MethodOptions;

/** What every balancer says of itself. */
export interface BalancerBase extends MethodBase {
  /** What heads receive by default: their own unweighted gradient, or theirs weighted as in the trunk. */
  readonly heads: "own" | "weighted";
  /** It reads the weights that the study gives the tasks: how much each matters. */
  readonly weighs?: true;
}

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
  /** A value for every option of the balancer. */
  readonly options: BalancerOptions;
  /** The weight the study gives each task, in the order of the losses. */
  readonly weights: readonly number[];
  /** What the balancer remembers `[n, T]`, where it has a memory or learns from steps. */
  readonly memory?: Tensor;
  /** Independent standard normal numbers of this step `[T]`, where it asks for them. */
  readonly normals?: Tensor;
}

/** What a balancer of losses remembers from epoch to epoch: rows of one number per task. */
export interface BalancerMemory {
  /** What is remembered of T tasks at the start: `[n, T]`, row by row, finite. */
  start(tasks: number): Float32Array;
  /** Changes the memory `[n, T]` in place after an epoch. Entries of tasks without a mean loss stay as they are. */
  afterEpoch(memory: Float32Array, epoch: EpochSeen): void;
}

/** What a balancer of losses is told after an epoch. */
export interface EpochSeen {
  /** The epoch that is over, from 1. */
  readonly epoch: number;
  /** Mean training loss of each task over the epoch's steps `[T]`; NaN for a task without a label in any of them. */
  readonly losses: Float64Array;
  /** A value for every option of the balancer. */
  readonly options: BalancerOptions;
}

/** What a balancer of losses remembers from step to step, having seen what the step did to the losses of its batch. */
export interface StepMemory {
  /** What is remembered of T tasks at the start: `[n, T]`, row by row, finite. */
  start(tasks: number): Float32Array;
  /** The memory `[n, T]` after a step. The engine keeps the columns of absent tasks as they were. */
  afterStep(step: StepSeen): Tensor;
}

/** What a balancer of losses is told after a step, as graph code. */
export interface StepSeen {
  /** Losses of the batch before the step, and those of the same batch with the new parameters: `[T]`. */
  readonly before: Tensor;
  readonly after: Tensor;
  /** 1 for tasks with a label in the batch, else 0: `[T]`. */
  readonly present: Tensor;
  /** What it remembers `[n, T]`. */
  readonly memory: Tensor;
  /** A value for every option of the balancer. */
  readonly options: BalancerOptions;
}

/** Combines the losses of tasks into one objective that is differentiated. */
export interface LossBalancer extends BalancerBase {
  readonly needs: "losses";
  /** Learnable parameters for T tasks; their names must not clash with the model's. */
  parameters(tasks: number): readonly Parameter[];
  /** What it remembers from epoch to epoch; nothing when absent. */
  readonly memory?: BalancerMemory;
  /** What it remembers from step to step instead: one more forward pass a step shows it the losses after the step. */
  readonly steps?: StepMemory;
  /** Factors of its total that depend on the losses count as constants: its gradient is not the slope of its value. */
  readonly detached?: true;
  /** It needs random numbers: `normals` in its context. */
  readonly random?: true;
  /** A single task is trained as with equal weights, since its weight would be a constant factor. */
  readonly plainAlone?: true;
  /** The scalar that is differentiated. A task that is not present contributes nothing and moves nothing. */
  total(context: BalanceContext): Tensor;
}

/** What a balancer of gradients sees at one step: only the K tasks that are present in the batch. */
export interface GramianStep {
  /**
   * J·Jᵀ of the present tasks' gradients `[K, K]`, row-major, symmetric: of those in the shared parameters, or in the shared features
   * where the balancer reads these.
   */
  readonly gramian: Float64Array;
  /**
   * J₁·J₂ᵀ of two further batches `[K, K]`, where the balancer asks for them: entry (i, j) is the product of task i's gradient on the
   * first and task j's on the second, 0 where a task has no label in its batch.
   */
  readonly cross?: Float64Array;
  /** Their losses `[K]`. */
  readonly losses: Float64Array;
  /** The weights that the study gives them `[K]`, none negative. */
  readonly weights: Float64Array;
  /** Their places among all T tasks `[K]`, ascending; state is addressed by them. */
  readonly tasks: Int32Array;
  /** From 1. */
  readonly step: number;
  /** From 1. */
  readonly epoch: number;
  /** A value for every option of the balancer. */
  readonly options: BalancerOptions;
  /** A stream of its own for this step, decided by seed and step. */
  readonly random: Random;
  /** Kept between steps and in checkpoints, changed in place; as `state(T)` made it. Entries of absent tasks stay as they are. */
  readonly state: Float64Array;
}

/** Decides from the Gramian of the tasks' gradients what each of them weighs in the shared parameters. */
export interface GramianBalancer extends BalancerBase {
  readonly needs: "gramian";
  /** Whose gradients the Gramian is of: those of the shared parameters when absent. */
  readonly of?: "features";
  /** Its step is made on one batch, and two further ones, drawn independently, give `cross`. */
  readonly batches?: 3;
  /** What it remembers of T tasks between steps, at the start. Empty where it remembers nothing. */
  state(tasks: number): Float64Array;
  /** Weights w `[K]` of the present tasks' gradients in the shared parameters: the direction is Σ wₖ·gₖ. */
  weights(step: GramianStep): Float64Array;
}

/** What a balancer of the Jacobian sees of a step, as graph code. */
export interface JacobianStep {
  /** Gradients of all T tasks in what they share `[T, P₀]`; the rows of absent tasks are 0. */
  readonly jacobian: Tensor;
  /** Their losses `[T]`; 0 for absent tasks. */
  readonly losses: Tensor;
  /** 1 for tasks with a label in the batch, else 0: `[T]`. */
  readonly present: Tensor;
  /** What it remembers of each task and shared parameter, by name: `[T, P₀]` each. */
  readonly state: Readonly<Record<string, Tensor>>;
  /** What it remembers of each task `[n, T]`, where it has a memory. */
  readonly memory?: Tensor;
  /** Numbers of this step, uniform in [0, 1), one for each shared parameter `[P₀]`, where it asks for them. */
  readonly uniform?: Tensor;
  /** A value for every option of the balancer. */
  readonly options: BalancerOptions;
}

/** What a balancer of the Jacobian decides. */
export interface JacobianDecision {
  /** The gradient of the shared parameters `[P₀]`. */
  readonly direction: Tensor;
  /** What each head's gradient is multiplied with where heads are weighted `[T]`; 1 each when absent. */
  readonly weights?: Tensor;
  /** What it remembers afterwards, in the shapes it got. What belongs to absent tasks is kept as it was, whatever is given here. */
  readonly state?: Readonly<Record<string, Tensor>>;
  readonly memory?: Tensor;
}

/** Makes the gradient of the shared parameters from those of the tasks, entry by entry. */
export interface JacobianBalancer extends BalancerBase {
  readonly needs: "jacobian";
  /** Names of what it remembers of each task and shared parameter, all zero at the start. */
  readonly state: readonly string[];
  /** What it remembers of each of T tasks at the start: `[n, T]`, row by row. Nothing when absent. */
  readonly memory?: (tasks: number) => Float32Array;
  /** It needs random numbers: `uniform` in its step. */
  readonly random?: true;
  /** The optimiser makes a step of each task's own gradient, with a state of its own, and their sum is taken: see `task-steps.ts`. */
  readonly stepPerTask?: true;
  direction(step: JacobianStep): JacobianDecision;
}

/** How the tasks of a model are balanced. */
export type Balancer = LossBalancer | GramianBalancer | JacobianBalancer;

/** A balancer that reads the tasks' own gradients, so that a step takes two graphs. */
export type GradientBalancer = GramianBalancer | JacobianBalancer;
