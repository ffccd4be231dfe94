import type { Tensor } from "../graph/index.js";
import type { Layout } from "../model/layout.js";

/** The vectors of a step, all of one length: P, or that of a block of the P parameters. */
export interface Vectors {
  /** What the transform before gave; the gradient at first. */
  readonly update: Tensor;
  /** The parameters before the step. */
  readonly parameters: Tensor;
  /** The transform's own state, by its own names. */
  readonly state: Readonly<Record<string, Tensor>>;
  /** Strength of weight decay per parameter; absent where nothing decays. */
  readonly decay?: Tensor | undefined;
  /** Factors of the learning rate per parameter; absent where all are 1. */
  readonly rates?: Tensor | undefined;
}

/** What a transform sees of a step. */
export interface TransformContext extends Vectors {
  /** What `scalars` gave for this step, each of shape `[]`. */
  readonly scalars: readonly Tensor[];
  /** What `measure` gave, each of shape `[]`. */
  readonly measured: readonly Tensor[];
  /** Which parameter tensors stand in the whole vectors. */
  readonly layout: Layout;
}

/** What a transform makes of an update. */
export interface Transformed {
  readonly update: Tensor;
  /** The new state; absent where there is none. */
  readonly state?: Readonly<Record<string, Tensor>>;
}

/**
 * One piece of an optimiser: takes the update that came in, and its own state, to the next update. What leaves the last one is
 * taken off the parameters.
 */
export interface Transform {
  /** Names of its state vectors `[P]`, all zero at the start. */
  readonly state: readonly string[];
  /**
   * Whether element i of what `apply` gives depends on elements i of the vectors alone (and on scalars). Such transforms run
   * block by block where P is large.
   */
  readonly elementwise: boolean;
  /** Numbers that change with the step (from 1), computed on the host in float64, always as many. Default: none. */
  readonly scalars?: (step: number, learningRate: number) => readonly number[];
  /** Scalars from the whole update `[P]`, before `apply` sees it in blocks. Default: none. */
  readonly measure?: (context: Pick<TransformContext, "update" | "scalars">) => readonly Tensor[];
  readonly apply: (context: TransformContext) => Transformed;
  /** The same with the learning rate multiplied in at no cost: stands for this one and a `scaleByRate` right after it. */
  readonly rated?: Transform;
  /** Of a chain: what it is made of, chains taken apart. */
  readonly links?: readonly Transform[];
}
