import {
  type DType,
  type Tensor,
  add,
  cast,
  concat,
  div,
  dynamicSlice,
  gather,
  gradients,
  greater,
  input,
  layer,
  loop,
  maximum,
  minimum,
  mul,
  reduceMax,
  reduceSum,
  reshape,
  scalar,
  slice,
  sqrt,
  square,
  toOnnx,
} from "../graph/index.js";
import { labelWidth, taskGroups } from "../model/groups.js";
import { type Layout, modelLayout, parameterCount, unflatten } from "../model/layout.js";
import { taskLosses, tiePenalty } from "../model/losses.js";
import { type Dropout, network } from "../model/network.js";
import { splitByGroup } from "../model/output-graph.js";
import type { ModelSpec } from "../model/spec.js";
import { AVERAGE, averageShare, movedAverage } from "./average.js";
import type { Balancer } from "./balancer.js";
import type { Optimizer, OptimizerOptions } from "./optimizer.js";

/** Settings that are baked into a training graph. */
export interface TrainGraphOptions extends OptimizerOptions {
  readonly optimizer: Optimizer;
  readonly balancer: Balancer;
  /** Rows in a batch. */
  readonly batch: number;
  /** Largest norm of the whole gradient; 0 for no clipping. */
  readonly clip: number;
  /** Share of trunk outputs dropped, in [0, 1). */
  readonly dropout: number;
  /** Decay of the parameters' moving average, in [0, 1); 0 or absent for none. */
  readonly average?: number;
  /** `float64` only for checks through `evaluate`. */
  readonly dtype?: "float32" | "float64";
}

/** A looped training graph and what its inputs are called. */
export interface TrainGraph {
  readonly inputs: readonly Tensor[];
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly layout: Layout;
  /** Names of the carried vectors: the parameters first, then the optimiser's state, then the average if there is one. */
  readonly carried: readonly string[];
  /** The carried vector that is validated and kept. */
  readonly kept: "parameters" | typeof AVERAGE;
  /** Number of scalars a step needs. */
  readonly scalars: number;
  /** Number of values one step takes from the dropout pool; 0 without dropout. */
  readonly dropoutDraw: number;
}

/** The parameters of a model followed by those of its balancer. */
export function trainLayout(spec: ModelSpec, balancer: Balancer): Layout {
  return [...modelLayout(spec), ...balancer.parameters(spec.tasks.length)];
}

/**
 * Traces S training steps as one loop: forward, losses, balancing, backward, clipping, update.
 *
 * Inputs: `encoded [N, D]`, `targets [N, V]`, `mask [N, T]`, `batches [S, B]` row numbers, `schedule [S, K]` what
 * `stepScalars` gives, `steps` (S), with dropout `pool [Q]` of 0 and 1/(1−p) and `draws [S]` where in the pool a step
 * begins, `decay [P]`, and the carried vectors. Outputs: the carried vectors as `<name>.next`, `losses [S, T]` and
 * `present [S, T]` in the order of the groups, and `gradient-norm [S]`. How the steps are cut into runs does not change the result.
 */
export function trainGraph(spec: ModelSpec, options: TrainGraphOptions): TrainGraph {
  const dtype = options.dtype ?? "float32";
  const layout = trainLayout(spec, options.balancer);
  const size = parameterCount(layout);
  const targetWidth = labelWidth(taskGroups(spec));
  const scalars = stepScalars(options, 1, 1).length;
  const averaging = (options.average ?? 0) > 0;
  const dropoutDraw =
    options.dropout > 0 ? dropoutSizes(spec, options.batch).reduce((sum, n) => sum + n, 0) : 0;

  const tables = {
    encoded: input("encoded", dtype, ["rows", spec.inputs]),
    targets: input("targets", dtype, ["rows", targetWidth]),
    mask: input("mask", dtype, ["rows", spec.tasks.length]),
  };
  const batches = input("batches", "int32", ["steps", options.batch]);
  const schedule = input("schedule", dtype, ["steps", scalars]);
  const steps = input("steps", "int64", []);
  const decay = input("decay", dtype, [size]);
  const pool = dropoutDraw > 0 ? [input("pool", dtype, ["pool"]), input("draws", "int64", ["steps"])] : [];
  const names = ["parameters", ...options.optimizer.state, ...(averaging ? [AVERAGE] : [])];
  const carried = names.map((name) => input(name, dtype, [size]));

  const result = loop({
    trips: steps,
    carried,
    body: (step, [parameters, ...state]) => {
      const rows = gather(batches, step, 0); // [B]
      const scalarsNow = gather(schedule, step, 0); // [K]
      const context = { spec, options, layout, dtype };
      const objective = batchObjective(context, {
        parameters: parameters!,
        encoded: gather(tables.encoded, rows, 0),
        targets: gather(tables.targets, rows, 0),
        mask: gather(tables.mask, rows, 0),
        ...(pool.length > 0 && { dropped: dynamicSlice(pool[0]!, gather(pool[1]!, step, 0), dropoutDraw) }),
      });
      const [raw] = gradients(objective.total, [parameters!]);
      const { gradient, norm } = layer("clip", () => clipped(raw!, options.clip, dtype));
      const update = layer("optimizer", () =>
        options.optimizer.update({
          parameters: parameters!,
          gradient,
          state: Object.fromEntries(options.optimizer.state.map((name, i) => [name, state[i]!])),
          scalars: Array.from({ length: averaging ? scalars - 1 : scalars }, (_, k) =>
            scalarOf(scalarsNow, k),
          ),
          decay,
          layout,
          options,
        }),
      );
      const average = averaging
        ? [movedAverage(state.at(-1)!, update.parameters, scalarOf(scalarsNow, scalars - 1))]
        : [];
      return {
        carried: [
          update.parameters,
          ...options.optimizer.state.map((name) => update.state[name]!),
          ...average,
        ],
        scans: [objective.losses, objective.present, norm],
      };
    },
  });
  const [losses, present, norm] = result.scans;
  return {
    inputs: [...Object.values(tables), batches, schedule, steps, decay, ...pool, ...carried],
    outputs: {
      ...Object.fromEntries(names.map((name, i) => [`${name}.next`, result.carried[i]!])),
      losses: losses!,
      present: present!,
      "gradient-norm": norm!,
    },
    layout,
    carried: names,
    kept: averaging ? AVERAGE : "parameters",
    scalars,
    dropoutDraw,
  };
}

