import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import { type Tensor, type TensorValue, evaluate, gradients, input, reshape, slice } from "../graph/index.js";
import { parameterCount } from "../model/layout.js";
import type { ModelSpec } from "../model/spec.js";
import { MODEL_SHAPES, manyTasks } from "../../test/fixtures/model-shapes.js";
import { PLAIN } from "../../test/fixtures/plain-model.js";
import { LOSS_BALANCERS } from "./balancers/index.js";
import { OPTIMIZERS } from "./optimizers/index.js";
import { type TrainGraphOptions, batchObjective, trainLayout } from "./train-graph.js";

const ROWS = 6;
const shapes = fc.record({
  ...MODEL_SHAPES,
  balancer: fc.constantFrom("equal" as const, "uncertainty" as const),
  wide: fc.constantFrom(
    {},
    {
      numbers: { places: [2, 0], frequencies: 2, width: 3, scale: 0.3 },
      trunk: [5, 5],
      blocks: "residual" as const,
    },
  ),
});

describe("the tasks' own gradients", () => {
  it("have as Gramian the inner products of their gradients one by one, and add up to the gradient of the objective", () => {
    fc.assert(
      fc.property(shapes, ({ seed, balancer, wide, ...shape }) => {
        const links = [
          { kind: "same-kind" as const, from: shape.tasks[0]!.name, to: shape.tasks.at(-1)!.name },
        ];
        const tied = shape.tie > 0 && shape.tasks.every(({ coding }) => coding.kind === "regression");
        const spec: ModelSpec = {
          inputs: 3,
          trunk: [4, 5],
          ...PLAIN,
          ...shape,
          ...wide,
          links: tied ? links : [],
        };
        const found = traced(spec, balancer, seed);
        expect(found["gramian"]).toHaveLength(spec.tasks.length ** 2);
        expectClose(found["gramian"]!, found["one-by-one"]!);
        expectClose(found["gradient"]!, found["plain"]!);
      }),
      { numRuns: 25 },
    );
  });

  it("are the same with so many tasks that their rows come in blocks", () => {
    const tasks = manyTasks(100);
    const spec: ModelSpec = { inputs: 3, trunk: [4, 5], ...PLAIN, tasks, links: [] };
    const found = traced(spec, "equal", 1);
    expect(found["gramian"]).toHaveLength(100 ** 2);
    expectClose(found["gramian"]!, found["one-by-one"]!);
    expectClose(found["gradient"]!, found["plain"]!);
  });
});

/** The Gramian and the gradient both ways, evaluated at random parameters and rows. */
function traced(
  spec: ModelSpec,
  balancer: keyof typeof LOSS_BALANCERS,
  seed: number,
): Record<string, Float64Array> {
  const options: TrainGraphOptions = {
    optimizer: OPTIMIZERS.adam,
    balancer: LOSS_BALANCERS[balancer],
    batch: ROWS,
    clip: 0,
    dropout: 0,
    weightDecay: 0,
    gramian: true,
  };
  const layout = trainLayout(spec, options.balancer);
  const width = spec.tasks.length + (spec.tasks.some(({ coding }) => coding.kind === "clustering") ? 1 : 0);
  const batch = {
    parameters: input("parameters", "float64", [parameterCount(layout)]),
    encoded: input("encoded", "float64", [ROWS, spec.inputs]),
    targets: input("targets", "float64", [ROWS, width]),
    mask: input("mask", "float64", [ROWS, spec.tasks.length]),
  };
  const context = { spec, options, layout, dtype: "float64" as const };
  const { total, losses, gradient, gramian: together } = batchObjective(context, batch);
  const trunk = layout
    .filter(({ name }) => name.startsWith("trunk."))
    .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const rows = spec.tasks.map((_, t): Tensor => {
    const loss = reshape(slice(losses, [t], [t + 1], [0]), []);
    return slice(gradients(loss, [batch.parameters])[0]!, [0], [trunk], [0]); // the trunk comes first
  });
  const stacked = rows.map((row) => reshape(row, [1, trunk]));
  const outputs: Record<string, Tensor> = {
    gramian: together!,
    gradient: gradient!,
    plain: gradients(total, [batch.parameters])[0]!,
  };
  stacked.forEach((row, i) => (outputs[`row ${i}`] = row));
  const random = seededRandom(seed, "task gradients");
  const feeds = Object.fromEntries(
    Object.entries(batch).map(([name, { shape }]): [string, TensorValue] => {
      const size = shape.reduce<number>((product, dim) => product * Number(dim), 1);
      const draw = name === "parameters" ? () => random.normal() * 0.5 : () => Number(random.uniform() < 0.7);
      const data = Float64Array.from({ length: size }, name === "encoded" ? () => random.normal() : draw);
      return [name, { dtype: "float64", shape: shape as number[], data }];
    }),
  );
  const values = evaluate(outputs, feeds);
  const ofRow = (i: number): Float64Array => values[`row ${i}`]!.data as Float64Array;
  const oneByOne = rows.flatMap((_, i) =>
    rows.map((__, j) => ofRow(i).reduce((sum, x, k) => sum + x * ofRow(j)[k]!, 0)),
  );
  return {
    gramian: values["gramian"]!.data as Float64Array,
    gradient: values["gradient"]!.data as Float64Array,
    plain: values["plain"]!.data as Float64Array,
    "one-by-one": Float64Array.from(oneByOne),
  };
}

function expectClose(found: Float64Array, expected: Float64Array): void {
  expect(found.length).toBe(expected.length);
  found.forEach((x, i) =>
    expect(Math.abs(x - expected[i]!)).toBeLessThan(1e-10 * Math.max(1, Math.abs(expected[i]!))),
  );
}
