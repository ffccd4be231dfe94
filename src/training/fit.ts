import { nowMs } from "../base/clock.js";
import { seededRandom } from "../base/random.js";
import type { ModelSpec } from "../model/spec.js";
import type { Runtime } from "../runtime/runtime.js";
import type { FirstTraining, FitStage, TrainingState } from "./checkpoint-state.js";
import { type FitInputs, layoutOf, openKeeper, restoreTraining, takeTraining } from "./checkpoint.js";
import { type EpochStart, trainEpoch } from "./epoch.js";
import { type FitRun, openFit } from "./fit-run.js";
import type { EpochLosses, FitHooks, FitOptions, Fitted, KeptEpoch, Snapshot } from "./fitted.js";
import { rememberEpoch } from "./balancer-memory.js";
import type { Conflict } from "./conflict.js";
import { BALANCER_STATE, conflictOf } from "./weights-between.js";
import { calibratedCodings, withCodings } from "./calibration.js";
import { snapshotsOf } from "./snapshots.js";
import { LossMeter } from "./loss-meter.js";
import { refreshClusters } from "./refresh-clusters.js";
import { ROW_LOSSES, forgetUnlabelled } from "./row-losses.js";
import type { TrainingData } from "./training-data.js";

/**
 * Trains one model: whole epochs as loops inside the graph, early stopping on validation rows, the best parameters kept. With
 * `refit` the model is then trained anew on training and validation rows together for the best number of epochs, since small
 * tables cannot spare the validation rows; the losses reported stay those of the first training, and so does what codings
 * take from validation rows. Where tasks keep epochs of their own, there is a second training to each of these, since
 * its learning rate falls to 0 towards its end.
 *
 * The same spec, data, options and seed give the same bytes on the same machine and runtime, however the steps were cut
 * into slices, and however often training was interrupted and went on from `hooks.checkpoint`.
 *
 * @throws {NumericError} if a loss stops being finite: it names the tasks and the epoch; {ConfigError} if the checkpoint
 * belongs to other data or options.
 */
export async function fit(
  spec: ModelSpec,
  data: TrainingData,
  options: FitOptions,
  runtime: Runtime,
  hooks: FitHooks = {},
): Promise<Fitted> {
  const inputs = { spec, data, options, runtime };
  const keeper = hooks.checkpoint && (await openKeeper(inputs, hooks.checkpoint));
  const saved = keeper?.saved;
  const started = nowMs() - (saved ?? hooks.first ?? { seconds: 0 }).seconds * 1000;
  const seconds = (): number => (nowMs() - started) / 1000;
  const keep: Keep = async (take, now) =>
    keeper?.offer(async () => ({ ...(await take()), seconds: seconds() }), now);

  const found = saved?.phase === "done" ? saved : await fitStages(inputs, hooks, saved, keep);
  if (saved?.phase !== "done") await keep(async () => found, true);
  const { first, steps, snapshots } = found;
  const { epochs, conflict, calibrated } = first;
  const [{ epoch: bestEpoch, parameters }, ...further] = snapshots as [Snapshot, ...Snapshot[]];
  return {
    spec: withCodings(spec, calibrated),
    layout: layoutOf(inputs),
    parameters,
    epochs,
    bestEpoch,
    ...(further.length > 0 && { further }),
    steps,
    seconds: seconds(),
    ...(conflict && { conflict }),
  };
}

type Inputs = FitInputs & { readonly runtime: Runtime };
type Keep = (take: () => Promise<FitStage>, now: boolean) => Promise<void>;

/** The first training and, when asked for, the second one, each from where it stood. */
async function fitStages(
  inputs: Inputs,
  hooks: FitHooks,
  saved: FitStage | undefined,
  keep: Keep,
): Promise<Extract<FitStage, { phase: "done" }>> {
  const early = saved?.phase === "refit" ? saved : await firstFit(inputs, hooks, saved, keep);
  const { first } = early;
  if ("snapshots" in early && !inputs.options.refit)
    return { phase: "done", first, steps: first.steps, snapshots: early.snapshots };
  const again = { ...inputs, data: withValidationRows(inputs.data) };
  let from = saved?.phase === "refit" ? saved.training : undefined;
  let taken = from?.taken ?? [];
  let steps = first.steps;
  for (const exactly of first.kept.slice(taken.length)) {
    const late = await fitOnce(again, quiet(hooks), {
      exactly,
      taken,
      ...(from && { from }),
      keep: (take, _, now) => keep(async () => ({ phase: "refit", first, training: await take() }), now),
    });
    from = undefined;
    taken = [...taken, ...late.snapshots];
    const stepsPerEpoch = late.first.steps / exactly.epoch;
    steps = first.steps + stepsPerEpoch * taken.reduce((sum, { epoch }) => sum + epoch, 0);
  }
  return { phase: "done", first, steps, snapshots: taken };
}

/** The first training: the one made before, or from where it stood. */
async function firstFit(
  inputs: Inputs,
  hooks: FitHooks,
  saved: FitStage | undefined,
  keep: Keep,
): Promise<FirstFit> {
  if (hooks.first && !saved) return madeBefore(hooks.first, hooks);
  return fitOnce(inputs, hooks, {
    ...(saved?.phase === "first" && { from: saved.training, epochs: saved.epochs }),
    keep: (take, epochs, now) => keep(async () => ({ phase: "first", epochs, training: await take() }), now),
  });
}

