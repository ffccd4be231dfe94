import type { TensorValue } from "../graph/index.js";
import type { Values } from "../runtime/runtime.js";
import type { TaskCoding } from "../tasks/task-kind.js";
import { type CheckpointParts, checkpointBytes, checkpointParts } from "./checkpoint-bytes.js";
import type { Conflict } from "./conflict.js";
import type { Fingerprint } from "./checkpoint-fingerprint.js";
import type { BestEpoch, LowestLoss, StoppingState } from "./early-stopping.js";
import type { EpochLosses, KeptEpoch, Snapshot } from "./fitted.js";
import type { MeterState } from "./loss-meter.js";
import { floats } from "./training-data.js";

/** A training under way, between two slices. */
export interface TrainingState {
  /** The epoch under way, counted from 1. */
  readonly epoch: number;
  /** Steps of that epoch already done. */
  readonly step: number;
  /** The vectors that go round: parameters, the optimiser's state, the average. */
  readonly carried: Values;
  readonly meter: MeterState;
  readonly stopping: StoppingState;
  /** What second trainings before this one have left. */
  readonly taken?: readonly Snapshot[];
  /** What a balancer of losses remembers between epochs `[n·T]`, if anything. */
  readonly memory?: Float32Array;
  /** Targets `[N, V]` and mask `[N, T]`, where tasks find their own. */
  readonly tables?: { readonly targets: Float32Array; readonly mask: Float32Array };
}

/** What a first training found. */
export interface FirstTraining {
  readonly epochs: readonly EpochLosses[];
  /** What the tasks keep, that of the most tasks first. */
  readonly kept: readonly KeptEpoch[];
  readonly steps: number;
  /** How far the tasks' gradients pointed against each other, where their Gramian was read. */
  readonly conflict?: Conflict;
  /** By task name the codings that validation rows completed, if any. */
  readonly calibrated?: Readonly<Record<string, TaskCoding>>;
}

/** How far a fit has come: in its first training, in its second one with the validation rows, or through. */
export type FitStage =
  | { readonly phase: "first"; readonly epochs: readonly EpochLosses[]; readonly training: TrainingState }
  | { readonly phase: "refit"; readonly first: FirstTraining; readonly training: TrainingState }
  | {
      readonly phase: "done";
      readonly first: FirstTraining;
      readonly steps: number;
      /** As `first.kept` lists them. */
      readonly snapshots: readonly Snapshot[];
    };

/** Where a fit stands. */
export type FitState = FitStage & {
  /** Of training so far, those before an interruption too. */
  readonly seconds: number;
};

interface Header {
  readonly fingerprint: Fingerprint;
  readonly phase: FitState["phase"];
  readonly seconds: number;
  /** Task names in the order of every losses array. */
  readonly tasks: readonly string[];
  /** Of the first training, once it is over. */
  readonly first?: Omit<FirstTraining, "epochs" | "kept"> & {
    readonly bestEpoch: number;
    /** All that is kept, where tasks keep epochs of their own. */
    readonly kept?: readonly KeptEpoch[];
  };
  /** Of the whole fit, once it is over. */
  readonly steps?: number;
  readonly training?: {
    readonly epoch: number;
    readonly step: number;
    readonly carried: readonly string[];
    readonly bestEpoch?: number;
    /** Best epochs of the tasks that have their own. */
    readonly own?: readonly (readonly [task: string, epoch: number])[];
    /** Epochs of the tasks' lowest losses, where each is waited for. */
    readonly lowest?: readonly (readonly [task: string, epoch: number])[];
    /** How many epochs in a row no task could win the mean back. */
    readonly hopeless: number;
    readonly taken?: readonly KeptEpoch[];
    readonly quiet: readonly (readonly [task: string, epochs: number])[];
  };
}

/** The bytes of a fit's state, with the fingerprint of what it belongs to. */
export function stateBytes(state: FitState, fingerprint: Fingerprint, tasks: readonly string[]): Uint8Array {
  const epochs = state.phase === "first" ? state.epochs : state.first.epochs;
  const training = state.phase === "done" ? undefined : trainingParts(state.training);
  const header: Header = {
    fingerprint,
    phase: state.phase,
    seconds: state.seconds,
    tasks,
    ...(state.phase !== "first" && { first: withoutEpochs(state.first) }),
    ...(state.phase === "done" && { steps: state.steps }),
    ...(training && { training: training.header }),
  };
  const arrays = {
    "epochs.train": losses(
      epochs.map(({ train }) => train),
      tasks,
    ),
    "epochs.validation": losses(
      epochs.map(({ validation }) => validation),
      tasks,
    ),
    ...training?.arrays,
    ...(state.phase === "done" && snapshotArrays(state.snapshots)),
  };
  return checkpointBytes({ header, arrays });
}

