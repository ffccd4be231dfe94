import type { ModelSpec } from "../model/spec.js";
import { kindOf } from "../tasks/index.js";
import type { TaskCoding } from "../tasks/task-kind.js";
import type { FitRun } from "./fit-run.js";
import type { Snapshot } from "./fitted.js";
import { predictEach } from "./snapshots.js";

type Codings = Readonly<Record<string, TaskCoding>>;

/** Codings that the predictions of validation rows complete, by task name; undefined if there is none. */
export async function calibratedCodings(
  run: FitRun,
  snapshots: readonly Snapshot[],
): Promise<Codings | undefined> {
  const { spec, data, applier, tables } = run;
  const open = spec.tasks.flatMap(({ name, coding }) => {
    const kind = kindOf(coding);
    const calibrate = kind.calibration?.(coding);
    return calibrate ? [{ name, coding, kind, calibrate }] : [];
  });
  if (open.length === 0) return undefined;
  const rows = data.split.validation;
  const names = open.map(({ name }) => name);
  const predicted = await predictEach(applier, snapshots, rows, tables, names);
  return Object.fromEntries(
    open.map(({ name, coding, kind, calibrate }) => {
      const truth = Float64Array.from(rows, (row) => data.truths[name]![row]!);
      return [name, calibrate(truth, kind.toPrediction(coding, { data: predicted[name]! }))];
    }),
  );
}

/** The model with completed codings. */
export function withCodings(spec: ModelSpec, codings: Codings | undefined): ModelSpec {
  if (!codings) return spec;
  return {
    ...spec,
    tasks: spec.tasks.map((task) => ({ ...task, coding: codings[task.name] ?? task.coding })),
  };
}
