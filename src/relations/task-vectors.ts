import { kindOf } from "../tasks/index.js";
import { DESCRIPTOR_WIDTH, type Task } from "../tasks/task-kind.js";

/**
 * Fixed descriptors of tasks, `[T, DESCRIPTOR_WIDTH]` row-major: what is known of a task before training (kind, classes,
 * label statistics). A task's vector is its descriptor followed by its learned embedding.
 */
export function taskDescriptors(tasks: readonly Task[]): Float64Array {
  const rows = tasks.map((task) => kindOf(task.coding).describe(task.coding));
  const flat = new Float64Array(tasks.length * DESCRIPTOR_WIDTH);
  rows.forEach((row, t) => flat.set(row, t * DESCRIPTOR_WIDTH));
  return flat;
}

/**
 * Cosine similarity of the rows of `vectors` `[T, V]`, as `[T, T]`. A zero row has similarity 0 with all but itself.
 *
 * @returns a symmetric matrix with ones on the diagonal, entries in [−1, 1].
 */
export function cosineMatrix(vectors: Float64Array, tasks: number): number[][] {
  const width = tasks === 0 ? 0 : vectors.length / tasks;
  const row = (t: number): Float64Array => vectors.subarray(t * width, (t + 1) * width);
  const norms = Array.from({ length: tasks }, (_, t) => Math.hypot(...row(t)));
  return norms.map((a, i) =>
    norms.map((b, j) => {
      if (i === j) return 1;
      if (a === 0 || b === 0) return 0;
      const dot = row(i).reduce((sum, value, k) => sum + value * row(j)[k]!, 0);
      return Math.max(-1, Math.min(1, dot / (a * b)));
    }),
  );
}
