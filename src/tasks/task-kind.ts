import type { Column } from "../data/table.js";
import type { Tensor } from "../graph/tensor.js";
import type { TargetTransform } from "./transforms/target-transform.js";

/** The kinds of task, by slug. `classification` in options means binary or multiclass, whichever the classes say. */
export type TaskKindSlug = "regression" | "binary" | "multiclass" | "clustering";

/** How class labels were written in the data, so that predictions are written the same way. */
export type ClassType = "string" | "integer" | "number" | "boolean";

/** A regression target's coding: transformed, then standardised with the mean and deviation of labelled training rows. */
export interface RegressionCoding {
  readonly kind: "regression";
  /** Absent where labels are standardised as they are. */
  readonly transform?: TargetTransform;
  /**
   * With a transform, once a model is trained: points of the distribution of its residuals on validation rows, in
   * deviations. Absent where too few of these rows are labelled.
   */
  readonly residuals?: readonly number[];
  readonly mean: number;
  readonly deviation: number;
  /** Labelled training rows. */
  readonly labelled: number;
}

/** A classification target's coding; `classes` in ascending order (numeric order where they are numbers). */
export interface ClassCoding {
  readonly kind: "binary" | "multiclass";
  readonly classes: readonly string[];
  readonly classType: ClassType;
  /** Share of each class among labelled training rows. */
  readonly priors: readonly number[];
  readonly labelled: number;
}

/** A clustering task's coding: nothing is read from labels. */
export interface ClusteringCoding {
  readonly kind: "clustering";
  readonly clusters: number;
  /** Width Z of the embedding in which clusters live. */
  readonly embedding: number;
}

/** A task's coding, whichever its kind. */
export type TaskCoding = RegressionCoding | ClassCoding | ClusteringCoding;

/** A task as the model sees it. */
export interface Task {
  readonly name: string;
  readonly coding: TaskCoding;
}

/** One parameter tensor that a kind needs beside its head, for a group of G tasks and M members. */
export interface KindParameter {
  readonly shape: readonly number[];
  readonly init: "zeros" | "glorot-uniform" | "he-normal" | "normal";
  /** Whether weight decay applies. */
  readonly decay: boolean;
}

/** What a loss sees. M members, R rows, G tasks of one kind and width, W outputs, V target width, D inputs. */
export interface LossContext {
  /** Head outputs `[M, R, G, W]`. */
  readonly output: Tensor;
  /** Coded targets `[R, G, V]`; where `mask` is 0 the value is 0 and means nothing. */
  readonly target: Tensor;
  /** 1 where the row has a label for the task, else 0: `[R, G]`; absent where every row has one for every task. */
  readonly mask?: Tensor;
  /** The encoded inputs `[R, D]`. */
  readonly encoded: Tensor;
  /** The kind's own parameters by name, shapes as declared by `parameters`. */
  readonly parameters: Readonly<Record<string, Tensor>>;
}

/** Predictions of one task on the host, as metrics read them. */
export type Prediction =
  | { readonly kind: "regression"; readonly values: Float64Array }
  | {
      readonly kind: "binary" | "multiclass" | "clustering";
      readonly probabilities: Float64Array;
      readonly classes: number;
    };

/** Coded truth on the host: value or class index per row, NaN where the label is missing. */
export type Truth = Float64Array;

/** A named metric and which way is better. */
export interface MetricInfo {
  readonly name: string;
  readonly better: "lower" | "higher";
  /** What a person reads: "R²", "accuracy". */
  readonly label: string;
}

/** What clustering metrics need beside the assignment: the encoded inputs `[rows, width]` row-major. */
export interface MetricContext {
  readonly encoded?: { readonly data: Float32Array; readonly width: number };
}

/**
 * What a task kind is: target coding, loss, decoding and metrics. Shared code never asks for a kind's name; whatever it
 * needs to know is declared here.
 */
