import type { Applier } from "./applier.js";
import type { Fitted, KeptEpoch, Snapshot } from "./fitted.js";
import type { LabelTables } from "./training-data.js";

/** The epochs that tasks keep, by number of tasks, most first, and the earlier one of two with as many. */
export function keptEpochs(epochOf: ReadonlyMap<string, number>): KeptEpoch[] {
  const tasksOf = new Map<number, string[]>();
  for (const [task, epoch] of epochOf) tasksOf.set(epoch, [...(tasksOf.get(epoch) ?? []), task]);
  return [...tasksOf]
    .map(([epoch, tasks]) => ({ epoch, tasks }))
    .toSorted((a, b) => b.tasks.length - a.tasks.length || a.epoch - b.epoch);
}

/** All parameters that a model keeps with the tasks of each, those of the most tasks first. */
export function snapshotsOf({
  spec,
  parameters,
  bestEpoch,
  further = [],
}: Pick<Fitted, "spec" | "parameters" | "bestEpoch" | "further">): Snapshot[] {
  const elsewhere = new Set(further.flatMap(({ tasks }) => tasks));
  const tasks = spec.tasks.map(({ name }) => name).filter((name) => !elsewhere.has(name));
  return [{ epoch: bestEpoch, tasks, parameters }, ...further];
}

/** The epoch that each task keeps, in the order of the model's tasks. */
export function bestEpochsOf(fitted: Fitted): Record<string, number> {
  const { spec, bestEpoch, further = [] } = fitted;
  const others = new Map(further.flatMap(({ epoch, tasks }) => tasks.map((task) => [task, epoch] as const)));
  return Object.fromEntries(spec.tasks.map(({ name }) => [name, others.get(name) ?? bestEpoch]));
}

/** Each task's validation loss in the epoch that it keeps; NaN for a task without validation labels. */
export function keptLosses(fitted: Fitted): Record<string, number> {
  const kept = Object.entries(bestEpochsOf(fitted));
  return Object.fromEntries(
    kept.map(([task, epoch]) => [task, fitted.epochs[epoch - 1]?.validation[task] ?? Number.NaN]),
  );
}

/** The predictions of some tasks on some rows, each with the parameters that the task keeps; one pass for each snapshot. */
export async function predictEach(
  applier: Applier,
  snapshots: readonly Snapshot[],
  rows: Int32Array,
  tables: LabelTables,
  wanted: readonly string[],
): Promise<Record<string, Float32Array>> {
  const found: Record<string, Float32Array> = {};
  for (const { tasks, parameters } of snapshots) {
    const own = tasks.filter((task) => wanted.includes(task));
    if (own.length === 0) continue;
    const fetch = own.map((task) => `predict.${task}`);
    const { outputs } = await applier.apply(parameters, rows, tables, fetch);
    own.forEach((task, i) => (found[task] = outputs[fetch[i]!]!));
  }
  return found;
}
