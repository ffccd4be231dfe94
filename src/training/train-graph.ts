import {
  type DType,
  type Tensor,
  add,
  cast,
  concat,
  gradients,
  greater,
  layer,
  maximum,
  reduceMax,
  scalar,
} from "../graph/index.js";
import { labelWidth, taskGroups } from "../model/groups.js";
import { type Layout, modelLayout, unflatten } from "../model/layout.js";
import { taskLosses, tiePenalty } from "../model/losses.js";
import { type Network, network } from "../model/network.js";
import { splitByGroup } from "../model/output-graph.js";
import type { ModelSpec } from "../model/spec.js";
import type { Balancer, BalancerOptions, LossBalancer } from "./balancer.js";
import { BALANCER_MEMORY, BALANCER_NORMALS, balancerInputs } from "./balancer-inputs.js";
import { allOptions } from "../base/method-options.js";
import { SHARING_STEP, dropoutDraw, noiseCount, pooledDropout, sharingStep } from "./sharing-inputs.js";
import { type StepLoop, type StepOptions, type TableShape, stepLoop } from "./step-loop.js";
import { keptWhereAbsent, ones } from "./absent.js";
import { byTrunk, combinedGradient, flatVector, taskGradients } from "./task-gradients.js";
import { blockable } from "./transforms/index.js";

/** Settings that are baked into a training graph. */
export interface TrainGraphOptions extends StepOptions {
  readonly balancer: LossBalancer;
  /** Values of the balancer's options; defaults where absent. */
  readonly balancerOptions?: BalancerOptions;
  /** The weight of each task in the order of the losses, for a balancer that reads it; 1 each when absent. */
  readonly weights?: readonly number[];
  /** Share of trunk outputs dropped, in [0, 1). */
  readonly dropout: number;
  /** Every row that is trained on has a label for every task: nothing is masked, and no mask is read. */
  readonly complete?: boolean;
  /** Also tell the Gramian of the tasks' gradients with respect to the trunk in every step: `gramian [S, T, T]`. */
  readonly gramian?: boolean;
}

/** A looped training graph and what its inputs are called. */
export type TrainGraph = StepLoop;

/** The parameters of a model followed by those of its balancer, and a filling where there are millions (see `blockable`). */
export function trainLayout(spec: ModelSpec, balancer: Balancer): Layout {
  const own = balancer.needs === "losses" ? balancer.parameters(spec.tasks.length) : [];
  return blockable([...modelLayout(spec), ...own]);
}

/** The tables a step takes rows of, and how many random values it draws. */
export function trainTables(
  spec: ModelSpec,
  { dropout, batch }: Pick<TrainGraphOptions, "dropout" | "batch">,
): { readonly tables: Record<"encoded" | "targets" | "mask", TableShape>; readonly draw: number } {
  return {
    tables: {
      encoded: { shape: [spec.inputs] },
      targets: { shape: [labelWidth(taskGroups(spec))] },
      mask: { shape: [spec.tasks.length] },
    },
    draw: dropout > 0 ? dropoutDraw(spec, batch) : 0,
  };
}

/**
 * Traces S training steps of a model as one loop: forward, losses, balancing, backward, clipping, update.
 *
 * Tables: `encoded [N, D]`, `targets [N, V]`, `mask [N, T]`; with dropout the pool holds 0 and 1/(1−p). Scans: `losses
 * [S, T]` and, unless labels are complete, `present [S, T]`, in the order of the groups, and where asked for
 * `gramian [S, T, T]`: then the tasks' own gradients are also what the trunk's gradient is made of. See `stepLoop` for the other inputs and outputs,
 * and `balancerInputs` for those of the balancer.
 */
export function trainGraph(spec: ModelSpec, options: TrainGraphOptions): TrainGraph {
  const dtype = options.dtype ?? "float32";
  const layout = trainLayout(spec, options.balancer);
  const { whole, perStep, remembered } = balancerInputs(options.balancer, spec.tasks.length);
  const noise = noiseCount(spec);
  return stepLoop({
    layout,
    options,
    ...trainTables(spec, options),
    ...(whole && { whole }),
    ...(remembered && { remembered }),
    perStep: { ...perStep, ...(noise !== undefined && { [SHARING_STEP]: { shape: [1 + noise] } }) },
    objective: ({ parameters, rows, drawn, given }) => {
      const context = { spec, options, layout, dtype };
      const batch: Batch = {
        parameters,
        encoded: rows["encoded"]!,
        targets: rows["targets"]!,
        ...(!options.complete && { mask: rows["mask"]! }),
        ...(drawn && { dropped: drawn }),
        given,
      };
      const { total, losses, present, gradient, gramian } = batchObjective(context, batch);
      return {
        total,
        after: (next) => memoryAfter(context, { ...batch, parameters: next }, { losses, present }),
        ...(gradient && { gradient }),
        scans: { losses, ...(!options.complete && { present }), ...(gramian && { gramian }) },
      };
    },
  });
}

