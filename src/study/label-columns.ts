import type { LabelColumn } from "../data/index.js";
import type { Task, Truth } from "../tasks/task-kind.js";

const MOST_CLASSES = 10; // of one task, the commonest ones

/**
 * The labels of supervised tasks as numbers, for statistics of inputs: a regression's standardised target; the second of two
 * classes as 1; of several classes each, as one against the others.
 */
export function labelColumns(tasks: readonly Task[], truths: ReadonlyMap<string, Truth>): LabelColumn[] {
  return tasks.flatMap(({ name: task, coding }): LabelColumn[] => {
    const truth = truths.get(task)!;
    switch (coding.kind) {
      case "regression": {
        const values = Float64Array.from(truth, (y) => (y - coding.mean) / (coding.deviation || 1));
        return [{ task, values, odds: false }];
      }
      case "clustering":
        return [];
      default: {
        const shares = coding.priors.map((share, k) => ({ share, k }));
        const told =
          shares.length === 2
            ? [1]
            : shares
                .toSorted((a, b) => b.share - a.share)
                .slice(0, MOST_CLASSES)
                .map(({ k }) => k);
        return told.map((k) => ({
          task,
          values: Float64Array.from(truth, (y) => (Number.isNaN(y) ? Number.NaN : y === k ? 1 : 0)),
          odds: true,
        }));
      }
    }
  });
}
