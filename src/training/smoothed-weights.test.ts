import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import { GRAMIAN_BALANCERS } from "./balancers/index.js";
import { drawRows, stepOf } from "./gramian-balancer.contract.js";
import { smoothed } from "./smoothed-weights.js";

const { mgda, gradvac } = GRAMIAN_BALANCERS;

describe("smoothed weights", () => {
  it("follow a moving average from the first weights, and stand still while a task is absent", () => {
    const random = seededRandom(60);
    const balancer = smoothed(mgda);
    const state = balancer.state(3);
    const average = new Map<number, number>();
    for (let step = 0; step < 30; step++) {
      const tasks = step % 3 === 0 ? [0, 1, 2] : step % 3 === 1 ? [0, 2] : [1, 2];
      const rows = drawRows(random, tasks.length, 6);
      const own = mgda.weights(stepOf(mgda, rows));
      const given = { state, tasks: Int32Array.from(tasks), options: { smoothing: 0.7 } };
      const weights = balancer.weights(stepOf(balancer, rows, given));
      tasks.forEach((task, k) => {
        const before = average.get(task);
        average.set(task, before === undefined ? own[k]! : 0.7 * before + 0.3 * own[k]!);
        expect(weights[k]).toBeCloseTo(average.get(task)!, 12);
      });
    }
  });

  it("are the balancer's own without smoothing, and leave its state to it", () => {
    const random = seededRandom(61);
    const balancer = smoothed(gradvac);
    const [state, own] = [balancer.state(4), gradvac.state(4)];
    for (let step = 0; step < 5; step++) {
      const rows = drawRows(random, 4, 6);
      const seed = { random: seededRandom(step) };
      const weights = balancer.weights(stepOf(balancer, rows, { ...seed, state, options: { smoothing: 0 } }));
      const plain = gradvac.weights(stepOf(gradvac, rows, { random: seededRandom(step), state: own }));
      expect(weights).toEqual(plain);
    }
    expect(state.subarray(1, 17)).toEqual(own);
  });
});
