import {
  type DType,
  type Dim,
  type Tensor,
  dynamicSlice,
  gather,
  gradients,
  input,
  layer,
  loop,
  reshape,
  slice,
  toOnnx,
} from "../graph/index.js";
import { type Layout, parameterCount } from "../model/layout.js";
import { AVERAGE } from "./average.js";
import { type Optimizer, type OptimizerOptions, type UpdateRule, updateRule } from "./optimizer.js";
import { groupNeeds } from "./parameter-groups.js";
import { carriedShape, globalNorm } from "./transforms/index.js";

/** How steps are made, whatever the model is. */
export interface StepOptions extends OptimizerOptions {
  readonly optimizer: Optimizer;
  /** Rows in a batch. */
  readonly batch: number;
  /** Largest norm of the whole gradient; 0 for no clipping. */
  readonly clip: number;
  /** Decay of the parameters' moving average, in [0, 1); 0 or absent for none. */
  readonly average?: number;
  /** `float64` only for checks through `evaluate`. */
  readonly dtype?: "float32" | "float64";
}

/** A table of which a step takes the rows of its batch: `[rows, …shape]`. */
export interface TableShape {
  readonly shape: readonly Dim[];
  readonly dtype?: DType;
}

/** What an objective sees of one step. */
export interface StepContext {
  /** The flat parameters `[P]`. */
  readonly parameters: Tensor;
  /** Rows of each table: `[B, …]`. */
  readonly rows: Readonly<Record<string, Tensor>>;
  /** The step's part of the pool of random values; undefined without a draw. */
  readonly drawn: Tensor | undefined;
  /** The other inputs by name: whole, or the step's part of those with one entry per step. */
  readonly given: Readonly<Record<string, Tensor>>;
}

/** What is optimised in a step, and what is told about it. */
export interface Objective {
  /** The scalar that is differentiated. */
  readonly total: Tensor;
  /** The gradient `[P]`, where the objective has a cheaper one than a plain backward pass; that of `total` when absent. */
  readonly gradient?: Tensor;
  /** Told for every step, stacked along a new first axis. */
  readonly scans: Readonly<Record<string, Tensor>>;
  /** From the parameters `[P]` after the step to what is remembered for the next one, where anything is. */
  readonly after?: (parameters: Tensor) => Tensor;
}

/** A looped training graph and what its inputs are called. */
export interface StepLoop {
  readonly inputs: readonly Tensor[];
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly layout: Layout;
  /**
   * Names of the carried vectors: the parameters first, then the optimiser's state, then the average if there is one; at last what
   * is remembered of tasks, if anything.
   */
  readonly carried: readonly string[];
  /** The carried vector that is validated and kept. */
  readonly kept: "parameters" | typeof AVERAGE;
  /** Number of scalars a step needs. */
  readonly scalars: number;
  /** Number of values one step takes from the pool of random values; 0 for none. */
  readonly draw: number;
}

/** What `stepLoop` is made of. */
export interface StepLoopParts {
  readonly layout: Layout;
  readonly options: StepOptions;
  readonly tables: Readonly<Record<string, TableShape>>;
  /** Random values that a step takes from the pool. */
  readonly draw?: number;
  /** Other inputs that every step sees whole: `[…shape]`. */
  readonly whole?: Readonly<Record<string, TableShape>>;
  /** Other inputs with one entry per step: `[S, …shape]`. */
  readonly perStep?: Readonly<Record<string, TableShape>>;
  /** What goes round beside the vectors, among what an objective is given, and is renewed by its `after`. */
  readonly remembered?: { readonly name: string; readonly shape: readonly number[] };
  readonly objective: (context: StepContext) => Objective;
}

/**
 * Traces S training steps of any model as one loop: batch, objective, backward, clipping, update.
 *
 * Inputs: each table `[rows, …]`, those given beside them, `batches [S, B]` row numbers, `schedule [S, K]` what `stepScalars` gives, `steps` (S),
 * with a draw `pool [Q]` of random values and `draws [S]` where in it a step begins, `decay [P]` and where parameter groups
 * want it `rates [P]`, as `groupVectors` gives them, and the carried vectors.
 * Outputs: the carried vectors as `<name>.next`, the objective's scans `[S, …]`, and with clipping `gradient-norm [S]`. How
 * the steps are cut into runs does not change the result.
 */