/** A first training from the model it left. */
function madeBefore(fitted: Fitted, { onEpoch }: FitHooks): FirstFit {
  const { spec, epochs, steps, conflict } = fitted;
  for (const epoch of epochs) onEpoch?.(epoch);
  const snapshots = snapshotsOf(fitted);
  const first: FirstTraining = {
    epochs,
    kept: snapshots.map(({ epoch, tasks }) => ({ epoch, tasks })),
    steps,
    ...(conflict && { conflict }),
    calibrated: Object.fromEntries(spec.tasks.map(({ name, coding }) => [name, coding])),
  };
  return { first, snapshots };
}

interface FirstFit {
  readonly first: FirstTraining;
  readonly snapshots: readonly Snapshot[];
}

/** How one of the trainings goes. */
interface Course {
  /** The epoch that it goes to and keeps; early stopping decides when absent. */
  readonly exactly?: KeptEpoch;
  /** What second trainings before it have left. */
  readonly taken?: readonly Snapshot[];
  /** Where it goes on, with the epochs already finished. */
  readonly from?: TrainingState;
  readonly epochs?: readonly EpochLosses[];
  readonly keep: (
    take: () => Promise<TrainingState>,
    epochs: readonly EpochLosses[],
    now: boolean,
  ) => Promise<void>;
}

async function fitOnce(
  { spec, data, options, runtime }: Inputs,
  hooks: FitHooks,
  { exactly, taken = [], from, epochs: before = [], keep }: Course,
): Promise<FirstFit> {
  const random = seededRandom(options.seed, spec.tasks.map(({ name }) => name).join("+"));
  const lastEpoch = exactly?.epoch;
  const run = await openFit(spec, data, options, runtime, random, lastEpoch);
  try {
    if (from) await restoreTraining(run, from);
    const epochs = [...before];
    let left: Snapshot | undefined;
    let epoch = from ? from.epoch - 1 : 0;
    let start: EpochStart = from ? { step: from.step, meter: new LossMeter(run.taskNames, from.meter) } : {};
    while (epoch < (lastEpoch ?? options.epochs) && !run.stopping.finished) {
      epoch += 1;
      const now = epoch;
      const train = await trainEpoch(run, epoch, hooks, {
        ...start,
        afterSlice: (step, meter, stopped) =>
          keep(() => takeTraining(run, { epoch: now, step, meter, taken }), [...epochs], stopped),
      });
      start = {};
      await rememberEpoch(run, epoch, train);
      const parameters = await endOfEpoch(run, epoch);
      if (exactly) {
        if (epoch === lastEpoch) left = { ...exactly, parameters: parameters.slice() };
        continue;
      }
      const validation = await validate(run, epoch, parameters);
      epochs.push({ epoch, train, validation });
      hooks.onEpoch?.(epochs.at(-1)!);
    }
    const snapshots = left ? [left] : run.stopping.kept;
    const calibrated = exactly ? undefined : await calibratedCodings(run, snapshots);
    const conflict = await conflictMet(run);
    const first: FirstTraining = {
      epochs,
      kept: snapshots.map(({ epoch, tasks }) => ({ epoch, tasks })),
      steps: epoch * run.stepsPerEpoch,
      ...(conflict && { conflict }),
      ...(calibrated && { calibrated }),
    };
    return { first, snapshots };
  } finally {
    await run.spans.close();
    await run.session.close();
    await run.applier.close();
  }
}

/** How far the tasks' gradients pointed against each other, where the balancer read their Gramian. */
async function conflictMet({ graph, session }: FitRun): Promise<Conflict | undefined> {
  if (!graph.pair) return undefined;
  const { [BALANCER_STATE]: state } = await session.held([BALANCER_STATE]);
  return conflictOf(state!.data as Float64Array);
}

function withValidationRows(data: TrainingData): TrainingData {
  const { train, validation, test } = data.split;
  return {
    ...data,
    split: { train: Int32Array.from([...train, ...validation]).sort(), validation: new Int32Array(0), test },
  };
}

/** The second training is not shown epoch by epoch: it has no validation losses of its own. */
const quiet = ({ signal, sliceMs }: FitHooks): FitHooks => ({
  ...(signal && { signal }),
  ...(sliceMs !== undefined && { sliceMs }),
});

/** The parameters, or their average, after an epoch, with clusters started or their targets renewed. */
async function endOfEpoch(run: FitRun, epoch: number): Promise<Float32Array> {
  const name = epoch === run.clusterStart ? "parameters" : run.graph.kept;
  const parameters = (await run.session.held([name]))[name]!.data as Float32Array;
  await refreshClusters(run, epoch, parameters);
  return parameters;
}

async function validate(
  run: FitRun,
  epoch: number,
  parameters: Float32Array,
): Promise<Record<string, number>> {
  const rows = run.data.split.validation;
  const fetch = run.options.stopping === "per-task" ? [ROW_LOSSES] : [];
  const { losses, outputs } = await run.applier.apply(parameters, rows, run.tables, fetch);
  const seen = outputs[ROW_LOSSES];
  if (seen) forgetUnlabelled(seen, run.tables.mask, rows);
  run.stopping.see(epoch, losses, parameters, seen);
  return { ...losses };
}
