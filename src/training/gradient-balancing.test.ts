import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  THREE_TASKS_DATA as data,
  FOUR_EPOCHS as options,
  THREE_TASKS as spec,
} from "../../test/fixtures/three-tasks.js";
import { nodeRuntime } from "../runtime/node.js";
import type { Runtime } from "../runtime/runtime.js";
import { JACOBIAN_BALANCERS } from "./balancers/index.js";
import { fit } from "./fit.js";
import type { FitOptions, Fitted } from "./fitted.js";

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ workers: 1 });
});
afterAll(() => runtime.close());

const trained = (how: Partial<FitOptions>, hooks = {}): Promise<Fitted> =>
  fit(spec, data, { ...options, ...how }, runtime, hooks);
const lossOf = (losses: Readonly<Record<string, number>>): number =>
  Object.values(losses).reduce((sum, loss) => sum + loss, 0);
const distance = (a: Fitted, b: Fitted): number =>
  a.parameters.reduce((most, x, i) => Math.max(most, Math.abs(x - b.parameters[i]!)), 0);

describe("a fit balanced by the tasks' gradients entry by entry", () => {
  it.each(Object.keys(JACOBIAN_BALANCERS) as (keyof typeof JACOBIAN_BALANCERS)[])(
    "by %s gives the same bytes again, however its steps are cut, learns, and tells of conflict",
    async (balancer) => {
      const how = { balancer, epochs: 7, optimizer: "adam", learningRate: 0.01, clip: 1 } as const;
      const whole = await trained(how);
      const cut = await trained(how, { sliceMs: 0 });
      expect(cut.parameters).toEqual(whole.parameters);
      expect(cut.epochs).toEqual(whole.epochs);
      expect(lossOf(whole.epochs.at(-1)!.train)).toBeLessThan(lossOf(whole.epochs[0]!.train));
      expect(whole.conflict!.share).toBeGreaterThan(0);
      expect(whole.conflict!.share).toBeLessThan(1);
    },
  );

  it("takes the sum of the gradients where GradDrop leaks all, which is training with equal weights", async () => {
    const equal = await trained({});
    const leaking = await trained({ balancer: "graddrop", balancerOptions: { leak: 1 } });
    expect(distance(leaking, equal)).toBeLessThan(1e-5);
    expect(distance(await trained({ balancer: "graddrop" }), equal)).toBeGreaterThan(1e-3);
  });

  it("draws other signs from another seed", async () => {
    const first = await trained({ balancer: "graddrop", balancerOptions: { leak: 0 } });
    const again = await trained({ balancer: "graddrop" });
    expect(again.parameters).toEqual(first.parameters);
    expect(distance(await trained({ balancer: "graddrop", seed: 5 }), first)).toBeGreaterThan(1e-3);
  });

  it("keeps the steps of tasks apart by AdaTask, which Adam's step of their sum is not", async () => {
    const how = { optimizer: "adam", learningRate: 0.01 } as const;
    const [adatask, equal] = [await trained({ ...how, balancer: "adatask" }), await trained(how)];
    expect(distance(adatask, equal)).toBeGreaterThan(1e-3);
    const [plain, apart] = [await trained({}), await trained({ balancer: "adatask" })]; // momentum is linear
    expect(distance(plain, apart)).toBeLessThan(1e-5);
  });

  it("weighs heads by what the balancer says of them, or leaves them alone", async () => {
    const weighted = await trained({ balancer: "db-mtl" });
    const own = await trained({ balancer: "db-mtl", heads: "own" });
    expect(distance(weighted, own)).toBeGreaterThan(1e-3);
    const drop = await trained({ balancer: "graddrop", heads: "weighted" }); // of weight 1 each
    expect(drop.parameters).toEqual((await trained({ balancer: "graddrop", heads: "own" })).parameters);
  });
});

describe("a fit balanced by products of independent batches", () => {
  it.each(["modo", "sdmgrad", "mgda-ub"] as const)(
    "by %s gives the same bytes again and learns",
    async (balancer) => {
      const how = { balancer, epochs: 7, optimizer: "adam", learningRate: 0.01, dropout: 0.1 } as const;
      const whole = await trained(how);
      expect((await trained(how, { sliceMs: 0 })).parameters).toEqual(whole.parameters);
      expect(lossOf(whole.epochs.at(-1)!.train)).toBeLessThan(lossOf(whole.epochs[0]!.train));
    },
  );

  it("does not depend on the further batches where weights do not move", async () => {
    const modo = await trained({ balancer: "modo", balancerOptions: { gamma: 0 } });
    const sdmgrad = await trained({ balancer: "sdmgrad", balancerOptions: { rate: 0 } });
    expect(distance(modo, sdmgrad)).toBeLessThan(1e-6);
    expect(
      distance(modo, await trained({ balancer: "modo", balancerOptions: { gamma: 1 } })),
    ).toBeGreaterThan(1e-4);
  });
});
