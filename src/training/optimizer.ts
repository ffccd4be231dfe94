import type { Tensor } from "../graph/index.js";
import type { Layout } from "../model/layout.js";

/** Settings every optimiser reads. */
export interface OptimizerOptions {
  /** Strength of weight decay, per step and unit of learning rate for decoupled decay. */
  readonly weightDecay: number;
}

/** What one update sees: flat vectors `[P]`. */
export interface UpdateContext {
  readonly parameters: Tensor;
  readonly gradient: Tensor;
  /** State vectors `[P]` by name. */
  readonly state: Readonly<Record<string, Tensor>>;
  /** The step's scalars, as computed by `scalars`, each of shape `[]`. */
  readonly scalars: readonly Tensor[];
  /** 1 where weight decay applies: `[P]`. */
  readonly decay: Tensor;
  /** Which parameter tensors stand in the flat vectors, for updates that need their shapes. */
  readonly layout: Layout;
  readonly options: OptimizerOptions;
}

/** An optimiser as a pure update over the flat parameter vector, traced into the training graph. */
export interface Optimizer {
  readonly slug: string;
  readonly description: string;
  /** Default learning rate in units of the default budget's, which is Adam's. */
  readonly rateScale: number;
  /** Names of its state vectors, all zero at the start. */
  readonly state: readonly string[];
  /** Numbers that change with the step (from 1), computed on the host in float64. */
  scalars(step: number, learningRate: number): number[];
  update(context: UpdateContext): { parameters: Tensor; state: Record<string, Tensor> };
}
