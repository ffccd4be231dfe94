import { nowMs } from "../src/base/clock.js";
import { seededRandom } from "../src/base/random.js";
import type { TensorValue } from "../src/graph/tensor.js";
import { initialParameters } from "../src/model/layout.js";
import type { ModelSpec } from "../src/model/spec.js";
import type { Runtime } from "../src/runtime/runtime.js";
import { BALANCERS } from "../src/training/balancers/index.js";
import { OPTIMIZERS } from "../src/training/optimizers/index.js";
import { trainOnnx } from "../src/training/step-loop.js";
import { type TrainGraphOptions, trainGraph } from "../src/training/train-graph.js";
import type { StepShape } from "./step-shape.js";

/** A clock that only goes forward, in milliseconds. */
export type Clock = () => number;

/** Processor time of this process and its workers, in milliseconds. */
export const processorMs: Clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Runs so many steps; milliseconds per step. */
export type Steps = (steps: number) => Promise<number>;

/** Opened steps and how to let go of them. */
export interface OpenedSteps {
  readonly run: Steps;
  close(): Promise<void>;
}

/** Our opened steps. */
export interface OurSteps extends OpenedSteps {
  /** Length of the parameter vector. */
  readonly parameters: number;
}

/** Opens our looped training graph for a model in which every row has a label for every task. */
export async function openSteps(
  runtime: Runtime,
  shape: StepShape,
  { clock = nowMs, ...extra }: { readonly clock?: Clock } & Pick<TrainGraphOptions, "gramian"> = {},
): Promise<OurSteps> {
  const graph = trainGraph(specOf(shape), {
    optimizer: OPTIMIZERS.adam,
    balancer: BALANCERS.equal,
    batch: shape.batch,
    clip: 0,
    dropout: 0,
    weightDecay: 0,
    complete: true,
    ...extra,
  });
  const session = await runtime.open(trainOnnx(graph));
  const random = seededRandom(0, "bench");
  const start = initialParameters(graph.layout, random);
  await session.hold({
    ...heldTables(random, shape, start.length),
    ...Object.fromEntries(
      graph.carried.map((name) => [
        name,
        float32(name === "parameters" ? start : new Float32Array(start.length), [start.length]),
      ]),
    ),
  });
  const carry = Object.fromEntries(graph.carried.map((name) => [`${name}.next`, name]));
  let taken = 0;
  const run: Steps = async (steps) => {
    const schedule = Array.from({ length: steps }, (_, i) =>
      OPTIMIZERS.adam.scalars(taken + i + 1, 1e-3),
    ).flat();
    const feeds = {
      batches: batchRows(random, steps, shape),
      schedule: float32(Float32Array.from(schedule), [steps, graph.scalars]),
      steps: count(steps),
    };
    taken += steps;
    const before = clock();
    const { losses } = await session.run(feeds, { outputs: ["losses"], carry });
    const spent = clock() - before;
    if ((losses!.data as Float32Array).some(Number.isNaN)) throw new Error("a loss is not a number");
    return spent / steps;
  };
  return { run, parameters: start.length, close: () => session.close() };
}

/** What a training session holds beside its carried vectors of `size` parameters: every row has a label for every task. */
export function heldTables(
  random: { normal(): number },
  { rows, inputs, tasks }: StepShape,
  size: number,
): Record<"encoded" | "targets" | "mask" | "decay", TensorValue> {
  return {
    encoded: normals(random, [rows, inputs]),
    targets: normals(random, [rows, tasks]),
    mask: float32(new Float32Array(rows * tasks).fill(1), [rows, tasks]),
    decay: float32(new Float32Array(size), [size]),
  };
}

/** Row numbers of the batches of so many steps, `[S, B]`. */
export function batchRows(
  random: { integer(below: number): number },
  steps: number,
  { batch, rows }: StepShape,
): TensorValue {
  const data = Int32Array.from({ length: steps * batch }, () => random.integer(rows));
  return { dtype: "int32", shape: [steps, batch], data };
}

/** A number of steps as a loop takes it. */
export const count = (steps: number): TensorValue => ({
  dtype: "int64",
  shape: [],
  data: BigInt64Array.of(BigInt(steps)),
});

/** Standard normal values. */
export function normals(random: { normal(): number }, shape: readonly number[], deviation = 1): TensorValue {
  const size = shape.reduce((product, n) => product * n, 1);
  return float32(
    Float32Array.from({ length: size }, () => random.normal() * deviation),
    shape,
  );
}

/** A float32 tensor. */
export const float32 = (data: Float32Array, shape: readonly number[]): TensorValue => ({
  dtype: "float32",
  shape,
  data,
});

/** The model of a shape: regression tasks, one member, no task vectors. */
export function specOf(shape: StepShape): ModelSpec {
  const coding = { kind: "regression", mean: 0, deviation: 1, labelled: shape.rows } as const;
  return {
    inputs: shape.inputs,
    tasks: Array.from({ length: shape.tasks }, (_, t) => ({ name: `task ${t}`, coding })),
    links: [],
    trunk: shape.trunk,
    initializer: "he-normal",
    members: 1,
    adapter: "input",
    head: shape.head,
    tie: 0,
    embedding: 0,
  };
}
