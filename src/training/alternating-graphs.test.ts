import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import { type TensorValue, constant, evaluate, mul, reduceSum } from "../graph/index.js";
import { type Layout, parameterCount } from "../model/layout.js";
import { sizeOf } from "../model/parameter.js";
import type { SharingArchitecture } from "../model/sharing/architecture.js";
import { ARCHITECTURES, type SharingSlug } from "../model/sharing/index.js";
import type { ModelSpec } from "../model/spec.js";
import { MODEL_SHAPES } from "../../test/fixtures/model-shapes.js";
import { PLAIN } from "../../test/fixtures/plain-model.js";
import { alternatingGraphs } from "./alternating-graphs.js";
import type { GramianBalancer, LossBalancer } from "./balancer.js";
import { LOSS_BALANCERS } from "./balancers/index.js";
import { OPTIMIZERS } from "./optimizers/index.js";
import { groupVectors } from "./parameter-groups.js";
import { SHARING_STEP, noiseCount } from "./sharing-inputs.js";
import { stepScalars } from "./step-loop.js";
import { trainGraph } from "./train-graph.js";

const [ROWS, BATCH] = [9, 6];
const shapes = fc.record({
  ...MODEL_SHAPES,
  heads: fc.constantFrom("own" as const, "weighted" as const),
  optimizer: fc.constantFrom("sgd" as const, "adamw" as const),
});
/** The ways of sharing that any tasks allow. */
const anyTasks = Object.values<SharingArchitecture>(ARCHITECTURES)
  .filter(({ lacks }) => lacks === undefined)
  .map(({ slug }) => slug as SharingSlug);

describe("a step in two graphs", () => {
  it.each(anyTasks)(
    "updates the trunk by the weighted sum of the tasks' gradients, and heads by their own or by the weighted ones: %s",
    (architecture) => {
      fc.assert(
        fc.property(shapes, ({ seed, heads, optimizer, ...shape }) => {
          const tied = shape.tie > 0 && shape.tasks.every(({ coding }) => coding.kind === "regression");
          const links = tied
            ? [{ kind: "same-kind" as const, from: shape.tasks[0]!.name, to: shape.tasks.at(-1)!.name }]
            : [];
          const spec: ModelSpec = {
            inputs: 3,
            trunk: [4, 5],
            ...PLAIN,
            ...shape,
            links,
            sharing: { architecture },
          };
          const random = seededRandom(seed, "alternating");
          const weights = Float64Array.from(spec.tasks, () => 2 * random.uniform() - 0.3);
          const settings = {
            optimizer: OPTIMIZERS[optimizer],
            batch: BATCH,
            clip: 0,
            dropout: 0,
            weightDecay: 0.1,
          };
          const values = startValues(spec, optimizer, seed);
          const both = alternately(spec, { ...settings, heads }, weights, values);
          const weighted = together(spec, settings, weights, values);
          const plain = together(
            spec,
            settings,
            weights.map(() => 1),
            values,
          );
          let offset = 0;
          for (const { name, shape: size } of both.layout) {
            const range = [offset, (offset += sizeOf(size))] as const;
            const expected =
              name.startsWith("trunk.") || (heads === "weighted" && name !== "tasks.gain") ? weighted : plain;
            expectClose(both.parameters.slice(...range), expected.slice(...range), name);
          }
        }),
        { numRuns: 12 },
      );
    },
  );
});

type Settings = Omit<Parameters<typeof alternatingGraphs>[1], "balancer" | "heads">;
type Start = ReturnType<typeof startValues>;

const doubles = (data: Float64Array, shape: readonly number[]): TensorValue => ({
  dtype: "float64",
  shape,
  data,
});
const layoutOf = (spec: ModelSpec): Layout => trainGraph(spec, optionsOf("sgd")).layout;
const optionsOf = (optimizer: "sgd" | "adamw"): Settings & { balancer: LossBalancer } => ({
  optimizer: OPTIMIZERS[optimizer],
  balancer: LOSS_BALANCERS.equal,
  batch: BATCH,
  clip: 0,
  dropout: 0,
  weightDecay: 0.1,
  dtype: "float64",
});

