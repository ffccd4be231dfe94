import type { ImageSet } from "./conv-sets.js";

/** One score for each task: accuracy of classes, R² of amounts. */
export type Scores = readonly number[];

/** Scores on the rows that are not for training, from head outputs `[rows, Σ W]`. */
export function scoreOf(set: ImageSet, outputs: Float32Array): Scores {
  const widths = set.tasks.map(({ coding }) => (coding.kind === "multiclass" ? coding.classes.length : 1));
  const width = widths.reduce((sum, n) => sum + n, 0);
  const rows = set.rows - set.trained;
  if (outputs.length !== rows * width)
    throw new Error(`expected ${rows} × ${width} outputs, got ${outputs.length}`);
  return set.tasks.map(({ coding }, t) => {
    const from = widths.slice(0, t).reduce((sum, n) => sum + n, 0);
    const truth = Float64Array.from(
      { length: rows },
      (_, r) => set.targets[(set.trained + r) * set.tasks.length + t]!,
    );
    const output = Array.from({ length: rows }, (_, r) =>
      outputs.subarray(r * width + from, r * width + from + widths[t]!),
    );
    if (coding.kind === "regression")
      return explained(
        truth,
        output.map((values) => values[0]!),
      );
    const classes = output.map((values) => (values.length === 1 ? Number(values[0]! > 0) : largest(values)));
    return classes.filter((chosen, r) => chosen === truth[r]).length / rows;
  });
}

/** Lines for people: mean and range over the seeds, ours and the peer's. */
export function scoresInWords(
  set: ImageSet,
  seeds: readonly { readonly ours: Scores; readonly peer: Scores }[],
  epochs: number,
): string[] {
  const spread = (values: readonly number[]): string => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return `${mean.toFixed(4)} (${Math.min(...values).toFixed(4)} to ${Math.max(...values).toFixed(4)})`;
  };
  return set.tasks.map(({ name, coding }, t) => {
    const [ours, peer] = [seeds.map((found) => found.ours[t]!), seeds.map((found) => found.peer[t]!)];
    const score = coding.kind === "regression" ? "R²" : "accuracy";
    return `${set.name} ${name}: ${score} ours ${spread(ours)}, peer ${spread(peer)}; ${epochs} epochs, ${seeds.length} seeds`;
  });
}

const largest = (values: Float32Array): number => values.indexOf(Math.max(...values));

function explained(truth: Float64Array, predicted: readonly number[]): number {
  const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length;
  const [off, all] = truth.reduce(
    ([errors, total], value, r) => [errors + (value - predicted[r]!) ** 2, total + (value - mean) ** 2],
    [0, 0],
  ) as [number, number];
  return 1 - off / all;
}
