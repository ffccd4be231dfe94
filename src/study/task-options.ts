import type { TaskOptions } from "./options.js";

/** A regression task: predictions are numbers. */
export interface RegressionTask extends TaskOptions {
  readonly kind: "regression";
}

/** A classification task; `L` is the union of its labels, `string` when they are not told to the compiler. */
export interface ClassificationTask<L extends string = string> extends TaskOptions {
  readonly kind: "classification";
  /** Carries the labels' type only; never set. */
  readonly labels?: readonly L[];
}

/** A clustering task: predictions are cluster numbers. */
export interface ClusteringTask extends TaskOptions {
  readonly kind: "clustering";
}

/**
 * Predict an amount.
 *
 * @param options.by the column that tells which task a row belongs to; one task for each of its values.
 */
export function regression<const B extends string>(options: {
  readonly by: B;
}): RegressionTask & { readonly by: B };
/** Predict an amount of one task. */
export function regression(): RegressionTask;
/** Predict an amount, of one task or by a task column. */
export function regression(options: { readonly by?: string } = {}): RegressionTask {
  return { kind: "regression", ...options };
}

/**
 * Predict one of several classes.
 *
 * @example `classification<"yes" | "no">()` types the predicted label.
 */
export const classification = <L extends string = string>(): ClassificationTask<L> => ({
  kind: "classification",
});

/**
 * Find groups of rows.
 *
 * @param options.clusters number of groups, at least 2, or `auto` (the default) to choose it by silhouette.
 * @param options.reference a column of known groups to compare with; it is never an input.
 */
export const clustering = (
  options: { clusters?: number | "auto"; reference?: string } = {},
): ClusteringTask => ({
  kind: "clustering",
  ...options,
});

/** Tasks by name as a library user gives them. */
export type TaskMap = Readonly<Record<string, TaskOptions>>;

/** What is predicted for one row of one task, following the task's type. */
export type TaskPrediction<T extends TaskOptions> = T extends { readonly kind: "regression" }
  ? number
  : T extends ClassificationTask<infer L>
    ? { readonly label: L; readonly probabilities: Readonly<Record<L, number>> }
    : T extends { readonly kind: "clustering" }
      ? { readonly cluster: number; readonly probabilities: readonly number[] }
      : | number
        | { readonly label: string; readonly probabilities: Readonly<Record<string, number>> }
        | { readonly cluster: number; readonly probabilities: readonly number[] };

/** The names of tasks in the long layout: targets with a task column. */
type LongNames<T extends TaskMap> = {
  [K in keyof T]: T[K] extends { readonly by: string } ? K : never;
}[keyof T];

/** Of a target in the long layout: `target`, by the row's own task, or `target[value]` for every task. */
type LongPrediction<T extends TaskMap> = {
  readonly [K in LongNames<T>]?: TaskPrediction<T[K]> | null;
} & {
  readonly [K in LongNames<T> & string as `${K}[${string}]`]?: TaskPrediction<T[K]>;
};

/** What is predicted for one row. */
export type RowPrediction<T extends TaskMap = TaskMap> = [LongNames<T>] extends [never]
  ? { readonly [K in keyof T]: TaskPrediction<T[K]> }
  : { readonly [K in Exclude<keyof T, LongNames<T>>]: TaskPrediction<T[K]> } & LongPrediction<T>;
