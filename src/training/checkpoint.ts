import { nowMs } from "../base/clock.js";
import type { Layout } from "../model/layout.js";
import { groupOrder, taskGroups } from "../model/groups.js";
import type { ModelSpec } from "../model/spec.js";
import type { Runtime } from "../runtime/runtime.js";
import { type Fingerprint, fingerprintOf, refuseOther } from "./checkpoint-fingerprint.js";
import { type FitState, type TrainingState, stateBytes, stateOf } from "./checkpoint-state.js";
import { CHECKPOINT_MS, type CheckpointStore, type Checkpointing } from "./checkpoint-store.js";
import { holdMemory } from "./balancer-memory.js";
import { type FitRun, holdTables } from "./fit-run.js";
import type { FitOptions } from "./fitted.js";
import type { LossMeter } from "./loss-meter.js";
import { balancerOf } from "./steps.js";
import { trainLayout } from "./train-graph.js";
import type { TrainingData } from "./training-data.js";

/** Everything a fit depends on. */
export interface FitInputs {
  readonly spec: ModelSpec;
  readonly data: TrainingData;
  readonly options: FitOptions;
  readonly runtime: Pick<Runtime, "kind" | "version">;
}

/** Where a kept fit goes on. */
export interface ResumePoint {
  /** `refit` is the second training, with the validation rows; a fit that is `done` is not trained any more. */
  readonly phase: FitState["phase"];
  /** The epoch under way, or of a fit that is done the best one. */
  readonly epoch: number;
}

/** Saves the state of one fit from time to time. */
export interface FitKeeper {
  /** Where the fit stood when it was kept; undefined for a new one. */
  readonly saved: FitState | undefined;
  /** Saves the state `take` gives, if `now` or if the last time is long enough ago; otherwise `take` is not called. */
  offer(take: () => Promise<FitState>, now: boolean): Promise<void>;
}

/** The layout of a model's trained parameters. */
export const layoutOf = ({ spec, options }: Pick<FitInputs, "spec" | "options">): Layout =>
  trainLayout(spec, balancerOf(spec, options));

/**
 * Opens the keeping of a fit.
 *
 * @throws {ConfigError} if what is kept belongs to other data, options or another runtime; {DataError} if it has no form of ours.
 */
export async function openKeeper(inputs: FitInputs, checkpointing: Checkpointing): Promise<FitKeeper> {
  const { store, everyMs = CHECKPOINT_MS } = checkpointing;
  const fingerprint = await fingerprintFor(inputs);
  const saved = await savedState(store, fingerprint);
  const tasks = groupOrder(taskGroups(inputs.spec)).map((t) => inputs.spec.tasks[t]!.name);
  let last = nowMs();
  return {
    saved,
    async offer(take, now) {
      if (!now && nowMs() - last < everyMs) return;
      await store.save(stateBytes(await take(), fingerprint, tasks));
      last = nowMs();
    },
  };
}

/**
 * Where a kept fit would go on; undefined if nothing is kept.
 *
 * @throws {ConfigError} if what is kept belongs to other data, options or another runtime; {DataError} if it has no form of ours.
 */
export async function resumePoint(
  inputs: FitInputs,
  { store }: Checkpointing,
): Promise<ResumePoint | undefined> {
  const state = await savedState(store, await fingerprintFor(inputs));
  if (!state) return undefined;
  return {
    phase: state.phase,
    epoch: state.phase === "done" ? state.first.kept[0]!.epoch : state.training.epoch,
  };
}

/** The state of a training between two slices, after `step` steps of `epoch`. */
export async function takeTraining(
  run: FitRun,
  {
    epoch,
    step,
    meter,
    taken,
  }: Pick<TrainingState, "epoch" | "step" | "taken"> & { readonly meter: LossMeter },
): Promise<TrainingState> {
  const { targets, mask } = run.tables;
  return {
    epoch,
    step,
    carried: await run.session.held(run.graph.carried),
    meter: meter.state,
    stopping: run.stopping.state,
    ...(taken && taken.length > 0 && { taken: [...taken] }),
    ...(run.memory.length > 0 && { memory: run.memory.slice() }),
    ...(run.clusters.length > 0 && { tables: { targets, mask } }),
  };
}

/** Puts a training just opened where another one stood. */
export async function restoreTraining(run: FitRun, state: TrainingState): Promise<void> {
  await run.session.hold(state.carried);
  run.stopping.restore(state.stopping);
  if (state.memory) {
    run.memory.set(state.memory);
    await holdMemory(run.session, run.memory, run.spec.tasks.length);
  }
  if (!state.tables) return;
  run.tables.targets.set(state.tables.targets);
  run.tables.mask.set(state.tables.mask);
  await holdTables(run.session, run.tables, run.data.rows, run.spec.tasks.length);
}

const fingerprintFor = (inputs: FitInputs): Promise<Fingerprint> =>
  fingerprintOf(inputs.spec, layoutOf(inputs), inputs.data, inputs.options, inputs.runtime);

async function savedState(store: CheckpointStore, fingerprint: Fingerprint): Promise<FitState | undefined> {
  const bytes = await store.load();
  if (!bytes) return undefined;
  const found = stateOf(bytes);
  refuseOther(found.fingerprint, fingerprint);
  return found.state;
}
