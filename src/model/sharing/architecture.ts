import type { MethodBase, MethodOptions } from "../../base/method-options.js";
import type { Tensor } from "../../graph/index.js";
import type { TRUNK_INITIALIZERS } from "../initializers.js";
import type { Parameter } from "../parameter.js";

/** Of what layers a trunk is made, whichever way it is shared. */
export interface TrunkShape {
  /** Width D of the encoded inputs. */
  readonly inputs: number;
  /** Widths of the trunk's layers; at least one. */
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
  /** A layer that is as wide as what it reads adds that to what it makes (see `residual.ts`); none does when absent. */
  readonly blocks?: "residual";
}

/** What an architecture knows of a task. */
export interface SharedTask {
  readonly name: string;
  readonly kind: string;
  /** Width W of its head's output. */
  readonly outputs: number;
  /** Width S of what a child sees of its prediction. */
  readonly signal: number;
  /** Places of its parents among the tasks. */
  readonly parents: readonly number[];
}

/** What decides the parameters of an architecture. */
export interface SharingShape extends TrunkShape {
  /** Tasks in the order of the groups: parents come before their children. */
  readonly tasks: readonly SharedTask[];
  /** Width V of a task vector; 0 for a model without. */
  readonly vector: number;
  /** A value for every option of the architecture. */
  readonly options: MethodOptions;
}

/** Applied to the output of each layer while training; the identity when predicting. Layers are counted from 0. */
export type Dropout = (x: Tensor, layerIndex: number) => Tensor;

/** What features are traced from. M members, R rows, T tasks. */
export interface SharingInputs {
  readonly shape: SharingShape;
  /** Encoded inputs `[R, D]`; R may be symbolic. */
  readonly encoded: Tensor;
  readonly parameters: Readonly<Record<string, Tensor>>;
  readonly dropout: Dropout;
  /** Task vectors `[T, V]` in the order of the tasks; absent in a model without. */
  readonly vectors?: Tensor;
  /** Absent when predicting. */
  readonly step?: SharingStep;
}

/** What a training step tells an architecture that asks for noise. */
export interface SharingStep {
  /** How much of the training is over, a scalar in [0, 1). */
  readonly progress: Tensor;
  /** Independent numbers, uniform in [2⁻²⁵, 1): `[n]`. */
  readonly noise: Tensor;
}

/** What heads read: one tensor for all tasks, or features of each task's own. H is the width of the trunk's last layer. */
export interface Features {
  /** `[R, H]` of one member, else `[M, R, H]`. */
  readonly shared?: Tensor;
  /** `[T, M, R, H]` in the order of the tasks. */
  readonly perTask?: Tensor;
  /** A scalar that is added to the objective. */
  readonly penalty?: Tensor;
  /** With which weights the architecture mixes, by a name for people. */
  readonly gates?: Readonly<Record<string, Gate>>;
}

/** Weights of a mixture. */
export interface Gate {
  /** One line for each reader, one entry along the last axis for each of what is read; axes between are members and rows. They sum to 1. */
  readonly weights: Tensor;
  /** Who reads, in words: tasks by their names. */
  readonly readers: readonly string[];
  /** What is read, in words. */
  readonly choices: readonly string[];
}

/** What outputs may be joined with. */
export interface CouplingInputs {
  readonly features: Features;
  readonly parameters: Readonly<Record<string, Tensor>>;
  /** What a child sees of a task whose output `[M, R, W]` this is: `[M, R, S]`. */
  signal(task: number, output: Tensor): Tensor;
}

/** Outputs of the heads as an architecture may join them. */
export interface CoupledOutputs {
  /** Of each task, in the order of the tasks: `[M, R, W]`. */
  readonly outputs: readonly Tensor[];
  /** What predictions are made from, where that is not what losses read. */
  readonly predicted?: readonly Tensor[];
  /** A scalar that is added to the objective. */
  readonly penalty?: Tensor;
}

/** A way in which tasks share a model between the encoded inputs and their heads. */
export interface SharingArchitecture extends MethodBase {
  /**
   * Its parameters. Those on the way of several tasks are named `trunk.…`: balancers of gradients weigh them. Those of one task
   * are named `tasks.…`, with the tasks as their first axis (`perTask`).
   */
  layout(shape: SharingShape): readonly Parameter[];
  /** Traces the features that heads read. */
  features(inputs: SharingInputs): Features;
  /** How many random numbers a training step needs; none when absent. */
  noise?(shape: SharingShape): number;
  /** Joins the outputs of heads, `[M, R, W]` of each task; they stay as they are when absent. Its features are of each task's own. */
  couple?(shape: SharingShape, outputs: readonly Tensor[], inputs: CouplingInputs): CoupledOutputs;
  /** Parent-child links are its own matter: heads read no parent's prediction. */
  readonly takesLinks?: true;
  /** In a task of two classes a missing label is the first class where the parent's label, of two classes too, is its first. */
  readonly entireSpace?: true;
  /** What the tasks lack for it to apply, as the end of "… needs"; undefined where nothing. */
  lacks?(shape: SharingShape): string | undefined;
}