/** What `stateBytes` wrote. */
export function stateOf(bytes: Uint8Array): { readonly fingerprint: Fingerprint; readonly state: FitState } {
  const { header, arrays } = checkpointParts<Header>(bytes);
  const { fingerprint, phase, seconds } = header;
  const epochs = epochsOf(header.tasks, arrays);
  if (phase === "first") {
    return { fingerprint, state: { phase, seconds, epochs, training: trainingOf(header.training!, arrays) } };
  }
  const { bestEpoch, kept = [{ epoch: bestEpoch, tasks: header.tasks }], ...rest } = header.first!;
  const first = { epochs, kept, ...rest };
  const state: FitState =
    phase === "refit"
      ? { phase, seconds, first, training: trainingOf(header.training!, arrays) }
      : { phase, seconds, first, steps: header.steps!, snapshots: snapshotsFrom(kept, arrays) };
  return { fingerprint, state };
}

function trainingParts({
  epoch,
  step,
  carried,
  meter,
  stopping,
  taken = [],
  memory,
  tables,
}: TrainingState): CheckpointParts<NonNullable<Header["training"]>> {
  const { best, own, lowest, hopeless, clusterings } = stopping;
  return {
    header: {
      epoch,
      step,
      carried: Object.keys(carried),
      ...(best && { bestEpoch: best.epoch }),
      ...(own.size > 0 && { own: [...own].map(([task, { epoch: kept }]) => [task, kept]) }),
      ...(lowest.size > 0 && { lowest: [...lowest].map(([task, { epoch: kept }]) => [task, kept]) }),
      hopeless,
      ...(taken.length > 0 && { taken: taken.map(withoutParameters) }),
      quiet: clusterings.map(({ task, quiet }) => [task, quiet]),
    },
    arrays: {
      ...prefixed("carried", carried),
      "meter.sums": doubles(meter.sums),
      "meter.counts": doubles(meter.counts),
      ...(best && {
        "best.loss": doubles(Float64Array.of(best.loss)), // may be infinite, which JSON cannot say
        "best.parameters": floats(best.parameters, [best.parameters.length]),
      }),
      ...rowArrays([...own.values(), ...(best ? [best] : [])]),
      ...(own.size > 0 && { "own.losses": lossesOf(own) }),
      ...(lowest.size > 0 && { "lowest.losses": lossesOf(lowest) }),
      ...epochArrays([...own.values()].filter(({ epoch: kept }) => kept !== best?.epoch)),
      ...epochArrays(taken),
      ...Object.fromEntries(
        clusterings.map(({ assignment }, i) => [
          `clustering.${i}`,
          { dtype: "int32" as const, shape: [assignment.length], data: assignment },
        ]),
      ),
      ...(memory && { "balancer.memory": floats(memory, [memory.length]) }),
      ...(tables && {
        "tables.targets": floats(tables.targets, [tables.targets.length]),
        "tables.mask": floats(tables.mask, [tables.mask.length]),
      }),
    },
  };
}

