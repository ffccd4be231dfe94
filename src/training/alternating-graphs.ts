import {
  type DType,
  type Tensor,
  type TensorValue,
  add,
  concat,
  constant,
  dynamicSlice,
  gather,
  gradients,
  input,
  layer,
  matmul,
  mul,
  reduceSum,
  reshape,
  scalar,
  slice,
} from "../graph/index.js";
import { parameterCount } from "../model/layout.js";
import { architectureOf } from "../model/sharing-of.js";
import type { ModelSpec } from "../model/spec.js";
import { AVERAGE } from "./average.js";
import type { GradientBalancer } from "./balancer.js";
import { CROSS, FEATURES, FURTHER, featureGramian, furtherBatches, ofFeatures } from "./gradient-needs.js";
import { floats } from "./training-data.js";
import { allOptions } from "../base/method-options.js";
import { tasksOfParameters } from "./head-weights.js";
import { groupNeeds } from "./parameter-groups.js";
import { type StepLoop, stepRule, stepScalars, updated } from "./step-loop.js";
import { perTask } from "./task-steps.js";
import { sharedDirection } from "./shared-direction.js";
import {
  byTrunk,
  flatVector,
  gradientsByTask,
  taskGradients,
  weightedSum,
  wholeJacobian,
} from "./task-gradients.js";
import { SHARING_STEP, noiseCount } from "./sharing-inputs.js";
import {
  type TrainGraphOptions,
  penaltyGradient,
  penaltyOf,
  type TracedBatch,
  trainLayout,
  tracedBatch,
  trainTables,
} from "./train-graph.js";

/** Settings of graphs that take turns. */
export interface AlternatingOptions extends Omit<TrainGraphOptions, "balancer" | "gramian"> {
  readonly balancer: GradientBalancer;
  /** What heads receive: their own gradient, or weighted as the trunk's. */
  readonly heads: "own" | "weighted";
}

/** One of two graphs. */
export type GraphPart = Pick<StepLoop, "inputs" | "outputs">;

/** Two graphs that make a step together: gradients, then update. */
export interface AlternatingGraphs extends Omit<StepLoop, "inputs" | "outputs"> {
  readonly gradients: GraphPart;
  readonly update: GraphPart;
  /** Outputs of the first that the second reads under the same names. */
  readonly given: readonly string[];
  /** What goes round beside the vectors `[P]`, as it is before the first step. */
  readonly starts: Readonly<Record<string, TensorValue>>;
  /** Parameters that all tasks share, P₀. */
  readonly shared: number;
}

/**
 * Traces a training step in two graphs: the tasks' gradients, then the update. Between them the host decides the tasks' weights from
 * their Gramian, or the update makes one gradient of them itself.
 *
 * Gradients: tables, `batches [1, B]`, with a draw `pool [Q]` and `draws [1]`, `parameters [P]` → `losses [T]` and, unless labels are
 * complete, `present [T]` in the order of the groups, `gramian [T, T]`, `jacobian [T, P₀]` for the trunk, with many tasks in blocks of its rows
 * (`jacobian`, `jacobian.1` …), and `others [P − P₀]`, the heads' own gradients, `[T, P − P₀]` of each loss where heads are weighted and the architecture joins outputs; for a balancer that needs them `features [T, T]`, or from `further [1, 2, B]` also `cross [T, T]`. Update: those two, what the balancer needs (`weights [T]` or see `sharedDirection`), `schedule [1, K]`,
 * `decay [P]` and where wanted `rates [P]`, the carried vectors → the same as `<name>.next`.
 */
