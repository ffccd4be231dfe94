import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import { type TensorValue, constant, evaluate, mul, reduceSum } from "../graph/index.js";
import { type Layout, parameterCount } from "../model/layout.js";
import { sizeOf } from "../model/parameter.js";
import type { SharingArchitecture } from "../model/sharing/architecture.js";
import { ARCHITECTURES, type SharingSlug } from "../model/sharing/index.js";
import { architectureOf } from "../model/sharing-of.js";
import type { ModelSpec, SharingChoice } from "../model/spec.js";
import type { Task } from "../tasks/task-kind.js";
import { MODEL_SHAPES, manyTasks } from "../../test/fixtures/model-shapes.js";
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
type Shape = typeof shapes extends fc.Arbitrary<infer T> ? T : never;
/** Steps of a funnel. */
const STEPS: Task[] = ["seen", "clicked", "bought"].map((name) => ({
  name,
  coding: { kind: "binary", classes: ["n", "y"], classType: "string", priors: [0.4, 0.6], labelled: 9 },
}));
const ALL = Object.values<SharingArchitecture>(ARCHITECTURES);
/** The ways of sharing that any tasks allow, and those that parent-child links are for. */
const anyTasks = ALL.filter(({ lacks }) => lacks === undefined).map(({ slug }) => slug as SharingSlug);
const linkedTasks = ALL.filter(({ lacks }) => lacks !== undefined).map(({ slug, options }) => ({
  architecture: slug as SharingSlug,
  options: "gradient" in options ? { gradient: 1 } : {}, // so that a loss reaches another task's head
}));

describe("a step in two graphs", () => {
  it.each(anyTasks)(
    "updates the trunk by the weighted sum of the tasks' gradients, and heads by their own or by the weighted ones: %s",
    (architecture) => {
      fc.assert(
        fc.property(shapes, (shape) => {
          const tied = shape.tie > 0 && shape.tasks.every(({ coding }) => coding.kind === "regression");
          const ends = { from: shape.tasks[0]!.name, to: shape.tasks.at(-1)!.name };
          expectTwoGraphs({ architecture }, shape, tied ? [{ kind: "same-kind", ...ends }] : []);
        }),
        { numRuns: 12 },
      );
    },
  );

  it.each(linkedTasks)("does so for tasks that follow each other: $architecture", (sharing) => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const links = STEPS.slice(1).map((task, i) => ({
          kind: "parent-child" as const,
          from: STEPS[i]!.name,
          to: task.name,
        }));
        expectTwoGraphs(sharing, { ...shape, tasks: STEPS }, links);
      }),
      { numRuns: 12 },
    );
  });

  it("weighs every task's gradient where there are so many that they come in blocks", () => {
    const tasks = manyTasks(50);
    const spec: ModelSpec = { inputs: 3, trunk: [4, 5], ...PLAIN, tasks, links: [] };
    const weights = Float64Array.from(tasks, (_, t) => t / 20 - 1);
    const settings = { optimizer: OPTIMIZERS.sgd, batch: BATCH, clip: 0, dropout: 0, weightDecay: 0.1 };
    const values = startValues(spec, "sgd", 1);
    const { parameters } = alternately(spec, { ...settings, heads: "own" }, weights, values);
    const trunk = [0, 3 * 4 + 4 + 4 * 5 + 5] as const;
    const expected = together(spec, settings, weights, values);
    expectClose(parameters.slice(...trunk), expected.slice(...trunk), "trunk");
  });
});

/** A step in two graphs changes a model as two looped steps tell. */
function expectTwoGraphs(
  sharing: SharingChoice,
  { seed, heads, optimizer, ...shape }: Shape,
  links: ModelSpec["links"],
): void {
  const spec: ModelSpec = { inputs: 3, trunk: [4, 5], ...PLAIN, ...shape, links, sharing };
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
    const own = name === "tasks.gain" && architectureOf(spec).couple === undefined; // of no single task
    const expected = name.startsWith("trunk.") || (heads === "weighted" && !own) ? weighted : plain;
    expectClose(both.parameters.slice(...range), expected.slice(...range), name);
  }
}

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