/** The scalars of one step, counted from 1: the optimiser's, then the share of the newest parameters in their average. */
export function stepScalars(
  options: Pick<TrainGraphOptions, "optimizer" | "average">,
  step: number,
  learningRate: number,
): number[] {
  const scalars = options.optimizer.scalars(step, learningRate);
  const decay = options.average ?? 0;
  return decay > 0 ? [...scalars, averageShare(step, decay)] : scalars;
}

const scalarOf = (scalars: Tensor, k: number): Tensor => reshape(slice(scalars, [k], [k + 1], [0]), []);

/** The training graph as ONNX. */
export const trainOnnx = (graph: TrainGraph): Uint8Array =>
  toOnnx({ name: "training", inputs: graph.inputs, outputs: graph.outputs });

/** One batch: rows of the tables and, with dropout, the step's part of the pool. */
export interface Batch {
  readonly parameters: Tensor;
  readonly encoded: Tensor;
  readonly targets: Tensor;
  readonly mask: Tensor;
  readonly dropped?: Tensor;
}

/** The balanced objective of one batch (a scalar) with the losses `[T]` it is made of. */
export function batchObjective(
  {
    spec,
    options,
    layout,
    dtype,
  }: { spec: ModelSpec; options: TrainGraphOptions; layout: Layout; dtype: DType },
  batch: Batch,
): { total: Tensor; losses: Tensor; present: Tensor } {
  const named = unflatten(layout, batch.parameters);
  const dropout = batch.dropped ? pooledDropout(spec, options.batch, batch.dropped) : undefined;
  const traced = network(spec, batch.encoded, named, dropout);
  const losses = taskLosses(traced, batch.targets, batch.mask, batch.encoded);
  const present = layer("present", () =>
    cast(greater(presentRows(traced, batch.mask), scalar(0, dtype)), dtype),
  );
  const kinds = traced.groups.flatMap(({ group }) => group.tasks.map(() => group.kind));
  const balanced = layer("balancer", () =>
    options.balancer.total({ losses, present, kinds, parameters: named }),
  );
  const penalty = tiePenalty(spec, named);
  return { total: penalty ? add(balanced, penalty) : balanced, losses, present };
}

/** Largest mask per task `[T]`; kinds that find their own targets are always present. */
function presentRows(traced: ReturnType<typeof network>, mask: Tensor): Tensor {
  const found = splitByGroup(traced, mask, "mask").map((part, i) => {
    const most = reduceMax(part, [0]);
    return traced.groups[i]!.group.kind.supervised ? most : maximum(most, scalar(1, most.dtype));
  });
  return found.length === 1 ? found[0]! : concat(found, 0);
}

function clipped(gradient: Tensor, limit: number, dtype: DType): { gradient: Tensor; norm: Tensor } {
  const norm = sqrt(reduceSum(square(gradient), [0]));
  if (limit === 0) return { gradient, norm };
  const factor = minimum(scalar(1, dtype), div(scalar(limit, dtype), maximum(norm, scalar(1e-12, dtype)))); // 1e-12: a zero gradient stays zero
  return { gradient: mul(gradient, factor), norm };
}

/** Sizes of the dropout masks of one step, layer by layer. */
function dropoutSizes(spec: ModelSpec, batch: number): number[] {
  return spec.trunk.map((width) => spec.members * batch * width);
}

/** Dropout from a pool of random values: each layer takes the next part, so that no hidden state is needed. */
function pooledDropout(spec: ModelSpec, batch: number, drawn: Tensor): Dropout {
  const sizes = dropoutSizes(spec, batch);
  return (x, index) => {
    const start = sizes.slice(0, index).reduce((sum, n) => sum + n, 0);
    const part = sizes.length === 1 ? drawn : slice(drawn, [start], [start + sizes[index]!], [0]);
    return mul(
      x,
      reshape(
        part,
        spec.members > 1 ? [spec.members, batch, spec.trunk[index]!] : [batch, spec.trunk[index]!],
      ),
    );
  };
}
