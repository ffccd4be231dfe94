import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  THREE_TASKS_DATA as data,
  FOUR_EPOCHS as options,
  THREE_TASKS as spec,
} from "../../test/fixtures/three-tasks.js";
import { singleTaskSpec } from "../model/spec.js";
import { nodeRuntime } from "../runtime/node.js";
import type { Runtime } from "../runtime/runtime.js";
import { LOSS_BALANCERS } from "./balancers/index.js";
import { fit } from "./fit.js";
import type { FitOptions, Fitted } from "./fitted.js";
import { balancerOf } from "./steps.js";

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ workers: 1 });
});
afterAll(() => runtime.close());

const trained = (how: Partial<FitOptions>, hooks = {}): Promise<Fitted> =>
  fit(spec, data, { ...options, ...how }, runtime, hooks);

/** Largest difference of parameters whose names begin so. */
function moved(a: Fitted, b: Fitted, prefix: string): number {
  let [start, most] = [0, 0];
  for (const { name, shape } of a.layout) {
    const size = shape.reduce((product, n) => product * n, 1);
    for (let i = start; name.startsWith(prefix) && i < start + size; i++)
      most = Math.max(most, Math.abs(a.parameters[i]! - b.parameters[i]!));
    start += size;
  }
  return most;
}

describe("a fit balanced by losses", () => {
  it.each(Object.keys(LOSS_BALANCERS) as (keyof typeof LOSS_BALANCERS)[])(
    "by %s gives the same bytes again, however its steps are cut, and learns",
    async (balancer) => {
      const how = { balancer, epochs: 7, optimizer: "adam", learningRate: 0.01, clip: 1 } as const;
      const whole = await trained(how);
      const cut = await trained(how, { sliceMs: 0 });
      expect(cut.parameters).toEqual(whole.parameters);
      expect(cut.epochs).toEqual(whole.epochs);
      const mean = ({ train }: (typeof whole.epochs)[number]): number =>
        Object.values(train).reduce((sum, loss) => sum + loss, 0);
      expect(mean(whole.epochs.at(-1)!)).toBeLessThan(mean(whole.epochs[0]!));
    },
  );

  it("by fixed weights gives each task, by its name, its own: one of weight 0 does not move its head", async () => {
    const start = await trained({ learningRate: 0 });
    const weighted = await trained({ balancer: "fixed", taskWeights: { a: 0, b: 2 } });
    expect(moved(start, weighted, "heads.regression")).toBe(0);
    expect(moved(start, weighted, "heads.binary")).toBeGreaterThan(0);
    const plain = await trained({ balancer: "fixed" });
    expect(plain.parameters).toEqual((await trained({})).parameters);
    const doubled = await trained({ balancer: "fixed", taskWeights: { a: 2, b: 2, 2: 2 } });
    expect(doubled.parameters).toEqual((await trained({ learningRate: 0.1 })).parameters); // exact: twice is a shift of the exponent
  });

  it("by RLW follows the seed", async () => {
    const first = await trained({ balancer: "rlw" });
    expect(first.parameters).not.toEqual((await trained({})).parameters);
    expect(first.parameters).not.toEqual((await trained({ balancer: "rlw", seed: 5 })).parameters);
  });

  it("by DWA is the same as by equal weights for two epochs and another from the third on", async () => {
    const [equal, dwa] = [await trained({}), await trained({ balancer: "dwa" })];
    expect(dwa.epochs.slice(0, 2)).toEqual(equal.epochs.slice(0, 2));
    expect(dwa.epochs[2]).not.toEqual(equal.epochs[2]);
  });

  it("by STCH is the scale-invariant sum until the epoch after its warm-up, and another then", async () => {
    const sum = await trained({ balancer: "scale-invariant", learningRate: 0.01 });
    const stch = await trained({ balancer: "stch", balancerOptions: { warmup: 1 }, learningRate: 0.01 });
    stch.epochs
      .slice(0, 2)
      .forEach((epoch, i) =>
        Object.entries(epoch.train).forEach(([task, loss]) =>
          expect(loss).toBeCloseTo(sum.epochs[i]!.train[task]!, 5),
        ),
      );
    expect(stch.epochs[2]!.train["a"]).not.toBeCloseTo(sum.epochs[2]!.train["a"]!, 5);
  });

  it("is plain for a single task where its weight would be a constant factor", () => {
    const alone = singleTaskSpec(spec, 1);
    const slugs = Object.keys(LOSS_BALANCERS) as (keyof typeof LOSS_BALANCERS)[];
    const plain = slugs.filter((balancer) => balancerOf(alone, { balancer }).slug === "equal");
    expect(plain.toSorted()).toEqual(["dwa", "equal", "famo", "fixed", "gls", "rlw"]);
    for (const balancer of slugs) expect(balancerOf(spec, { balancer }).slug).toBe(balancer);
  });
});
