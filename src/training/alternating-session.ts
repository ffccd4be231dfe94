import { toOnnx } from "../graph/index.js";
import type { Runtime, Session, Values } from "../runtime/runtime.js";
import type { AlternatingGraphs } from "./alternating-graphs.js";
import { CROSS, FEATURES, FURTHER } from "./gradient-needs.js";
import { SHARING_STEP } from "./sharing-inputs.js";
import { BALANCER_STATE, type WeightsSetup, start } from "./weights-between.js";

/** How a session of two graphs is opened. */
export interface AlternatingSessionOptions extends Omit<WeightsSetup, "state" | "before"> {
  readonly graphs: AlternatingGraphs;
  readonly runtime: Runtime;
  /** What the balancer remembers at the start. */
  readonly state: Float64Array;
}

/**
 * A training whose steps are two graphs with the balancer between them, behind the face of a looped training graph: fed `batches
 * [S, B]`, `schedule [S, K]`, `draws [S]` and `before`, the number of steps already done, it tells `losses [S, T]` and `present [S, T]`.
 */
export async function openAlternating(options: AlternatingSessionOptions): Promise<Session> {
  const { graphs, runtime, balancer, options: tuned, tasks, uniform, weights, stepsPerEpoch, seed } = options;
  const first = await runtime.open(toOnnx({ name: "gradients", ...graphs.gradients }));
  const second = await runtime.open(toOnnx({ name: "update", ...graphs.update }), { beside: first });
  const seen = ["losses", "present"].filter((name) => name in graphs.gradients.outputs);
  let state = options.state;
  const having = (name: string): Session[] => [first, second].filter(({ inputs }) => inputs.includes(name));

  return {
    inputs: [...new Set([...first.inputs, ...second.inputs])],
    outputs: [...first.outputs, ...second.outputs],
    within: first,
    async run({ batches, schedule, draws, before, [SHARING_STEP]: told, [FURTHER]: further }) {
      const values = await first.alternate(second, {
        steps: batches!.shape[0]!,
        feeds: {
          first: {
            batches: batches!,
            ...(further && { [FURTHER]: further }),
            ...(draws && { draws }),
            ...(told && { [SHARING_STEP]: told }),
          },
          second: { schedule: schedule! },
        },
        seen: [...seen, ...["gramian", FEATURES, CROSS].filter((name) => name in graphs.gradients.outputs)],
        told: seen,
        given: Object.fromEntries(graphs.given.map((name) => [name, name])),
        carried: Object.fromEntries(graphs.carried.map((name) => [`${name}.next`, name])),
        host: { module: "training/weights-between.js", start },
        setup: {
          balancer,
          options: tuned,
          tasks,
          uniform,
          weights,
          stepsPerEpoch,
          seed,
          state,
          before: Number((before!.data as BigInt64Array)[0]),
        },
      });
      state = values[BALANCER_STATE]!.data as Float64Array;
      return values;
    },
    async hold(values) {
      const { [BALANCER_STATE]: kept, ...others } = values;
      if (kept) state = kept.data as Float64Array;
      for (const session of [first, second]) {
        const own = Object.entries(others).filter(([name]) => session.inputs.includes(name));
        if (own.length > 0) await session.hold(Object.fromEntries(own));
      }
    },
    async held(names) {
      const found: Record<string, Values[string]> = {};
      for (const name of names) {
        if (name === BALANCER_STATE) found[name] = { dtype: "float64", shape: [state.length], data: state };
        else Object.assign(found, await having(name).at(-1)!.held([name]));
      }
      return found;
    },
    alternate: (other, plan) => first.alternate(other, plan),
    async close() {
      await second.close();
      await first.close();
    },
  };
}
