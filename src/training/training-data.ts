import type { TensorValue } from "../graph/index.js";
import { labelWidth, taskGroups } from "../model/groups.js";
import { architectureOf, sharingShape } from "../model/sharing-of.js";
import type { ModelSpec } from "../model/spec.js";
import type { Truth } from "../tasks/task-kind.js";
import type { StreamedRows } from "./streamed-rows.js";

/** Rows by number, disjoint. */
export interface RowSplit {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

/** Everything training and evaluation read, prepared once for all models of a study. */
export interface TrainingData {
  readonly rows: number;
  /** Width D of the encoded inputs. */
  readonly width: number;
  /** Encoded inputs `[N, D]`, row-major; empty where rows are streamed. */
  readonly encoded: Float32Array;
  /** Coded truth per task name, `[N]`, NaN where missing. For clustering: class indices of the reference, or all NaN. */
  readonly truths: Readonly<Record<string, Truth>>;
  readonly split: RowSplit;
  /**
   * For each column of the encoded matrix the task whose labels it tells of, undefined for none; absent where no column tells of
   * labels.
   */
  readonly labelColumns?: readonly (string | undefined)[];
  /** Where training rows come from when the table does not fit in memory; `split.train` is then a sample of them. */
  readonly streamed?: StreamedRows;
}

/**
 * What a model of one task alone may read: columns that tell of other tasks' labels are 0 in every row. The same data where
 * there are none.
 */
export function withoutOtherLabels(data: TrainingData, task: string): TrainingData {
  const others = (data.labelColumns ?? []).flatMap((owner, column) =>
    owner !== undefined && owner !== task ? [column] : [],
  );
  if (others.length === 0) return data;
  const encoded = data.encoded.slice();
  for (let row = 0; row < data.rows; row++)
    for (const column of others) encoded[row * data.width + column] = 0;
  return { ...data, encoded };
}

/** Label tables of a model in the order of its groups. */
export interface LabelTables {
  /** `[N, V]`. */
  readonly targets: Float32Array;
  readonly targetWidth: number;
  /** `[N, T]`. */
  readonly mask: Float32Array;
}

/** Codes the labels of a model's tasks; unsupervised tasks start with mask 0. */
export function labelTables(spec: ModelSpec, data: Pick<TrainingData, "rows" | "truths">): LabelTables {
  const groups = taskGroups(spec);
  const targetWidth = labelWidth(groups);
  const taskCount = spec.tasks.length;
  const targets = new Float32Array(data.rows * targetWidth);
  const mask = new Float32Array(data.rows * taskCount);
  for (const group of groups.filter(({ kind }) => kind.supervised)) {
    group.tasks.forEach((t, g) => {
      const { name, coding } = spec.tasks[t]!;
      const truth = data.truths[name]!;
      for (let row = 0; row < data.rows; row++) {
        if (Number.isNaN(truth[row]!)) continue;
        targets[row * targetWidth + group.targetOffset + g * group.targetWidth] = group.kind.scale(
          coding,
          truth[row]!,
        );
        mask[row * taskCount + group.maskOffset + g] = 1;
      }
    });
  }
  if (architectureOf(spec).entireSpace) fillEntireSpace(spec, { targets, targetWidth, mask }, data.rows);
  return { targets, targetWidth, mask };
}

/** Gives a step of a funnel the label "not taken" where it has none and the step before it was not taken. */
function fillEntireSpace(spec: ModelSpec, { targets, targetWidth, mask }: LabelTables, rows: number): void {
  const groups = taskGroups(spec);
  const { tasks } = sharingShape(spec, groups);
  const column = groups.flatMap(({ tasks: own, targetOffset, targetWidth: width }) =>
    own.map((_, g) => targetOffset + g * width),
  );
  tasks.forEach(({ kind, parents }, t) => {
    for (const parent of parents) {
      if (kind !== "binary" || tasks[parent]!.kind !== "binary") continue;
      for (let row = 0; row < rows; row++) {
        const [own, before] = [row * tasks.length + t, row * tasks.length + parent];
        const isTaken = targets[row * targetWidth + column[parent]!] === 1;
        if (mask[own] === 0 && mask[before] === 1 && !isTaken) mask[own] = 1; // the target is 0 as it is
      }
    }
  });
}

/** Whether each of the rows has a label for every task; never so with tasks that find their own targets. */
export function completeLabels(spec: ModelSpec, { mask }: LabelTables, rows: Int32Array): boolean {
  const tasks = spec.tasks.length;
  return (
    taskGroups(spec).every(({ kind }) => kind.supervised) &&
    rows.every((row) => !mask.subarray(row * tasks, (row + 1) * tasks).includes(0))
  );
}

/**
 * The rows from which a model can learn: those with a label of one of its tasks, in their order; all rows where a task finds
 * its own targets, or where none has a label.
 */
export function labelledRows(spec: ModelSpec, { mask }: LabelTables, rows: Int32Array): Int32Array {
  const tasks = spec.tasks.length;
  if (taskGroups(spec).some(({ kind }) => !kind.supervised)) return rows;
  const found = rows.filter((row) => mask.subarray(row * tasks, (row + 1) * tasks).includes(1));
  return found.length === 0 ? rows : found;
}

/** How many of the rows have a label, by task; tasks without any are left out. */
export function labelCounts(spec: ModelSpec, data: TrainingData, rows: Int32Array): Record<string, number> {
  const counts = spec.tasks.map(({ name }): [string, number] => {
    return [name, labelledCount(data.truths[name]!, rows)];
  });
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** How many of the rows have a label. */
export const labelledCount = (truth: Truth, rows: Int32Array): number =>
  rows.reduce((count, row) => count + (Number.isNaN(truth[row]!) ? 0 : 1), 0);

/** Copies rows of a row-major table. */
export function takeRows(table: Float32Array, width: number, rows: Int32Array): Float32Array {
  const out = new Float32Array(rows.length * width);
  rows.forEach((row, i) => out.set(table.subarray(row * width, (row + 1) * width), i * width));
  return out;
}

/** A float32 tensor value. */
export const floats = (data: Float32Array, shape: readonly number[]): TensorValue => ({
  dtype: "float32",
  shape,
  data,
});
