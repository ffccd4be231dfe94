import { ConfigError } from "../base/errors.js";
import type { Random } from "../base/random.js";
import { groupOrder, taskGroups } from "../model/groups.js";
import { initialParameters } from "../model/layout.js";
import type { ModelSpec } from "../model/spec.js";
import type { Runtime, Session } from "../runtime/runtime.js";
import type { SlicePace } from "../runtime/slices.js";
import { type Applier, openApplier } from "./applier.js";
import { holdMemory, startMemory } from "./balancer-memory.js";
import { type ClusterTask, clusterTasks } from "./cluster-targets.js";
import { EarlyStopping } from "./early-stopping.js";
import type { Balancer } from "./balancer.js";
import type { FitOptions } from "./fitted.js";
import { furtherBatches } from "./gradient-needs.js";
import { groupVectors } from "./parameter-groups.js";
import { rowProbabilities } from "./sampling.js";
import { type Spans, heldSpans, streamedSpans } from "./spans.js";
import { type TracedSteps, openSteps, startVectors, tracedSteps } from "./steps.js";
import { epochRows } from "./streamed-rows.js";
import {
  type LabelTables,
  type TrainingData,
  completeLabels,
  floats,
  labelCounts,
  labelTables,
  labelledRows,
} from "./training-data.js";

/** One training under way: its sessions, label tables and state. */
export interface FitRun {
  readonly spec: ModelSpec;
  readonly data: TrainingData;
  readonly options: FitOptions;
  readonly random: Random;
  readonly graph: TracedSteps;
  readonly runtime: Runtime;
  readonly session: Session;
  readonly applier: Applier;
  readonly tables: LabelTables;
  readonly taskNames: readonly string[];
  readonly clusters: readonly ClusterTask[];
  /** Epoch after which clusters are started by k-means. */
  readonly clusterStart: number;
  readonly stepsPerEpoch: number;
  /** How many steps run at once, found by the epochs so far. */
  readonly pace: SlicePace;
  /** Where the rows of every step come from. */
  readonly spans: Spans;
  /** The epoch with which training ends for certain; undefined while early stopping decides. */
  readonly lastEpoch: number | undefined;
  readonly stopping: EarlyStopping;
  /** What a balancer of losses remembers between epochs `[n, T]`; empty for one without a memory. */
  readonly memory: Float32Array;
}

/** Random dropout values beside the largest draw: starts in the pool rarely coincide. */
export const POOL_SIZE = 2 ** 20;
const POOL_PART = 2 ** 12; // values drawn at a time
const PRETRAINED = { share: 0.2, most: 30 }; // epochs in which a clustering task learns to reconstruct before its clusters start

/**
 * Opens the sessions of a training over the training rows that have a label of its tasks, and gives them everything that does not change.
 */
export async function openFit(
  spec: ModelSpec,
  given: TrainingData,
  options: FitOptions,
  runtime: Runtime,
  random: Random,
  lastEpoch?: number,
): Promise<FitRun> {
  const groups = taskGroups(spec);
  const tables = labelTables(spec, given);
  const train = labelledRows(spec, tables, given.split.train);
  const data = { ...given, split: { ...given.split, train } };
  const complete = !data.streamed && completeLabels(spec, tables, data.split.train);
  const graph = tracedSteps(spec, options, complete);
  if (data.streamed) refuseFurther(graph.balancer);
  const trained = data.streamed ? epochRows(data.streamed) : data.split.train.length;
  const { batch } = options;
  const stepsPerEpoch = Math.max(1, Math.ceil(trained / batch));
  const clusters = clusterTasks(spec, groups);
  const clusterStart =
    clusters.length > 0
      ? Math.max(1, Math.min(PRETRAINED.most, Math.round(options.epochs * PRETRAINED.share)))
      : 0;
  const seed = random.fork("balancer").integer(2 ** 31);
  const session = await openSteps(graph, spec, options, { runtime, stepsPerEpoch, seed });
  const applier = await openApplier(runtime, spec, graph.layout, data, {
    beside: session,
    rowLosses: options.stopping === "per-task",
  });

  const memory = startMemory(graph.balancer, spec.tasks.length);
  await holdMemory(session, memory, spec.tasks.length);
  const parameters = initialParameters(graph.layout, random.fork("parameters"));
  const size = [parameters.length];
  const { decay, rates } = groupVectors(graph.layout, options.weightDecay, options.parameterGroups);
  await session.hold({
    ...(!data.streamed && { encoded: floats(data.encoded, [data.rows, data.width]) }),
    decay: floats(decay ?? new Float32Array(parameters.length), size),
    ...(rates && { rates: floats(rates, size) }),
    parameters: floats(parameters, size),
    ...startVectors(graph, { size: parameters.length, tasks: spec.tasks.length }),
  });
  if (graph.draw > 0) {
    const pool = dropoutPool(graph, options.dropout, random.fork("dropout"));
    await session.hold({ pool: floats(pool, [pool.length]) }, { owned: true });
  }
  if (!data.streamed) await holdTables(session, tables, data.rows, spec.tasks.length);
  return {
    spec,
    data,
    options,
    random,
    graph,
    runtime,
    session,
    applier,
    tables,
    clusters,
    clusterStart,
    stepsPerEpoch,
    pace: {},
    memory,
    spans: data.streamed
      ? streamedSpans({ spec, streamed: data.streamed, session, stepsPerEpoch, batch })
      : heldSpans({
          train: data.split.train,
          probabilities: rowProbabilities(spec, tables, train, options.sampling),
          random,
          further: furtherBatches(graph.balancer),
          stepsPerEpoch,
          batch,
        }),
    lastEpoch,
    taskNames: groupOrder(groups).map((t) => spec.tasks[t]!.name),
    stopping: new EarlyStopping(spec, {
      patience: options.patience,
      ...(options.stopping && { stopping: options.stopping }),
      ...(options.monitor && { monitor: options.monitor }),
      from: clusterStart + 1,
      labelled: labelCounts(spec, data, data.split.validation),
    }),
  };
}

/** @throws {ConfigError} if a step needs batches beside the one that is read. */
function refuseFurther(balancer: Balancer): void {
  if (furtherBatches(balancer) === 0) return;
  throw new ConfigError({
    where: "training",
    subject: `balance ${balancer.slug}`,
    problem: "draws several batches a step, which a table that is read while training does not give",
    fix: "Let the table be held in memory, or take another method.",
  });
}

/** Gives the training session the label tables as they stand. */
export async function holdTables(
  session: Session,
  tables: LabelTables,
  rows: number,
  tasks: number,
): Promise<void> {
  await session.hold({
    targets: floats(tables.targets, [rows, tables.targetWidth]),
    mask: floats(tables.mask, [rows, tasks]),
  });
}

function dropoutPool(graph: TracedSteps, rate: number, random: Random): Float32Array {
  const kept = 1 / (1 - rate);
  const pool = new Float32Array(POOL_SIZE + graph.draw);
  const part = new Float64Array(POOL_PART);
  for (let from = 0; from < pool.length; from += part.length) {
    random.uniforms(part);
    keepFrom(part, rate, kept, pool.subarray(from, from + part.length));
  }
  return pool;
}

/** A function of its own, called often, since a long loop of a function called once is not compiled as well. */
function keepFrom(uniforms: Float64Array, rate: number, kept: number, into: Float32Array): void {
  for (let i = 0; i < into.length; i++) into[i] = uniforms[i]! < rate ? 0 : kept;
}
