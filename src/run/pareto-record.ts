import type { SpreadRecord } from "./comparison-record.js";

/** A traced Pareto front: what `pareto.json` holds. Plain data. */
export interface ParetoRecord {
  readonly format: 1;
  readonly kindred: string;
  readonly name: string;
  readonly created: string;
  /** The study that every preference is laid over, every option with its value. */
  readonly study: Readonly<Record<string, unknown>>;
  /** The method of balance that reads the preferences. */
  readonly balance: string;
  readonly seeds: readonly number[];
  readonly data: { readonly source: string; readonly rows: number };
  readonly tasks: readonly {
    readonly name: string;
    readonly kind: string;
    /** What its loss on test rows is: log loss, or the mean squared error as a share of the variance. */
    readonly loss: "log loss" | "1 − R²";
    /** Loss of the single-task models on test rows. */
    readonly alone: SpreadRecord;
  }[];
  /** From those the first task matters most to, in the order of the preferences. */
  readonly points: readonly ParetoPoint[];
  /** The corner of the hypervolume: losses in the order of the tasks. */
  readonly reference: readonly number[];
  /** Volume between the points' mean test losses and the reference; larger is better. */
  readonly hypervolume: number;
  readonly environment: { readonly node: string; readonly platform: string; readonly workers: number };
  readonly warnings: readonly string[];
}

/** One preference of a front, over all seeds. */
export interface ParetoPoint {
  readonly name: string;
  /** How much each task matters, in the order of the tasks; the sum is 1. */
  readonly preference: readonly number[];
  /** Loss of each task on test rows. */
  readonly test: readonly SpreadRecord[];
  /** Loss of each task on validation rows at the best epoch, as it is trained. */
  readonly validation: readonly SpreadRecord[];
  /** Points whose mean test losses are nowhere worse and somewhere better; none for a point of the front. */
  readonly dominatedBy: readonly string[];
  /** True if no other point is nowhere worse and somewhere better on validation rows. */
  readonly bestOnValidation: boolean;
  /** Seeds whose training failed. */
  readonly failed: number;
}
