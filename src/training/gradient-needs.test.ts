import { describe, expect, it } from "vitest";
import { PLAIN } from "../../test/fixtures/plain-model.js";
import { THREE_TASKS } from "../../test/fixtures/three-tasks.js";
import { seededRandom } from "../base/random.js";
import {
  type TensorValue,
  evaluate,
  gradients,
  gramian,
  input,
  reshape,
  slice,
  concat,
} from "../graph/index.js";
import { parameterCount } from "../model/layout.js";
import type { ModelSpec } from "../model/spec.js";
import { alternatingGraphs } from "./alternating-graphs.js";
import { GRAMIAN_BALANCERS } from "./balancers/index.js";
import { OPTIMIZERS } from "./optimizers/index.js";
import { tracedBatch, trainLayout } from "./train-graph.js";

const [ROWS, BATCH, T] = [12, 4, 3];
const spec: ModelSpec = { ...THREE_TASKS, ...PLAIN, members: 2, trunk: [4, 5] };
const options = {
  optimizer: OPTIMIZERS.sgd,
  batch: BATCH,
  clip: 0,
  dropout: 0,
  weightDecay: 0,
  dtype: "float64",
  heads: "own",
} as const;

const doubles = (data: readonly number[], shape: readonly number[]): TensorValue => ({
  dtype: "float64",
  shape,
  data: Float64Array.from(data),
});
const numbers = (value: TensorValue | undefined): number[] => Array.from(value!.data as Float64Array);

function setUp() {
  const random = seededRandom(6);
  const fill = (length: number, draw: () => number): number[] => Array.from({ length }, draw);
  const size = parameterCount(trainLayout(spec, GRAMIAN_BALANCERS.modo));
  return {
    encoded: doubles(
      fill(ROWS * 3, () => random.normal()),
      [ROWS, 3],
    ),
    targets: doubles(
      fill(ROWS * T, () => random.integer(2)),
      [ROWS, T],
    ),
    mask: doubles(
      fill(ROWS * T, () => Number(random.uniform() < 0.8)),
      [ROWS, T],
    ),
    parameters: doubles(
      fill(size, () => 0.5 * random.normal()),
      [size],
    ),
  };
}
const rowsOf = (rows: readonly number[], shape: readonly number[]): TensorValue => ({
  dtype: "int32",
  shape,
  data: Int32Array.from(rows),
});

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  found.forEach((x, i) => expect(x, `entry ${i}`).toBeCloseTo(expected[i]!, 10));
}

describe("what a balancer of gradients needs beside them", () => {
  it("from two further batches is the product of their Jacobians, of each alone", () => {
    const values = setUp();
    const [own, first, second] = [
      [0, 1, 2, 3],
      [4, 5, 6, 0],
      [8, 9, 10, 11],
    ] as const;
    const three = alternatingGraphs(spec, { ...options, balancer: GRAMIAN_BALANCERS.modo });
    const found = evaluate(three.gradients.outputs, {
      ...values,
      batches: rowsOf(own, [1, BATCH]),
      further: rowsOf([...first, ...second], [1, 2, BATCH]),
    });
    const alone = (rows: readonly number[]): number[][] => {
      const graph = alternatingGraphs(spec, { ...options, balancer: GRAMIAN_BALANCERS.mgda });
      const { jacobian } = evaluate(graph.gradients.outputs, {
        ...values,
        batches: rowsOf(rows, [1, BATCH]),
      });
      const all = numbers(jacobian);
      const P0 = all.length / T;
      return Array.from({ length: T }, (_, t) => all.slice(t * P0, (t + 1) * P0));
    };
    const [J1, J2] = [alone(first), alone(second)];
    const product = J1.flatMap((a) => J2.map((b) => a.reduce((sum, x, p) => sum + x * b[p]!, 0)));
    expectClose(numbers(found["cross"]), product);
    expectClose(numbers(found["jacobian"]), alone(own).flat());
    expect(product.some((x) => Math.abs(x) > 0.01)).toBe(true);
  });

  it("in the shared features is the Gramian of the gradients of each loss by itself", () => {
    const values = setUp();
    const rows = [0, 3, 5, 7];
    const graph = alternatingGraphs(spec, { ...options, balancer: GRAMIAN_BALANCERS["mgda-ub"] });
    const found = evaluate(graph.gradients.outputs, { ...values, batches: rowsOf(rows, [1, BATCH]) });
    const layout = trainLayout(spec, GRAMIAN_BALANCERS["mgda-ub"]);
    const part = (name: "encoded" | "targets" | "mask"): TensorValue => {
      const all = numbers(values[name]);
      return doubles(
        rows.flatMap((row) => all.slice(row * 3, row * 3 + 3)),
        [BATCH, 3],
      );
    };
    const batch = {
      parameters: input("parameters", "float64", values.parameters.shape as number[]),
      encoded: input("encoded", "float64", [BATCH, 3]),
      targets: input("targets", "float64", [BATCH, 3]),
      mask: input("mask", "float64", [BATCH, 3]),
    };
    const { traced, losses } = tracedBatch({ spec, options, layout, dtype: "float64" }, batch);
    const each = Array.from({ length: T }, (_, t) => {
      const [ofShared] = gradients(reshape(slice(losses, [t], [t + 1], [0]), []), [traced.shared!]);
      return reshape(ofShared!, [1, 2 * BATCH * 5]);
    });
    const { one } = evaluate(
      { one: gramian([concat(each, 0)]) },
      {
        parameters: values.parameters,
        encoded: part("encoded"),
        targets: part("targets"),
        mask: part("mask"),
      },
    );
    expectClose(numbers(found["features"]), numbers(one));
  });

  it("in features cannot be had where each task has its own", () => {
    const own: ModelSpec = { ...spec, sharing: { architecture: "mmoe" } };
    expect(() => alternatingGraphs(own, { ...options, balancer: GRAMIAN_BALANCERS["mgda-ub"] })).toThrow(
      /balance mgda-ub needs features that all tasks share/,
    );
  });
});
