import type { ModelTask } from "./model-task.js";
import type { RowPrediction, TaskMap } from "./task-options.js";

/**
 * Turns what a model computes into one object a row.
 *
 * @param computed for each task, in the model's order, its numbers `[rows]` or its probabilities `[rows, K]`.
 */
export type RowWriter<T extends TaskMap> = (
  computed: readonly Float32Array[],
  rows: number,
) => RowPrediction<T>[];

/** Makes, once for a model, what writes its predictions row by row. */
export function rowWriter<T extends TaskMap>(tasks: readonly ModelTask[]): RowWriter<T> {
  const names = tasks.map(({ name }) => name);
  const writers = tasks.map(cellWriter);
  const empty = blank(names);
  return (computed, rows) => {
    const written: RowPrediction<T>[] = [];
    for (let row = 0; row < rows; row++) {
      const prediction = { ...empty };
      for (let t = 0; t < names.length; t++) prediction[names[t]!] = writers[t]!(computed[t]!, row);
      written.push(prediction as RowPrediction<T>); // built from the model's own tasks, which T describes
    }
    return written;
  };
}

/** Writes a task's prediction of a row from its numbers `[rows]` or its probabilities `[rows, K]`. */
export type CellWriter = (computed: Float32Array, row: number) => unknown;

/** Makes, once for a task, what writes its prediction of a row in the form people read. */
export function cellWriter({ kind, classes }: ModelTask): CellWriter {
  if (kind === "regression") return (values, row) => values[row]!;
  const width = classes.length;
  if (kind === "clustering") {
    return (shares, row) => {
      const own = shares.subarray(row * width, (row + 1) * width);
      return { cluster: largest(own, 0, width), probabilities: [...own] };
    };
  }
  const empty = blank(classes);
  return (shares, row) => {
    const from = row * width;
    const probabilities = { ...empty };
    for (let k = 0; k < width; k++) probabilities[classes[k]!] = shares[from + k]!;
    return { label: classes[largest(shares, from, width)]!, probabilities };
  };
}

/** Which of `width` shares is the largest: the first of several. */
function largest(shares: Float32Array, from: number, width: number): number {
  let at = 0;
  for (let k = 1; k < width; k++) if (shares[from + k]! > shares[from + at]!) at = k;
  return at;
}

/**
 * An object with these properties, to be copied: copies have one hidden shape, which makes them quick, and a property named
 * `__proto__` is one of their own, which assigning to it in `{}` would not make it.
 */
const blank = (names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, undefined]));
