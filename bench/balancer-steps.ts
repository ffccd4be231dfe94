import { type Random, seededRandom } from "../src/base/random.js";
import type { TensorValue } from "../src/graph/index.js";
import { initialParameters } from "../src/model/layout.js";
import type { SharingArchitecture } from "../src/model/sharing/architecture.js";
import { ARCHITECTURES } from "../src/model/sharing/index.js";
import { type ModelSpec, type SharingChoice, TASK_EMBEDDING_WIDTH } from "../src/model/spec.js";
import type { Runtime } from "../src/runtime/runtime.js";
import { BALANCER_NORMALS, needsNormals, normalsOf } from "../src/training/balancer-inputs.js";
import { holdMemory, startMemory } from "../src/training/balancer-memory.js";
import type { BalancerSlug } from "../src/training/balancers/index.js";
import { FURTHER, furtherBatches } from "../src/training/gradient-needs.js";
import { groupVectors } from "../src/training/parameter-groups.js";
import { OPTIMIZERS } from "../src/training/optimizers/index.js";
import { SHARING_STEP, noiseCount, sharingSteps } from "../src/training/sharing-inputs.js";
import { openSteps, startVectors, tracedSteps } from "../src/training/steps.js";
import { type Clock, type OpenedSteps, batchRows, count, float32, heldTables, specOf } from "./step-ours.js";
import type { StepShape } from "./step-shape.js";

/**
 * Opens training steps as a fit opens them, by a method of balancing and a way of sharing, for a model in which every row has every
 * label.
 */
export async function openBalancedSteps(
  runtime: Runtime,
  shape: StepShape,
  balancer: BalancerSlug,
  clock: Clock,
  sharing?: SharingChoice,
): Promise<OpenedSteps> {
  const plain = specOf(shape);
  const spec = sharing ? { ...linked(plain, sharing), embedding: TASK_EMBEDDING_WIDTH, sharing } : plain;
  const noise = noiseCount(spec);
  const options = {
    optimizer: "adam",
    balancer,
    epochs: 1,
    patience: 1,
    batch: shape.batch,
    learningRate: 1e-3,
    weightDecay: 0,
    warmup: 0,
    clip: 0,
    dropout: 0,
    refit: false,
    seed: 0,
  } as const;
  const graph = tracedSteps(spec, options, true);
  const session = await openSteps(graph, spec, options, { runtime, stepsPerEpoch: shape.steps, seed: 0 });
  const random = seededRandom(0, "bench");
  const start = initialParameters(graph.layout, random);
  await session.hold({
    ...heldTables(random, shape, start.length),
    parameters: float32(start, [start.length]),
    ...startVectors(graph, { size: start.length, tasks: spec.tasks.length }),
  });
  const { rates } = groupVectors(graph.layout, options.weightDecay);
  if (rates) await session.hold({ rates: float32(rates, [rates.length]) });
  const { length: tasks } = spec.tasks;
  await holdMemory(session, startMemory(graph.balancer, tasks), tasks);
  const carry = Object.fromEntries(graph.carried.map((name) => [`${name}.next`, name]));
  const further = furtherBatches(graph.balancer);
  let taken = 0;
  const run = async (steps: number): Promise<number> => {
    const scalars = Array.from({ length: steps }, (_, i) =>
      OPTIMIZERS.adam.scalars(taken + i + 1, 1e-3),
    ).flat();
    const feeds = {
      batches: batchRows(random, steps, shape),
      ...(further > 0 && { [FURTHER]: furtherRows(random, steps, shape, further) }),
      schedule: float32(Float32Array.from(scalars), [steps, graph.scalars]),
      ...(noise !== undefined && {
        [SHARING_STEP]: float32(
          sharingSteps(noise, steps, () => 0.5, random),
          [steps, 1 + noise],
        ),
      }),
      ...(needsNormals(graph.balancer) && {
        [BALANCER_NORMALS]: float32(normalsOf(random, steps * tasks), [steps, tasks]),
      }),
      ...(graph.loop ? { steps: count(steps) } : { before: count(taken) }),
    };
    taken += steps;
    const before = clock();
    const { losses } = await session.run(feeds, { outputs: graph.told, carry });
    const spent = clock() - before;
    if ((losses!.data as Float32Array).some(Number.isNaN)) throw new Error("a loss is not a number");
    return spent / steps;
  };
  return { run, close: () => session.close() };
}

/** Rows of further batches of each step `[S, n, B]`. */
function furtherRows(random: Random, steps: number, shape: StepShape, n: number): TensorValue {
  const { dtype, data } = batchRows(random, steps * n, shape);
  return { dtype, shape: [steps, n, shape.batch], data };
}

/** For a way of sharing that goes along links: the same tasks as steps one after another, of two classes each. */
function linked(spec: ModelSpec, { architecture }: SharingChoice): ModelSpec {
  const { lacks }: SharingArchitecture = ARCHITECTURES[architecture];
  if (lacks === undefined) return spec;
  const coding = {
    kind: "binary",
    classes: ["no", "yes"],
    classType: "string",
    priors: [0.5, 0.5],
    labelled: 1,
  } as const;
  return {
    ...spec,
    tasks: spec.tasks.map(({ name }) => ({ name, coding })),
    links: spec.tasks
      .slice(1)
      .map(({ name }, i) => ({ kind: "parent-child", from: spec.tasks[i]!.name, to: name })),
  };
}
