import { type NonFinite, describeNonFinite, firstNonFinite, layerProbes, toOnnx } from "../graph/index.js";
import type { Runtime, Session, Values } from "../runtime/runtime.js";
import type { StepLoop } from "./step-loop.js";

/** Steps whose losses are not finite, and what they began with. */
export interface FailedSteps {
  readonly graph: Pick<StepLoop, "inputs" | "outputs" | "carried">;
  /** The training session, for what it holds. */
  readonly session: Session;
  readonly runtime: Runtime;
  /** The carried vectors before the first of the steps. */
  readonly before: Values;
  /** What was fed for all of the steps. */
  readonly feeds: Values;
}

/**
 * Runs steps again with a watch on every layer: where numbers first stopped being finite, with the step counted from 0.
 *
 * @returns undefined when all that is watched stays finite this time.
 */
export async function firstBadStep(failed: FailedSteps): Promise<NonFinite | undefined> {
  const { graph, session, runtime, before, feeds } = failed;
  const { probes, outputs } = layerProbes(graph.outputs);
  const model = toOnnx({ name: "probes", inputs: graph.inputs, outputs });
  const given = new Set([...Object.keys(before), ...Object.keys(feeds)]);
  const held = await session.held(session.inputs.filter((name) => !given.has(name)));
  const watched = await runtime.open(model, { beside: session });
  try {
    return firstNonFinite(probes, await watched.run({ ...held, ...before, ...feeds }));
  } finally {
    await watched.close();
  }
}

/** What a message says of it: `: first in step 12, in layer trunk.1 (matmul [64, 32])`. */
export function placeOf(found: NonFinite | undefined, stepsBefore: number): string {
  if (!found) return "";
  const place = describeNonFinite(found);
  return found.step === undefined
    ? `: first in ${place}`
    : `: first in step ${stepsBefore + found.step + 1}, in ${place}`;
}