function trainingOf(header: NonNullable<Header["training"]>, arrays: Values): TrainingState {
  const { epoch, step, carried, bestEpoch, own = [], lowest = [], hopeless, taken, quiet } = header;
  const rowsOf = (kept: number): Pick<BestEpoch, "rows"> => {
    const rows = arrays[`rows.${kept}`];
    return rows ? { rows: float32(rows) } : {};
  };
  const best: BestEpoch | undefined =
    bestEpoch === undefined
      ? undefined
      : {
          epoch: bestEpoch,
          loss: float64(arrays["best.loss"])[0]!,
          parameters: float32(arrays["best.parameters"]),
          ...rowsOf(bestEpoch),
        };
  const ofEpoch = (kept: number): Float32Array =>
    kept === bestEpoch ? best!.parameters : float32(arrays[`epoch.${kept}`]);
  return {
    epoch,
    step,
    carried: Object.fromEntries(carried.map((name) => [name, arrays[`carried.${name}`]!])),
    meter: { sums: float64(arrays["meter.sums"]), counts: float64(arrays["meter.counts"]) },
    stopping: {
      ...(best && { best }),
      own: new Map(
        own.map(([task, kept], i) => [
          task,
          {
            epoch: kept,
            loss: float64(arrays["own.losses"])[i]!,
            parameters: ofEpoch(kept),
            ...rowsOf(kept),
          },
        ]),
      ),
      lowest: new Map(
        lowest.map(([task, kept], i) => [task, { epoch: kept, loss: float64(arrays["lowest.losses"])[i]! }]),
      ),
      hopeless,
      clusterings: quiet.map(([task, epochs], i) => ({
        task,
        quiet: epochs,
        assignment: arrays[`clustering.${i}`]!.data as Int32Array,
      })),
    },
    ...(taken && { taken: taken.map((kept) => ({ ...kept, parameters: ofEpoch(kept.epoch) })) }),
    ...(arrays["balancer.memory"] && { memory: float32(arrays["balancer.memory"]) }),
    ...(arrays["tables.targets"] && {
      tables: { targets: float32(arrays["tables.targets"]), mask: float32(arrays["tables.mask"]) },
    }),
  };
}

const lossesOf = (kept: ReadonlyMap<string, LowestLoss>): TensorValue =>
  doubles(Float64Array.from(kept.values(), ({ loss }) => loss));

const losses = (
  epochs: readonly Readonly<Record<string, number>>[],
  tasks: readonly string[],
): TensorValue => ({
  dtype: "float64",
  shape: [epochs.length, tasks.length],
  data: Float64Array.from(epochs.flatMap((epoch) => tasks.map((task) => epoch[task]!))),
});

function epochsOf(tasks: readonly string[], arrays: Values): EpochLosses[] {
  const [train, validation] = [float64(arrays["epochs.train"]), float64(arrays["epochs.validation"])];
  const row = (all: Float64Array, epoch: number): Record<string, number> =>
    Object.fromEntries(tasks.map((task, t) => [task, all[epoch * tasks.length + t]!]));
  return Array.from({ length: train.length / tasks.length }, (_, i) => ({
    epoch: i + 1,
    train: row(train, i),
    validation: row(validation, i),
  }));
}

function withoutEpochs(first: FirstTraining): NonNullable<Header["first"]> {
  const { kept, steps, conflict, calibrated } = first;
  return {
    bestEpoch: kept[0]!.epoch,
    ...(kept.length > 1 && { kept }),
    steps,
    ...(conflict && { conflict }),
    ...(calibrated && { calibrated }),
  };
}

const withoutParameters = ({ epoch, tasks }: KeptEpoch): KeptEpoch => ({ epoch, tasks });

/** The parameters of each epoch, once. */
const epochArrays = (all: readonly Pick<BestEpoch, "epoch" | "parameters">[]): Values =>
  Object.fromEntries(
    all.map(({ epoch, parameters }) => [`epoch.${epoch}`, floats(parameters, [parameters.length])]),
  );

/** The row losses of each epoch, once. */
const rowArrays = (all: readonly BestEpoch[]): Values =>
  Object.fromEntries(
    all.flatMap(({ epoch, rows }) => (rows ? [[`rows.${epoch}`, floats(rows, [rows.length])]] : [])),
  );

function snapshotArrays([main, ...further]: readonly Snapshot[]): Values {
  const { parameters } = main!; // every model keeps an epoch
  return { parameters: floats(parameters, [parameters.length]), ...epochArrays(further) };
}

const snapshotsFrom = (kept: readonly KeptEpoch[], arrays: Values): Snapshot[] =>
  kept.map((one, i) => ({
    ...one,
    parameters: float32(arrays[i === 0 ? "parameters" : `epoch.${one.epoch}`]),
  }));

const prefixed = (prefix: string, values: Values): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]));

const doubles = (data: Float64Array): TensorValue => ({ dtype: "float64", shape: [data.length], data });
const float32 = (value: TensorValue | undefined): Float32Array => value!.data as Float32Array; // written above
const float64 = (value: TensorValue | undefined): Float64Array => value!.data as Float64Array; // written above