export interface TaskKind<C extends TaskCoding = TaskCoding> {
  readonly slug: TaskKindSlug;
  /** One sentence for help and reports. */
  readonly description: string;
  /** False for kinds that find their own targets (clustering). */
  readonly supervised: boolean;
  /** What the loss is the negative log-likelihood of, up to scale: squared error is Gaussian, cross-entropy categorical. */
  readonly likelihood: "gaussian" | "categorical";
  /** Width W of the head's output. */
  outputWidth(coding: C): number;
  /** Width V of the coded target: 1 for values and class indices, the number of clusters for soft assignments. */
  targetWidth(coding: C): number;
  /** Codes a raw column, unit by unit: NaN where missing (regression: original units; classes: index). */
  truth(coding: C, column: Column): Truth;
  /** Coded truth to the number the loss reads (regression: standardised). */
  scale(coding: C, truth: number): number;
  /** Extra parameters by name; none for most kinds. `[M, G, …]` first. */
  parameters?(sizes: {
    members: number;
    tasks: number;
    inputs: number;
    coding: C;
  }): Record<string, KindParameter>;
  /**
   * Loss per task `[G]`: mean over members and labelled rows; exactly 0 with zero gradient for a task without any label
   * in the batch.
   */
  loss(context: LossContext): Tensor;
  /**
   * The output of one member `[1, R, G, W]` that predicts what all members `[M, R, G, W]` predict on average; absent where
   * there is none.
   */
  average?(output: Tensor): Tensor;
  /** What a child task sees of this parent: `[M, R, W]` → `[M, R, S]` with S = `signalWidth`. */
  signal(output: Tensor, parameters: Readonly<Record<string, Tensor>>): Tensor;
  signalWidth(coding: C): number;
  /**
   * Prediction averaged over members, from one task's outputs `[M, R, W]` and its slice of the kind's parameters
   * (`[M, …]`): `[R]` in original units for regression, probabilities `[R, K]` for the others.
   */
  predict(output: Tensor, coding: C, parameters: Readonly<Record<string, Tensor>>): Tensor;
  /** Graph outputs for people: `""` → the number `[R]` or label `[R]`, `"probabilities"` → `[R, K]`. */
  decode(prediction: Tensor, coding: C): Readonly<Record<string, Tensor>>;
  /**
   * What of the coding is fitted after training, from a model's predictions of rows that it was not trained on; undefined
   * where nothing is.
   */
  calibration?(coding: C): ((truth: Truth, prediction: Prediction) => C) | undefined;
  /** The tensor fetched for a task, on the host. */
  toPrediction(coding: C, values: { readonly data: ArrayLike<number> }): Prediction;
  /** Metrics this kind reports, in order; `primary` decides the verdict. */
  readonly metrics: readonly MetricInfo[];
  readonly primary: string;
  /**
   * The primary metric on a scale on which a relative gain means something: log loss as the typical (geometric mean)
   * probability given to what happened, e^(−log loss), since a log loss near 0 may double without anyone noticing. Absent
   * where the metric is such a scale itself.
   */
  readonly relative?: { readonly better: "lower" | "higher"; of(metric: number): number };
  /** Values of `metrics` over the rows whose truth is not NaN; NaN for a metric that is undefined there. */
  score(truth: Truth, prediction: Prediction, context?: MetricContext): Record<string, number>;
  /**
   * What the bootstrap resamples: `rows` one contribution per row (NaN where unlabelled) and `finish` from their mean to
   * the primary metric (for example √ for RMSE).
   */
  contributions(
    truth: Truth,
    prediction: Prediction,
    context?: MetricContext,
  ): { rows: Float64Array; finish(mean: number): number };
  /** Descriptor of the task for its task vector, all kinds the same length `DESCRIPTOR_WIDTH`. */
  describe(coding: C): readonly number[];
}

/** Length of the descriptor every kind gives: one-hot kind (4), log classes, entropy of the priors, labelled share proxy. */
export const DESCRIPTOR_WIDTH = 7;