/** Random tables, parameters and optimiser state by the names both kinds of graph give them. */
function startValues(spec: ModelSpec, optimizer: "sgd" | "adamw", seed: number) {
  const random = seededRandom(seed, "values");
  const size = parameterCount(layoutOf(spec));
  const graph = trainGraph(spec, optionsOf(optimizer));
  const width = spec.tasks.length + (spec.tasks.some(({ coding }) => coding.kind === "clustering") ? 1 : 0);
  const flags = (): number => Number(random.uniform() < 0.7);
  const fill = (length: number, draw: () => number): Float64Array => Float64Array.from({ length }, draw);
  return {
    encoded: doubles(
      fill(ROWS * spec.inputs, () => random.normal()),
      [ROWS, spec.inputs],
    ),
    targets: doubles(fill(ROWS * width, flags), [ROWS, width]),
    mask: doubles(fill(ROWS * spec.tasks.length, flags), [ROWS, spec.tasks.length]),
    batches: {
      dtype: "int32" as const,
      shape: [1, BATCH],
      data: Int32Array.from({ length: BATCH }, () => random.integer(ROWS)),
    },
    schedule: doubles(Float64Array.from(stepScalars(optionsOf(optimizer), 3, 0.01)), [1, graph.scalars]),
    decay: doubles(fill(size, flags), [size]),
    rates: doubles(Float64Array.from(groupVectors(graph.layout, 0).rates ?? fill(size, () => 1)), [size]),
    sharing: doubles(
      fill(1 + (noiseCount(spec) ?? 0), () => 0.1 + 0.8 * random.uniform()),
      [1, 1 + (noiseCount(spec) ?? 0)],
    ),
    carried: Object.fromEntries(
      graph.carried.map((name) => {
        const draw = name === "parameters" ? () => random.normal() * 0.5 : () => random.uniform() * 0.1;
        return [name, doubles(fill(size, draw), [size])];
      }),
    ),
  };
}

/** One step by two graphs. */
function alternately(
  spec: ModelSpec,
  options: Settings & { readonly heads: "own" | "weighted" },
  weights: Float64Array,
  { encoded, targets, mask, batches, schedule, decay, rates, sharing, carried }: Start,
): { layout: Layout; parameters: Float64Array } {
  const balancer: GramianBalancer = {
    slug: "given",
    title: "Given",
    description: "weights that the test gives",
    helps: "nobody",
    paper: "none",
    options: {},
    heads: "own",
    needs: "gramian",
    state: () => new Float64Array(),
    weights: () => weights,
  };
  const graphs = alternatingGraphs(spec, { ...options, balancer, dtype: "float64" });
  const found = evaluate(graphs.gradients.outputs, {
    encoded,
    targets,
    mask,
    batches,
    [SHARING_STEP]: sharing,
    parameters: carried["parameters"]!,
  });
  const given = Object.fromEntries(graphs.given.map((name) => [name, found[name]!]));
  const next = evaluate(graphs.update.outputs, {
    ...given,
    weights: doubles(weights, [weights.length]),
    schedule,
    decay,
    rates,
    ...carried,
  });
  return { layout: graphs.layout, parameters: next["parameters.next"]!.data as Float64Array };
}

/** One step of the looped graph on the weighted sum of the losses. */
function together(
  spec: ModelSpec,
  options: Settings,
  weights: Float64Array,
  { encoded, targets, mask, batches, schedule, decay, rates, sharing, carried }: Start,
): Float64Array {
  const balancer: LossBalancer = {
    ...LOSS_BALANCERS.equal,
    total: ({ losses }) =>
      reduceSum(mul(losses, constant({ dtype: "float64", shape: [weights.length], data: weights })), [0]),
  };
  const graph = trainGraph(spec, { ...options, balancer, dtype: "float64" });
  const steps: TensorValue = { dtype: "int64", shape: [], data: BigInt64Array.of(1n) };
  const told = { [SHARING_STEP]: sharing };
  const feeds = { encoded, targets, mask, batches, schedule, decay, rates, steps, ...told, ...carried };
  return evaluate(graph.outputs, feeds)["parameters.next"]!.data as Float64Array;
}

function expectClose(found: Float64Array, expected: Float64Array, name: string): void {
  found.forEach((x, i) =>
    expect(Math.abs(x - expected[i]!), `${name}[${i}]`).toBeLessThan(
      1e-10 * Math.max(1, Math.abs(expected[i]!)),
    ),
  );
}
