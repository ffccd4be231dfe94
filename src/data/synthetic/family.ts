import type { Row } from "../raw-rows.js";

/** What a planted target is: an amount, two classes, or several. */
export type TargetKind = "regression" | "binary" | "multiclass";

/** What knowing the truth scores, over all rows there could be: no model is better but by chance. */
export interface BestScore {
  /** R² of a regression, share of right labels of a classification. */
  readonly metric: "r2" | "accuracy";
  readonly value: number;
  /** Classification: mean −ln p of the label, in nats. */
  readonly logLoss?: number;
}

/**
 * What was planted for one task. With inputs x `[F]` and standard normal ε, score s = coefficients·x has variance 1;
 * a regression is s + noise·ε, a classification the interval between `cuts` in which s + noise·ε lies.
 */
export interface PlantedTask {
  readonly kind: TargetKind;
  /** `[F]`, of length 1. */
  readonly coefficients: readonly number[];
  /** Standard deviation of what inputs do not tell; that of the score is 1. */
  readonly noise: number;
  /** Labels in order of the score; `[]` for regression. */
  readonly classes: readonly string[];
  /** Ascending. */
  readonly cuts: readonly number[];
  readonly best: BestScore;
  /** Tasks of one number were planted as alike; null where nothing of the sort was. */
  readonly cluster: number | null;
  /** Planted as unlike all others. */
  readonly outlier: boolean;
  /** The task that this one hangs on: its coarser labels, or the step without which it has no label. */
  readonly parent: string | null;
  /** For labels within labels: the sign of the score in each of the parent's classes. Labels are parent's × own. */
  readonly turns?: readonly (1 | -1)[];
}

/** How labels came to be missing. `after-parent`: only rows where the parent is `yes` have one. */
export type MissingReason = "random" | "by-input" | "by-value" | "after-parent";

/** A label that was there. */
export interface RemovedLabel {
  /** Index of the row. */
  readonly row: number;
  readonly task: string;
  readonly value: number | string;
  readonly why: MissingReason;
}

/** With which probability a task's label was removed: Φ(intercept + slope·(value − center)/scale). */
export interface MissingRule {
  readonly task: string;
  readonly mechanism: "random" | "by-input" | "by-value";
  /** The column whose value decides (for classes their place in order); null for `random`. */
  readonly column: string | null;
  readonly intercept: number;
  readonly slope: number;
  readonly center: number;
  readonly scale: number;
}

/** Everything that was planted. */
export interface FamilyTruth {
  readonly tasks: Readonly<Record<string, PlantedTask>>;
  /** Cosine of the tasks' coefficients `[T, T]`, in the order of `tasks`. */
  readonly relations: readonly (readonly number[])[];
  readonly removed: readonly RemovedLabel[];
  readonly missing: readonly MissingRule[];
}

/**
 * A table with its tasks and what was planted in it.
 *
 * @example `load(family.rows, { tasks: family.tasks, relations: family.relations })`
 */
export interface Family {
  /** Inputs `x1` … as standard normal numbers, then targets; a label that is not there is null. */
  readonly rows: readonly Row[];
  /** Names of the inputs `[F]`. */
  readonly inputs: readonly string[];
  readonly tasks: Readonly<Record<string, { readonly kind: "regression" | "classification" }>>;
  /** Links as a study takes them: `parent:child` where labels hang on another's. */
  readonly relations: readonly string[];
  readonly truth: FamilyTruth;
}