export function alternatingGraphs(spec: ModelSpec, options: AlternatingOptions): AlternatingGraphs {
  const dtype = options.dtype ?? "float32";
  const layout = trainLayout(spec, options.balancer);
  const size = parameterCount(layout);
  const { tables, draw: drawOfBatch } = trainTables(spec, options);
  const { balancer, complete = false } = options;
  const further = furtherBatches(balancer);
  const draw = drawOfBatch * (1 + further);
  const T = spec.tasks.length;

  const whole = Object.fromEntries(
    Object.entries(tables).map(([name, { shape }]) => [name, input(name, dtype, ["rows", ...shape])]),
  );
  const batches = input("batches", "int32", [1, options.batch]);
  const pool = draw > 0 ? [input("pool", dtype, ["pool"]), input("draws", "int64", [1])] : [];
  const noise = noiseCount(spec);
  const told = noise === undefined ? [] : [input(SHARING_STEP, dtype, [1, 1 + noise])];
  const parameters = input("parameters", dtype, [size]);
  const more = further > 0 ? [input(FURTHER, "int32", [1, further, options.batch])] : [];
  const dropped = pool.length > 0 ? dynamicSlice(pool[0]!, reshape(pool[1]!, []), draw) : undefined;
  const batchOf = (rows: Tensor, place: number): TracedBatch => {
    const row = (name: string): Tensor => gather(whole[name]!, rows, 0);
    return tracedBatch(
      { spec, options, layout, dtype },
      {
        parameters,
        encoded: row("encoded"),
        targets: row("targets"),
        ...(!complete && { mask: row("mask") }),
        ...(dropped && {
          dropped:
            further === 0 ? dropped : slice(dropped, [place * drawOfBatch], [(place + 1) * drawOfBatch], [0]),
        }),
        ...(noise !== undefined && { given: { [SHARING_STEP]: reshape(told[0]!, [1 + noise]) } }),
      },
    );
  };
  const { named, traced, losses, present } = batchOf(reshape(batches, [options.batch]), 0);
  const { trunk, others } = byTrunk(layout, named);
  const { jacobian, gramian, shared } = taskGradients(spec, traced, losses, trunk);
  const crossed = Array.from({ length: further }, (_, i) => {
    const rows = reshape(slice(more[0]!, [i], [i + 1], [1]), [options.batch]);
    const batch = batchOf(rows, 1 + i);
    const { trunk: own } = byTrunk(layout, batch.named);
    return wholeJacobian(taskGradients(spec, batch.traced, batch.losses, own).jacobian);
  });
  const sum = reduceSum(losses, [0]);
  const joined = options.heads === "weighted" && architectureOf(spec).couple !== undefined; // a loss may reach others' heads
  const own = layer("heads", () =>
    joined ? gradientsByTask(losses, others) : flatVector(gradients(sum, others)),
  );
  const penalty = penaltyOf(spec, named, traced);
  const gradientOutputs = {
    losses,
    ...(!options.complete && { present }),
    gramian,
    ...(ofFeatures(balancer) && { [FEATURES]: featureGramian(balancer, shared) }),
    ...(further > 0 && { [CROSS]: matmul(crossed[0]!, crossed[1]!, { transposeB: true }) }),
    ...Object.fromEntries(jacobian.map((rows, i) => [blockName(i), rows])),
    others: own,
    ...(penalty && { penalty: penaltyGradient(penalty, [...trunk, ...others]) }),
  };

  const [P0, P1] = [Number(jacobian[0]!.shape[1]), Number(own.shape.at(-1))]; // parameters have sizes
  const J = jacobian.map(({ shape }, i) => input(blockName(i), dtype, shape));
  const ofOthers = input("others", dtype, own.shape);
  const made = layer("balancer", () =>
    sharedDirection(J, { balancer, options: allOptions(balancer, options.balancerOptions), complete }),
  );
  const scalars = stepScalars(options, 1, 1).length;
  const schedule = input("schedule", dtype, [1, scalars]);
  const line = reshape(schedule, [scalars]); // ONNX Runtime splits one line in less time than a matrix
  const decay = input("decay", dtype, [size]);
  const needs = groupNeeds(layout, options.weightDecay, options.parameterGroups);
  const rates = needs.rates ? input("rates", dtype, [size]) : undefined;
  const names = ["parameters", ...stepRule(options).state];
  const carried = names.map((name) => input(name, dtype, [size]));
  const tie = penalty ? input("penalty", dtype, [P0 + P1]) : undefined;
  const weighted = (): Tensor =>
    joined
      ? weightedSum(made.weights, [ofOthers])
      : mul(ofOthers, perParameter(spec, layout, made.weights, dtype));
  const balanced = concat([made.direction, options.heads === "weighted" ? weighted() : ofOthers], 0);
  const gradient = tie ? add(balanced, tie) : balanced;
  const apart = made.stepPerTask ? options.optimizer.transform.state : [];
  const ofTasks = Object.fromEntries(apart.map((name) => [name, input(`balancer.${name}`, dtype, [T, P0])]));
  const each =
    made.stepPerTask &&
    perTask(options.optimizer, {
      jacobian: wholeJacobian(J),
      present: made.present,
      state: ofTasks,
      gradient,
      ...(tie && { penalty: slice(tie, [0], [P0], [0]) }),
      clip: options.clip,
      layout: layout.slice(0, trunk.length),
    });
  const next = updated(
    each ? { ...options, optimizer: each.optimizer } : options,
    layout,
    {
      parameters: carried[0]!,
      state: carried.slice(1),
      scalars: Array.from({ length: scalars }, (_, k) => gather(line, scalar(k, "int64"), 0)),
      decay,
      rates,
    },
    {
      total: sum, // not differentiated, since there is a gradient
      gradient,
      scans: {},
    },
  );
  const zeros = floats(new Float32Array(apart.length > 0 ? T * P0 : 0), [T, P0]);
  const beside = [
    ...Object.entries(made.carried),
    ...Object.entries(each ? each.next : {}).map(
      ([name, after]) => [`balancer.${name}`, { now: ofTasks[name]!, next: after, start: zeros }] as const,
    ),
  ];
  return {
    gradients: {
      inputs: [...Object.values(whole), batches, ...more, ...pool, ...told, parameters],
      outputs: gradientOutputs,
    },
    update: {
      inputs: [
        ...J,
        ofOthers,
        ...(tie ? [tie] : []),
        ...made.given,
        ...made.fed,
        schedule,
        decay,
        ...(rates ? [rates] : []),
        ...carried,
        ...beside.map(([, { now }]) => now),
      ],
      outputs: Object.fromEntries([
        ...names.map((name, i) => [`${name}.next`, next.carried[i]!]),
        ...beside.map(([name, { next: after }]) => [`${name}.next`, after]),
      ]) as Record<string, Tensor>, // entries of both are pairs of these
    },
    given: [...J.map(nameOf), "others", ...(tie ? ["penalty"] : []), ...made.given.map(nameOf)],
    starts: Object.fromEntries(beside.map(([name, { start }]) => [name, start])),
    shared: P0,
    layout,
    carried: [...names, ...beside.map(([name]) => name)],
    kept: (options.average ?? 0) > 0 ? AVERAGE : "parameters",
    scalars,
    draw,
  };
}

const blockName = (i: number): string => (i === 0 ? "jacobian" : `jacobian.${i}`);

const nameOf = ({ node }: Tensor): string => String(node.attributes["name"]);

/** The weight of each parameter's task; 1 for parameters of no single task. */
function perParameter(
  spec: ModelSpec,
  layout: AlternatingGraphs["layout"],
  weights: Tensor,
  dtype: DType,
): Tensor {
  const places = tasksOfParameters(spec, layout);
  const one = constant({
    dtype,
    shape: [1],
    data: dtype === "float64" ? Float64Array.of(1) : Float32Array.of(1),
  });
  return gather(
    concat([weights, one], 0),
    constant({ dtype: "int32", shape: [places.length], data: places }),
    0,
  );
}
