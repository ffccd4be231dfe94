import { seededRandom } from "../src/base/random.js";
import { initialParameters } from "../src/model/layout.js";
import type { Runtime } from "../src/runtime/runtime.js";
import type { BalancerSlug } from "../src/training/balancers/index.js";
import { OPTIMIZERS } from "../src/training/optimizers/index.js";
import { openSteps, startVectors, tracedSteps } from "../src/training/steps.js";
import { type Clock, type OpenedSteps, batchRows, count, float32, heldTables, specOf } from "./step-ours.js";
import type { StepShape } from "./step-shape.js";

/** Opens training steps as a fit opens them, by a method of balancing, for a model in which every row has every label. */
export async function openBalancedSteps(
  runtime: Runtime,
  shape: StepShape,
  balancer: BalancerSlug,
  clock: Clock,
): Promise<OpenedSteps> {
  const spec = specOf(shape);
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
    ...startVectors(graph, start.length),
  });
  const carry = Object.fromEntries(graph.carried.map((name) => [`${name}.next`, name]));
  let taken = 0;
  const run = async (steps: number): Promise<number> => {
    const scalars = Array.from({ length: steps }, (_, i) =>
      OPTIMIZERS.adam.scalars(taken + i + 1, 1e-3),
    ).flat();
    const feeds = {
      batches: batchRows(random, steps, shape),
      schedule: float32(Float32Array.from(scalars), [steps, graph.scalars]),
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
