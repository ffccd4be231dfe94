import { groupOrder, taskGroups } from "../model/groups.js";
import type { ModelSpec } from "../model/spec.js";
import type { Runtime, Session } from "../runtime/runtime.js";
import type { TensorValue } from "../graph/index.js";
import { openAlternating } from "./alternating-session.js";
import { type AlternatingGraphs, alternatingGraphs } from "./alternating-graphs.js";
import type { Balancer } from "./balancer.js";
import { allOptions } from "../base/method-options.js";
import { BALANCER_MEMORY } from "./balancer-inputs.js";
import { BALANCERS } from "./balancers/index.js";
import type { FitOptions } from "./fitted.js";
import { OPTIMIZERS } from "./optimizers/index.js";
import { type StepLoop, trainOnnx } from "./step-loop.js";
import { trainGraph } from "./train-graph.js";
import { floats } from "./training-data.js";
import { BALANCER_STATE, startState } from "./weights-between.js";

/** The steps of a training, traced: as one looped graph, or as two graphs with the balancer between them. */
export type TracedSteps = Omit<StepLoop, "inputs" | "outputs"> & {
  readonly loop?: StepLoop;
  readonly pair?: AlternatingGraphs;
  readonly balancer: Balancer;
  /** What a run tells. */
  readonly told: readonly string[];
};

/**
 * Traces the steps of a training. A single task needs no balancing: a balancer of gradients or of constant weights then leaves it to the plain loop.
 *
 * @param complete every row has every label.
 */
export function tracedSteps(spec: ModelSpec, options: FitOptions, complete: boolean): TracedSteps {
  const balancer = balancerOf(spec, options);
  const common = { ...options, optimizer: OPTIMIZERS[options.optimizer], complete };
  const told = ["losses", ...(complete ? [] : ["present"])];
  if (balancer.needs === "losses") {
    const loop = trainGraph(spec, { ...common, balancer, weights: weightsOf(spec, options) });
    return { ...loop, loop, balancer, told };
  }
  const pair = alternatingGraphs(spec, { ...common, balancer, heads: options.heads ?? balancer.heads });
  return { ...pair, carried: [...pair.carried, BALANCER_STATE], pair, balancer, told };
}

/** The weights of tasks in the order of the losses. */
function weightsOf(spec: ModelSpec, { taskWeights = {} }: FitOptions): number[] {
  const names = groupOrder(taskGroups(spec)).map((t) => spec.tasks[t]!.name);
  return names.map((name) => (Object.hasOwn(taskWeights, name) ? taskWeights[name]! : 1));
}

/** The balancer that a model of these tasks is trained with. */
export function balancerOf(spec: ModelSpec, { balancer: slug }: Pick<FitOptions, "balancer">): Balancer {
  const balancer: Balancer = BALANCERS[slug];
  const plainAlone = balancer.needs !== "losses" || balancer.plainAlone;
  return plainAlone && spec.tasks.length === 1 ? BALANCERS.equal : balancer;
}

/** Opens the session of traced steps. */
export async function openSteps(
  { loop, pair, balancer }: TracedSteps,
  spec: ModelSpec,
  options: FitOptions,
  {
    runtime,
    stepsPerEpoch,
    seed,
  }: { readonly runtime: Runtime; readonly stepsPerEpoch: number; readonly seed: number },
): Promise<Session> {
  if (loop) return runtime.open(trainOnnx(loop));
  const tasks = spec.tasks.length;
  return openAlternating({
    graphs: pair!, // one of the two is there
    runtime,
    balancer: balancer.slug,
    options: allOptions(balancer, options.balancerOptions),
    tasks,
    state: startState(balancer, tasks),
    uniform: balancer.needs === "jacobian" && balancer.random ? pair!.shared : 0,
    weights: weightsOf(spec, options),
    stepsPerEpoch,
    seed,
  });
}

/** What goes round before the first step, beside the parameters `[size]`. */
export function startVectors(
  { carried, balancer, pair }: TracedSteps,
  { size, tasks }: { readonly size: number; readonly tasks: number },
): Record<string, TensorValue> {
  const { starts = {} } = pair ?? {};
  const others = ["parameters", BALANCER_STATE, BALANCER_MEMORY, ...Object.keys(starts)];
  const vectors = carried.filter((name) => !others.includes(name));
  const memory = balancer.needs === "losses" ? balancer.steps?.start(tasks) : undefined;
  return {
    ...Object.fromEntries(vectors.map((name) => [name, floats(new Float32Array(size), [size])])),
    ...starts,
    ...(memory && { [BALANCER_MEMORY]: floats(memory, [memory.length / tasks, tasks]) }),
  };
}
