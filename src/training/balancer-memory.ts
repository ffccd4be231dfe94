import type { Session } from "../runtime/runtime.js";
import type { Balancer, BalancerOptions } from "./balancer.js";
import { BALANCER_MEMORY } from "./balancer-inputs.js";
import { allOptions } from "../base/method-options.js";
import { floats } from "./training-data.js";

/** What a balancer remembers of T tasks between epochs at the start of a training `[n, T]`; empty where it has no memory. */
export const startMemory = (balancer: Balancer, tasks: number): Float32Array =>
  (balancer.needs === "losses" && balancer.memory?.start(tasks)) || new Float32Array();

/** What of a training under way the balancer's memory has to do with. */
export interface Remembering {
  readonly graph: { readonly balancer: Balancer };
  readonly session: Pick<Session, "hold">;
  readonly options: { readonly balancerOptions?: BalancerOptions };
  /** In the order of the losses. */
  readonly taskNames: readonly string[];
  readonly memory: Float32Array;
}

/** Gives the training session its balancer's memory, if there is any. */
export async function holdMemory(
  session: Pick<Session, "hold">,
  memory: Float32Array,
  tasks: number,
): Promise<void> {
  if (memory.length > 0)
    await session.hold({ [BALANCER_MEMORY]: floats(memory, [memory.length / tasks, tasks]) });
}

/** Lets the balancer learn from an epoch that is over, given its mean training loss by task name. */
export async function rememberEpoch(
  run: Remembering,
  epoch: number,
  means: Readonly<Record<string, number>>,
): Promise<void> {
  const { balancer } = run.graph;
  if (balancer.needs !== "losses" || !balancer.memory) return;
  const losses = Float64Array.from(run.taskNames, (name) => means[name]!);
  const options = allOptions(balancer, run.options.balancerOptions);
  balancer.memory.afterEpoch(run.memory, { epoch, losses, options });
  await holdMemory(run.session, run.memory, run.taskNames.length);
}
