import type { Layout } from "../model/layout.js";
import type { ModelSpec } from "../model/spec.js";
import type { BalancerOptions } from "./balancer.js";
import type { BalancerSlug } from "./balancers/index.js";
import type { Conflict } from "./conflict.js";
import type { Checkpointing } from "./checkpoint-store.js";
import type { OptimizerSlug } from "./optimizers/index.js";
import type { ParameterGroup } from "./parameter-groups.js";
import type { Sampling } from "./sampling.js";

/** What early stopping keeps: one epoch for all tasks, or for each task its own best one where that is clearly better. */
export type Stopping = "together" | "per-task";

/** What must stop improving before training ends: the mean validation loss, or also those of tasks that may still lower it. */
export type Monitor = "mean" | "each";

/** Settings of one fit. */
export interface FitOptions {
  readonly optimizer: OptimizerSlug;
  readonly balancer: BalancerSlug;
  /** Values of the balancer's options; defaults where absent. */
  readonly balancerOptions?: BalancerOptions;
  /** Weights of tasks by name, for a balancer that reads them; 1 where absent. */
  readonly taskWeights?: Readonly<Record<string, number>>;
  /** What heads receive from a balancer of gradients; that balancer's default when absent. */
  readonly heads?: "own" | "weighted";
  readonly epochs: number;
  readonly patience: number;
  /** Whether all tasks keep one epoch, the best on average, or some their own best one; `together` when absent. */
  readonly stopping?: Stopping;
  /** What early stopping waits for; when absent `mean`, or `each` where tasks keep epochs of their own. */
  readonly monitor?: Monitor;
  readonly batch: number;
  /** Highest learning rate, per step. */
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Parameter tensors with a learning rate or weight decay of their own; default none. */
  readonly parameterGroups?: readonly ParameterGroup[];
  /** Share of all steps spent warming up. */
  readonly warmup: number;
  /** Largest gradient norm; 0 for none. */
  readonly clip: number;
  readonly dropout: number;
  /** Decay of a moving average of the parameters that is validated and kept instead of them; 0 or absent for none. */
  readonly average?: number;
  /** Train once more on training and validation rows together, for as many epochs as were best. */
  readonly refit: boolean;
  /** How often the rows of each task are drawn; every row once an epoch when absent. */
  readonly sampling?: Sampling;
  readonly seed: number;
}

/** Losses of one epoch per task name; NaN where a task had no label. */
export interface EpochLosses {
  readonly epoch: number;
  readonly train: Readonly<Record<string, number>>;
  readonly validation: Readonly<Record<string, number>>;
}

/** An epoch whose parameters are kept, counted from 1, and the tasks that are predicted with them. */
export interface KeptEpoch {
  readonly epoch: number;
  readonly tasks: readonly string[];
}

/** A kept epoch with the parameters `[P]` that it left. */
export interface Snapshot extends KeptEpoch {
  readonly parameters: Float32Array;
}

/** A trained model: the best parameters on validation rows, and how training went. */
export interface Fitted {
  readonly spec: ModelSpec;
  readonly layout: Layout;
  /** `[P]`, the balancer's parameters last: those that the most tasks are predicted with. */
  readonly parameters: Float32Array;
  readonly epochs: readonly EpochLosses[];
  /** The epoch of `parameters`, counted from 1. */
  readonly bestEpoch: number;
  /**
   * The parameters that other tasks are predicted with, where tasks keep epochs of their own (see `snapshotsOf`). Memory and
   * the size of a saved model grow by P floats for each, the time of a prediction by one forward pass.
   */
  readonly further?: readonly Snapshot[];
  readonly steps: number;
  readonly seconds: number;
  /** How far the tasks' gradients pointed against each other, as means over steps; where their Gramian was read. */
  readonly conflict?: Conflict;
}

/** What a caller may watch and stop. */
export interface FitHooks {
  readonly onEpoch?: (losses: EpochLosses) => void;
  /** Called between slices with the losses of the epoch so far. */
  readonly onSlice?: (epoch: number, train: Readonly<Record<string, number>>) => void;
  readonly signal?: AbortSignal;
  /** How long a slice should take, in milliseconds; that of `runInSlices` when absent. Results do not depend on it. */
  readonly sliceMs?: number;
  /**
   * The first training of this very model with these data and options, made before without a second one: it is told and taken as
   * it is.
   */
  readonly first?: Fitted;
  /** Keeps the fit's state in a store, and goes on from what the store holds. */
  readonly checkpoint?: Checkpointing;
}
