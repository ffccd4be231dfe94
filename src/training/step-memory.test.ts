import { expect, it } from "vitest";
import { PLAIN } from "../../test/fixtures/plain-model.js";
import { seededRandom } from "../base/random.js";
import { type TensorValue, evaluate } from "../graph/index.js";
import { parameterCount } from "../model/layout.js";
import type { ModelSpec } from "../model/spec.js";
import { allOptions } from "../base/method-options.js";
import { BALANCERS, LOSS_BALANCERS } from "./balancers/index.js";
import { OPTIMIZERS } from "./optimizers/index.js";
import { afterStep } from "./step-memory.contract.js";
import { stepScalars } from "./step-loop.js";
import { type TrainGraphOptions, trainGraph } from "./train-graph.js";

const { famo } = LOSS_BALANCERS;
const [ROWS, BATCH] = [7, 4];
const spec: ModelSpec = {
  inputs: 3,
  tasks: ["a", "b", "c"].map((name) => ({
    name,
    coding: { kind: "regression", mean: 0, deviation: 1, labelled: 9 },
  })),
  links: [],
  trunk: [4],
  ...PLAIN,
};
const options: TrainGraphOptions = {
  optimizer: OPTIMIZERS.sgd,
  balancer: BALANCERS.famo,
  batch: BATCH,
  clip: 0,
  dropout: 0.5,
  weightDecay: 0,
  dtype: "float64",
};

const doubles = (data: ArrayLike<number>, shape: readonly number[]): TensorValue => ({
  dtype: "float64",
  shape,
  data: Float64Array.from(data),
});
const numbers = (value: TensorValue | undefined): number[] => Array.from(value!.data as Float64Array);

it("a step shows a balancer that learns from steps the losses of its own batch and dropout before and after it", () => {
  const random = seededRandom(3);
  const graph = trainGraph(spec, options);
  const size = parameterCount(graph.layout);
  const fill = (length: number, draw: () => number): number[] => Array.from({ length }, draw);
  const tables = {
    encoded: doubles(
      fill(ROWS * 3, () => random.normal()),
      [ROWS, 3],
    ),
    targets: doubles(
      fill(ROWS * 3, () => random.normal()),
      [ROWS, 3],
    ),
    mask: doubles(
      fill(ROWS * 3, () => 1).map((one, at) => (at % 3 === 1 ? 0 : one)),
      [ROWS, 3],
    ),
    pool: doubles(
      fill(graph.draw + 9, () => 2 * random.integer(2)),
      [graph.draw + 9],
    ),
    decay: doubles(
      fill(size, () => 0),
      [size],
    ),
  };
  const run = (carried: Record<string, TensorValue>, batch: readonly number[], draw: number) =>
    evaluate(graph.outputs, {
      ...tables,
      ...carried,
      batches: { dtype: "int32", shape: [1, BATCH], data: Int32Array.from(batch) },
      draws: { dtype: "int64", shape: [1], data: BigInt64Array.of(BigInt(draw)) },
      steps: { dtype: "int64", shape: [], data: BigInt64Array.of(1n) },
      schedule: doubles(stepScalars(options, 1, 0.1), [1, graph.scalars]),
    });
  expect(graph.carried).toEqual(["parameters", "velocity", "balancer.memory"]);
  const start = fill(12, () => 0);
  let carried: Record<string, TensorValue> = {
    parameters: doubles(
      fill(size, () => random.normal()),
      [size],
    ),
    velocity: doubles(
      fill(size, () => 0),
      [size],
    ),
    "balancer.memory": doubles(start, [4, 3]),
  };
  let kept = start;
  for (const [batch, draw] of [
    [[0, 1, 2, 3], 2],
    [[4, 5, 6, 0], 7],
    [[1, 1, 5, 2], 0],
  ] as const) {
    const found = run(carried, batch, draw);
    carried = Object.fromEntries(graph.carried.map((name) => [name, found[`${name}.next`]!]));
    const [before, after] = [found, run(carried, batch, draw)].map(({ losses }) => numbers(losses)) as [
      number[],
      number[],
    ];
    const next = afterStep(
      famo.steps!,
      kept,
      { before, after, present: [1, 0, 1] },
      { options: allOptions(famo) },
    );
    kept = next.map((value, at) => (at % 3 === 1 ? 0 : value));
    numbers(found["balancer.memory.next"]).forEach((value, at) => expect(value).toBeCloseTo(kept[at]!, 12));
    expect(Math.abs(kept[0]!)).toBeGreaterThan(0.001);
  }
});
