import { NumericError } from "../base/errors.js";
import { nowMs } from "../base/clock.js";
import { type Random, seededRandom } from "../base/random.js";
import { groupOrder, taskGroups } from "../model/groups.js";
import { type Layout, decayMask, initialParameters } from "../model/layout.js";
import type { ModelSpec } from "../model/spec.js";
import type { Runtime, Session } from "../runtime/runtime.js";
import { runInSlices } from "../runtime/slices.js";
import { type Applier, openApplier } from "./applier.js";
import { BALANCERS, type BalancerSlug } from "./balancers/index.js";
import { type ClusterTask, clusterTasks, startClusters, writeTargets } from "./cluster-targets.js";
import { EarlyStopping } from "./early-stopping.js";
import { OPTIMIZERS, type OptimizerSlug } from "./optimizers/index.js";
import { warmupCosine } from "./schedule.js";
import { type TrainGraph, trainGraph, trainOnnx } from "./train-graph.js";
import { type LabelTables, type TrainingData, floats, labelTables } from "./training-data.js";

/** Settings of one fit. */
export interface FitOptions {
  readonly optimizer: OptimizerSlug;
  readonly balancer: BalancerSlug;
  readonly epochs: number;
  readonly patience: number;
  readonly batch: number;
  /** Highest learning rate, per step. */
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Share of all steps spent warming up. */
  readonly warmup: number;
  /** Largest gradient norm; 0 for none. */
  readonly clip: number;
  readonly dropout: number;
  /** Train once more on training and validation rows together, for as many epochs as were best. */
  readonly refit: boolean;
  readonly seed: number;
}

/** Losses of one epoch per task name; NaN where a task had no label. */
export interface EpochLosses {
  readonly epoch: number;
  readonly train: Readonly<Record<string, number>>;
  readonly validation: Readonly<Record<string, number>>;
}

/** A trained model: the best parameters on validation rows, and how training went. */
export interface Fitted {
  readonly spec: ModelSpec;
  readonly layout: Layout;
  /** `[P]`, the balancer's parameters last. */
  readonly parameters: Float32Array;
  readonly epochs: readonly EpochLosses[];
  /** Counted from 1. */
  readonly bestEpoch: number;
  readonly steps: number;
  readonly seconds: number;
}

/** What a caller may watch and stop. */
export interface FitHooks {
  readonly onEpoch?: (losses: EpochLosses) => void;
  /** Called between slices with the losses of the epoch so far. */
  readonly onSlice?: (epoch: number, train: Readonly<Record<string, number>>) => void;
  readonly signal?: AbortSignal;
}

/**
 * Trains one model: whole epochs as loops inside the graph, early stopping on validation rows, the best parameters kept. With
 * `refit` the model is then trained anew on training and validation rows together for the best number of epochs, since small
 * tables cannot spare the validation rows; the losses reported stay those of the first training.
 *
 * The same spec, data, options and seed give the same bytes on the same machine and runtime, however the steps were cut
 * into slices.
 *
 * @throws {NumericError} if a loss stops being finite: it names the tasks and the epoch.
 */
export async function fit(spec: ModelSpec, data: TrainingData, options: FitOptions, runtime: Runtime, hooks: FitHooks = {}): Promise<Fitted> {
  const started = nowMs();
  const first = await fitOnce(spec, data, options, runtime, hooks);
  const { best, steps, layout } = first;
  const last = options.refit ? await fitOnce(spec, withValidationRows(data), options, runtime, quiet(hooks), best.epoch) : first;
  return {
    spec,
    layout,
    parameters: last.best.parameters,
    epochs: first.epochs,
    bestEpoch: best.epoch,
    steps: options.refit ? steps + last.steps : steps,
    seconds: (nowMs() - started) / 1000,
  };
}

interface FitResult {
  readonly layout: Layout;
  readonly best: EarlyStopping["best"];
  readonly epochs: readonly EpochLosses[];
  readonly steps: number;
}

/** Trains with early stopping, or for exactly `exactly` epochs. */
async function fitOnce(spec: ModelSpec, data: TrainingData, options: FitOptions, runtime: Runtime, hooks: FitHooks, exactly?: number): Promise<FitResult> {
  const random = seededRandom(options.seed, spec.tasks.map(({ name }) => name).join("+"));
  const run = await openFit(spec, data, options, runtime, random, exactly);
  try {
    const epochs: EpochLosses[] = [];
    for (let epoch = 1; epoch <= (exactly ?? options.epochs) && !run.stopping.finished; epoch++) {
      const train = await trainEpoch(run, epoch, hooks);
      const parameters = await endOfEpoch(run, epoch);
      const validation = exactly === undefined ? await validate(run, epoch, parameters) : {};
      if (epoch === exactly) return { layout: run.graph.layout, best: { epoch, parameters }, epochs, steps: epoch * run.stepsPerEpoch };
      epochs.push({ epoch, train, validation });
      hooks.onEpoch?.(epochs.at(-1)!);
    }
    return { layout: run.graph.layout, best: run.stopping.best, epochs, steps: epochs.length * run.stepsPerEpoch };
  } finally {
    await run.session.close();
    await run.applier.close();
  }
}