/** One batch: rows of the tables and, with dropout, the step's part of the pool. */
export interface Batch {
  readonly parameters: Tensor;
  readonly encoded: Tensor;
  readonly targets: Tensor;
  /** Absent where every row has every label. */
  readonly mask?: Tensor;
  readonly dropped?: Tensor;
  /** What balancer and architecture are given beside the batch, by the names of `balancerInputs` and `SHARING_STEP`. */
  readonly given?: Readonly<Record<string, Tensor>>;
}

/** What one batch gives: the balanced objective (a scalar), the losses `[T]` it is made of, and which tasks are present. */
export interface BatchObjective {
  readonly total: Tensor;
  readonly losses: Tensor;
  /** 1 for tasks with a label in the batch, else 0: `[T]`. */
  readonly present: Tensor;
  /** The gradient `[P]` made from the tasks' own gradients, and their Gramian `[T, T]`; only where asked for. */
  readonly gradient?: Tensor;
  readonly gramian?: Tensor;
}

/** What a batch is traced with. */
export interface BatchContext<Options> {
  readonly spec: ModelSpec;
  readonly options: Options;
  readonly layout: Layout;
  readonly dtype: DType;
}

/** A batch's forward pass with its losses `[T]`, and which tasks are present `[T]`. */
export interface TracedBatch extends Pick<BatchObjective, "losses" | "present"> {
  readonly named: Readonly<Record<string, Tensor>>;
  readonly traced: Network;
}

/** Traces the forward pass of one batch. */
export function tracedBatch({ spec, layout, dtype }: BatchContext<unknown>, batch: Batch): TracedBatch {
  const named = unflatten(layout, batch.parameters);
  const row = batch.given?.[SHARING_STEP];
  const traced = network(spec, batch.encoded, named, {
    ...(batch.dropped && { dropout: pooledDropout(batch.dropped) }),
    ...(row && { step: sharingStep(row) }),
  });
  const losses = taskLosses(traced, batch.targets, batch.mask, batch.encoded);
  const { mask } = batch;
  const present = layer("present", () =>
    mask ? cast(greater(presentRows(traced, mask), scalar(0, dtype)), dtype) : ones(spec.tasks.length, dtype),
  );
  return { named, traced, losses, present };
}

/** Traces the objective of one batch. */
export function batchObjective(context: BatchContext<TrainGraphOptions>, batch: Batch): BatchObjective {
  const { spec, options, layout } = context;
  const { named, traced, losses, present } = tracedBatch(context, batch);
  const kinds = traced.groups.flatMap(({ group }) => group.tasks.map(() => group.kind));
  const { [BALANCER_MEMORY]: memory, [BALANCER_NORMALS]: normals } = batch.given ?? {};
  const balanced = layer("balancer", () =>
    options.balancer.total({
      losses,
      present,
      kinds,
      parameters: named,
      options: allOptions(options.balancer, options.balancerOptions),
      weights: options.weights ?? kinds.map(() => 1),
      ...(memory && { memory }),
      ...(normals && { normals }),
    }),
  );
  const penalty = penaltyOf(spec, named, traced);
  const total = penalty ? add(balanced, penalty) : balanced;
  if (!options.gramian) return { total, losses, present };
  const { trunk, others } = byTrunk(layout, named);
  const { jacobian, gramian } = taskGradients(spec, traced, losses, trunk);
  const plain = combinedGradient(balanced, losses, jacobian, others);
  const gradient = penalty ? add(plain, penaltyGradient(penalty, [...trunk, ...others])) : plain;
  return { total, losses, present, gradient, gramian };
}

/** What links and architecture add to the objective, a scalar; undefined where they add nothing. */
export function penaltyOf(
  spec: ModelSpec,
  named: Readonly<Record<string, Tensor>>,
  traced: Network,
): Tensor | undefined {
  const tie = tiePenalty(spec, named);
  return tie && traced.penalty ? add(tie, traced.penalty) : (tie ?? traced.penalty);
}

/** The gradient `[P]` of a penalty with respect to all parameters, in the order of the layout. */
export const penaltyGradient = (penalty: Tensor, parameters: readonly Tensor[]): Tensor =>
  layer("penalty", () => flatVector(gradients(penalty, parameters)));

/** What a balancer that learns from steps remembers, from the losses of the batch before and after one. */
function memoryAfter(
  context: BatchContext<TrainGraphOptions>,
  batch: Batch,
  { losses, present }: Pick<BatchObjective, "losses" | "present">,
): Tensor {
  const { balancer, balancerOptions } = context.options;
  const memory = batch.given![BALANCER_MEMORY]!; // it goes round
  const after = layer("after", () => tracedBatch(context, batch).losses);
  const options = allOptions(balancer, balancerOptions);
  return layer("balancer", () => {
    const next = balancer.steps!.afterStep({ before: losses, after, present, memory, options });
    return keptWhereAbsent(next, memory, present);
  });
}

/** Largest mask per task `[T]`; kinds that find their own targets are always present. */
function presentRows(traced: Network, mask: Tensor): Tensor {
  const found = splitByGroup(traced, mask, "mask").map((part, i) => {
    const most = reduceMax(part, [0]);
    return traced.groups[i]!.group.kind.supervised ? most : maximum(most, scalar(1, most.dtype));
  });
  return found.length === 1 ? found[0]! : concat(found, 0);
}
