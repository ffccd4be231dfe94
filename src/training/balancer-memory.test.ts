import { describe, expect, it } from "vitest";
import type { Values } from "../runtime/runtime.js";
import { rememberEpoch, startMemory } from "./balancer-memory.js";
import { LOSS_BALANCERS } from "./balancers/index.js";

const { dwa, equal } = LOSS_BALANCERS;

describe("what a balancer remembers between epochs", () => {
  it("is told each task's own loss, in the order of the losses, and given to the session", async () => {
    const held: Values[] = [];
    const taskNames = ["b", "2", "a", "1"]; // an object lists "1" and "2" first
    const memory = startMemory(dwa, taskNames.length);
    const run = {
      graph: { balancer: dwa },
      session: { hold: async (values: Values) => void held.push(values) },
      options: { balancerOptions: { temperature: 1 } },
      taskNames,
      memory,
    };
    await rememberEpoch(run, 1, { b: 1, 2: 2, a: 4, 1: 8 });
    expect([...memory]).toEqual([1, 1, 1, 1, 1, 2, 4, 8]);
    await rememberEpoch(run, 2, { b: 1, 2: 1, a: 1, 1: 1 });
    const terms = [1, 1 / 2, 1 / 4, 1 / 8].map(Math.exp);
    const sum = terms.reduce((a, b) => a + b);
    const weights = [...memory.subarray(0, 4)];
    weights.forEach((weight, t) => expect(weight).toBeCloseTo((4 * terms[t]!) / sum, 6));
    expect(held).toHaveLength(2);
    expect(held[1]).toEqual({ "balancer.memory": { dtype: "float32", shape: [2, 4], data: memory } });
  });

  it("is nothing for a balancer without a memory", async () => {
    expect(startMemory(equal, 3)).toHaveLength(0);
    const refuse = async (): Promise<void> => Promise.reject(new Error("nothing to hold"));
    const memory = new Float32Array();
    const run = {
      graph: { balancer: equal },
      session: { hold: refuse },
      options: {},
      taskNames: ["a"],
      memory,
    };
    await expect(rememberEpoch(run, 1, { a: 1 })).resolves.toBeUndefined();
  });
});