function withValidationRows(data: TrainingData): TrainingData {
  const { train, validation, test } = data.split;
  return { ...data, split: { train: Int32Array.of(...train, ...validation).sort(), validation: new Int32Array(0), test } };
}

/** The second training is not shown epoch by epoch: it has no validation losses of its own. */
const quiet = ({ signal }: FitHooks): FitHooks => (signal ? { signal } : {});

interface FitRun {
  readonly spec: ModelSpec;
  readonly data: TrainingData;
  readonly options: FitOptions;
  readonly random: Random;
  readonly graph: TrainGraph;
  readonly session: Session;
  readonly applier: Applier;
  readonly tables: LabelTables;
  readonly taskNames: readonly string[];
  readonly clusters: readonly ClusterTask[];
  /** Epoch after which clusters are started by k-means. */
  readonly clusterStart: number;
  readonly stepsPerEpoch: number;
  /** The epoch with which training ends for certain; undefined while early stopping decides. */
  readonly lastEpoch: number | undefined;
  readonly stopping: EarlyStopping;
}

const POOL_SIZE = 2 ** 20; // random dropout values beside the largest draw: starts rarely coincide
const PRETRAINED_SHARE = 0.2; // of the epochs a clustering task learns to reconstruct before its clusters start

async function openFit(spec: ModelSpec, data: TrainingData, options: FitOptions, runtime: Runtime, random: Random, lastEpoch?: number): Promise<FitRun> {
  const groups = taskGroups(spec);
  const graph = trainGraph(spec, {
    ...options,
    optimizer: OPTIMIZERS[options.optimizer],
    balancer: BALANCERS[options.balancer],
    batch: options.batch,
  });
  const tables = labelTables(spec, data);
  const clusters = clusterTasks(spec, groups);
  const clusterStart = clusters.length > 0 ? Math.max(1, Math.round(options.epochs * PRETRAINED_SHARE)) : 0;
  const session = await runtime.open(trainOnnx(graph));
  const applier = await openApplier(runtime, spec, graph.layout, data, session);

  const parameters = initialParameters(graph.layout, random.fork("parameters"));
  const size = [parameters.length];
  const state = Object.fromEntries(graph.carried.slice(1).map((name) => [name, floats(new Float32Array(parameters.length), size)]));
  await session.hold({
    encoded: floats(data.encoded, [data.rows, data.width]),
    decay: floats(decayMask(graph.layout), size),
    parameters: floats(parameters, size),
    ...state,
    ...(graph.dropoutDraw > 0 && { pool: floats(dropoutPool(graph, options.dropout, random.fork("dropout")), [POOL_SIZE + graph.dropoutDraw]) }),
  });
  await holdTables(session, tables, data.rows, spec.tasks.length);
  const stepsPerEpoch = Math.max(1, Math.ceil(data.split.train.length / options.batch));
  return {
    spec, data, options, random, graph, session, applier, tables, clusters, clusterStart, stepsPerEpoch, lastEpoch,
    taskNames: groupOrder(groups).map((t) => spec.tasks[t]!.name),
    stopping: new EarlyStopping(spec, { patience: options.patience, from: clusterStart + 1 }),
  };
}

async function holdTables(session: Session, tables: LabelTables, rows: number, tasks: number): Promise<void> {
  await session.hold({ targets: floats(tables.targets, [rows, tables.targetWidth]), mask: floats(tables.mask, [rows, tasks]) });
}

function dropoutPool(graph: TrainGraph, rate: number, random: Random): Float32Array {
  const kept = 1 / (1 - rate);
  return Float32Array.from({ length: POOL_SIZE + graph.dropoutDraw }, () => (random.uniform() < rate ? 0 : kept));
}

/** One epoch of steps; returns the mean training loss per task. */
async function trainEpoch(run: FitRun, epoch: number, hooks: FitHooks): Promise<Record<string, number>> {
  const { stepsPerEpoch: steps, options, graph } = run;
  const order = epochOrder(run.data.split.train, steps * options.batch, run.random.fork(`epoch ${epoch}`));
  const draws = run.random.fork(`dropout ${epoch}`);
  const starts = BigInt64Array.from({ length: steps }, () => BigInt(draws.integer(POOL_SIZE)));
  const schedule = scheduleOf(run, epoch);
  const meter = new LossMeter(run.taskNames);

  await runInSlices({
    steps,
    ...(hooks.signal && { signal: hooks.signal }),
    run: async (from, count) => {
      const values = await run.session.run(
        {
          steps: { dtype: "int64", shape: [], data: BigInt64Array.of(BigInt(count)) },
          batches: { dtype: "int32", shape: [count, options.batch], data: order.slice(from * options.batch, (from + count) * options.batch) },
          schedule: floats(schedule.slice(from * graph.scalars, (from + count) * graph.scalars), [count, graph.scalars]),
          ...(graph.dropoutDraw > 0 && { draws: { dtype: "int64" as const, shape: [count], data: starts.slice(from, from + count) } }),
        },
        { outputs: ["losses", "present"], carry: Object.fromEntries(graph.carried.map((name) => [`${name}.next`, name])) },
      );
      meter.add(values["losses"]!.data as Float32Array, values["present"]!.data as Float32Array);
    },
    onSlice: () => hooks.onSlice?.(epoch, meter.means()),
  });
  const means = meter.means();
  refuseNonFinite(means, meter.counts(), epoch);
  return means;
}