export function stepLoop(parts: StepLoopParts): StepLoop {
  const { layout, options, tables, draw = 0, objective } = parts;
  const dtype = options.dtype ?? "float32";
  const size = parameterCount(layout);
  const scalars = stepScalars(options, 1, 1).length;
  const averaging = (options.average ?? 0) > 0;
  const inputsOf = (shapes: Readonly<Record<string, TableShape>> = {}, ...first: readonly Dim[]) =>
    Object.fromEntries(
      Object.entries(shapes).map(([name, one]) => [
        name,
        input(name, one.dtype ?? dtype, [...first, ...one.shape]),
      ]),
    );
  const sources = inputsOf(tables, "rows");
  const whole = inputsOf(parts.whole);
  const perStep = inputsOf(parts.perStep, "steps");
  const batches = input("batches", "int32", ["steps", options.batch]);
  const schedule = input("schedule", dtype, ["steps", scalars]);
  const steps = input("steps", "int64", []);
  const decay = input("decay", dtype, [size]);
  const needs = groupNeeds(layout, options.weightDecay, options.parameterGroups);
  const factors = needs.rates ? [input("rates", dtype, [size])] : [];
  const pool = draw > 0 ? [input("pool", dtype, ["pool"]), input("draws", "int64", ["steps"])] : [];
  const names = ["parameters", ...stepRule(options).state];
  const vectors = names.map((name) => input(name, dtype, [size]));
  const { remembered } = parts;
  const memory = remembered ? [input(remembered.name, dtype, remembered.shape)] : [];
  const blocks = carriedShape(size);

  const rates = Array.from({ length: scalars }, (_, k) =>
    reshape(slice(schedule, [k], [k + 1], [1]), ["steps"]),
  );

  let scans: readonly string[] = [];
  const result = loop({
    trips: steps,
    carried: [...vectors.map((vector) => shaped(vector, blocks)), ...memory],
    body: (step, handed) => {
      const [parameters, ...state] = handed.slice(0, names.length).map((vector) => shaped(vector, [size]));
      const rows = gather(batches, step, 0); // [B]
      const now = rates.map((column) => gather(column, step, 0)); // K scalars
      const objectiveNow = objective({
        parameters: parameters!,
        rows: Object.fromEntries(
          Object.entries(sources).map(([name, table]) => [name, gather(table, rows, 0)]),
        ),
        drawn: pool.length > 0 ? dynamicSlice(pool[0]!, gather(pool[1]!, step, 0), draw) : undefined,
        given: {
          ...whole,
          ...Object.fromEntries(Object.entries(perStep).map(([name, all]) => [name, gather(all, step, 0)])),
          ...(remembered && { [remembered.name]: handed.at(-1)! }),
        },
      });
      const next = updated(
        options,
        layout,
        {
          parameters: parameters!,
          state,
          scalars: now,
          decay,
          rates: factors[0],
        },
        objectiveNow,
      );
      scans = Object.keys(next.scans);
      return {
        carried: [
          ...next.carried.map((vector) => shaped(vector, blocks)),
          ...(remembered ? [objectiveNow.after!(next.carried[0]!)] : []), // who remembers says how
        ],
        scans: Object.values(next.scans),
      };
    },
  });
  return {
    inputs: [
      ...[sources, whole, perStep].flatMap((one) => Object.values(one)),
      batches,
      schedule,
      steps,
      decay,
      ...factors,
      ...pool,
      ...vectors,
      ...memory,
    ],
    outputs: {
      ...Object.fromEntries(names.map((name, i) => [`${name}.next`, shaped(result.carried[i]!, [size])])),
      ...(remembered && { [`${remembered.name}.next`]: result.carried.at(-1)! }),
      ...Object.fromEntries(scans.map((name, i) => [name, result.scans[i]!])),
    },
    layout,
    carried: [...names, ...(remembered ? [remembered.name] : [])],
    kept: averaging ? AVERAGE : "parameters",
    scalars,
    draw,
  };
}

/** Where a step stands: the carried vectors `[P]`, the step's scalars, and what `groupVectors` gives. */
export interface StepState {
  readonly parameters: Tensor;
  /** The optimiser's state vectors, then the average if there is one. */
  readonly state: readonly Tensor[];
  readonly scalars: readonly Tensor[];
  /** Strength of weight decay `[P]`, looked at only where there is any. */
  readonly decay: Tensor;
  /** Factors of the learning rate `[P]`; absent where all are 1. */
  readonly rates?: Tensor | undefined;
}

/** Backward pass, clipping and update of one step: the carried vectors after it, and what is told about it. */
export function updated(
  options: StepOptions,
  layout: Layout,
  { parameters, state, scalars, decay, rates }: StepState,
  { total, gradient, scans }: Objective,
): { carried: Tensor[]; scans: Record<string, Tensor> } {
  const rule = stepRule(options);
  const raw = gradient ?? gradients(total, [parameters])[0]!;
  const norm = options.clip > 0 ? layer("clip", () => globalNorm(raw)) : undefined;
  const named = Object.fromEntries(rule.state.map((name, i) => [name, state[i]!]));
  const next = layer("optimizer", () =>
    rule.update({
      parameters,
      gradient: raw,
      state: named,
      scalars,
      rates,
      layout,
      decay: options.weightDecay > 0 ? decay : undefined,
    }),
  );
  return {
    carried: [next.parameters, ...rule.state.map((name) => next.state[name]!)],
    scans: { ...scans, ...(norm && { "gradient-norm": norm }) },
  };
}

/** The whole update of a step: clipping, the optimiser, the moving average. */
export const stepRule = ({
  optimizer,
  clip = 0,
  average = 0,
}: Pick<StepOptions, "optimizer" | "average"> & Partial<Pick<StepOptions, "clip">>): UpdateRule =>
  updateRule(optimizer.transform, { clip, average });

/** The scalars of one step, counted from 1: the optimiser's, then the share of the newest parameters in their average. */
export const stepScalars = (
  options: Parameters<typeof stepRule>[0],
  step: number,
  learningRate: number,
): number[] => stepRule(options).scalars(step, learningRate);

/** The training graph as ONNX. */
export const trainOnnx = (graph: Pick<StepLoop, "inputs" | "outputs">): Uint8Array =>
  toOnnx({ name: "training", inputs: graph.inputs, outputs: graph.outputs });

const shaped = (vector: Tensor, shape: readonly number[]): Tensor =>
  vector.shape.length === shape.length ? vector : reshape(vector, shape);