/** Shuffled training rows; the last batch is filled up from the start of the order. */
function epochOrder(train: Int32Array, length: number, random: Random): Int32Array {
  const shuffled = random.shuffle(train.slice());
  return Int32Array.from({ length }, (_, i) => shuffled[i % shuffled.length]!);
}

const COOLDOWN = 0.2; // share of a training of known length in which the rate falls to 0, so that it ends on no chance step

function scheduleOf({ stepsPerEpoch, options, graph, lastEpoch }: FitRun, epoch: number): Float32Array {
  const steps = stepsPerEpoch * options.epochs;
  const end = (lastEpoch ?? Number.POSITIVE_INFINITY) * stepsPerEpoch;
  const out = new Float32Array(stepsPerEpoch * graph.scalars);
  for (let i = 0; i < stepsPerEpoch; i++) {
    const step = (epoch - 1) * stepsPerEpoch + i;
    const rate = warmupCosine(step, { peak: options.learningRate, steps, warmup: options.warmup });
    const cooling = Number.isFinite(end) ? Math.min(1, (end - step) / (COOLDOWN * end)) : 1;
    out.set(OPTIMIZERS[options.optimizer].scalars(step + 1, rate * cooling), i * graph.scalars);
  }
  return out;
}

/** The parameters after an epoch, with clusters started or their targets renewed. */
async function endOfEpoch(run: FitRun, epoch: number): Promise<Float32Array> {
  const parameters = (await run.session.held(["parameters"]))["parameters"]!.data as Float32Array;
  await refreshClusters(run, epoch, parameters);
  return parameters;
}

async function validate(run: FitRun, epoch: number, parameters: Float32Array): Promise<Record<string, number>> {
  const { losses } = await run.applier.apply(parameters, run.data.split.validation, run.tables);
  run.stopping.see(epoch, losses, parameters);
  return { ...losses };
}

/** Starts clusters when their time has come and renews the sharpened targets after every later epoch. */
async function refreshClusters(run: FitRun, epoch: number, parameters: Float32Array): Promise<void> {
  if (run.clusters.length === 0 || epoch < run.clusterStart) return;
  const { split } = run.data;
  if (epoch === run.clusterStart) {
    const fetch = run.clusters.map(({ group }) => `output.${group.name}`);
    const { outputs } = await run.applier.apply(parameters, split.train, run.tables, fetch);
    run.clusters.forEach((task, i) => {
      const target = { layout: run.graph.layout, flat: parameters };
      startClusters(run.spec, task, outputs[fetch[i]!]!, split.train.length, target, run.random.fork(`clusters ${task.name}`));
    });
    await run.session.hold({ parameters: floats(parameters, [parameters.length]) });
  }
  const fetch = run.clusters.map(({ name }) => `predict.${name}`);
  for (const [part, rows] of Object.entries({ train: split.train, validation: split.validation })) {
    if (rows.length === 0) continue;
    const { outputs } = await run.applier.apply(parameters, rows, run.tables, fetch);
    run.clusters.forEach((task, i) => {
      const assignment = writeTargets(run.spec, task, outputs[fetch[i]!]!, rows, run.tables);
      if (part === "train") run.stopping.assigned(task.name, assignment);
    });
  }
  await holdTables(run.session, run.tables, run.data.rows, run.spec.tasks.length);
}

function refuseNonFinite(means: Readonly<Record<string, number>>, counts: Readonly<Record<string, number>>, epoch: number): void {
  const bad = Object.keys(means).filter((name) => counts[name]! > 0 && !Number.isFinite(means[name]!));
  if (bad.length === 0) return;
  throw new NumericError({
    where: `training, epoch ${epoch}`,
    subject: `the loss of ${bad.join(", ")}`,
    problem: "is not finite any more",
    fix: "Lower --learning-rate or set --clip to a smaller norm.",
  });
}

/** Mean losses over steps in which a task had labels. */
class LossMeter {
  readonly #names: readonly string[];
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;

  constructor(names: readonly string[]) {
    this.#names = names;
    this.#sums = new Float64Array(names.length);
    this.#counts = new Float64Array(names.length);
  }

  /** Adds the losses `[S, T]` of some steps, with `present` `[S, T]`. */
  add(losses: Float32Array, present: Float32Array): void {
    losses.forEach((loss, i) => {
      if (present[i] === 0) return;
      this.#sums[i % this.#names.length]! += loss;
      this.#counts[i % this.#names.length]! += 1;
    });
  }

  means(): Record<string, number> {
    return Object.fromEntries(this.#names.map((name, t) => [name, this.#counts[t]! > 0 ? this.#sums[t]! / this.#counts[t]! : Number.NaN]));
  }

  counts(): Record<string, number> {
    return Object.fromEntries(this.#names.map((name, t) => [name, this.#counts[t]!]));
  }
}
