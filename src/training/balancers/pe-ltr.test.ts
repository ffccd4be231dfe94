import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.js";
import { directionOf, dotOf, drawRows, stepOf } from "../gramian-balancer.contract.js";
import { mgda } from "./mgda.js";
import { peLtr } from "./pe-ltr.js";

describe("PE-LTR", () => {
  it("is the shortest combination with least weights: only tasks of the smallest gain have more", () => {
    const random = seededRandom(50);
    for (let draw = 0; draw < 150; draw++) {
      const rows = drawRows(random, 2 + random.integer(6), 12, 2);
      const K = rows.length;
      const floor = 0.1 + 0.8 * random.uniform();
      const weights = peLtr.weights(stepOf(peLtr, rows, { options: { floor } }));
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
      const direction = directionOf(rows, weights);
      const gains = rows.map((row) => dotOf(row, direction));
      const [least, size] = [Math.min(...gains), Math.max(...gains.map(Math.abs))];
      weights.forEach((weight, k) => {
        expect(weight).toBeGreaterThan(floor / K - 1e-12);
        if (weight > floor / K + 1e-9) expect(gains[k]! - least).toBeLessThan(1e-8 * size);
      });
    }
  });

  it("is MGDA without a least weight, and equal weights with the largest", () => {
    const rows = [
      [1, 2, 0],
      [-2, 1, 1],
      [0.5, 0.1, 3],
    ];
    const free = peLtr.weights(stepOf(peLtr, rows, { options: { floor: 0 } }));
    mgda.weights(stepOf(mgda, rows)).forEach((weight, k) => expect(free[k]).toBeCloseTo(weight, 12));
    expect([...peLtr.weights(stepOf(peLtr, rows, { options: { floor: 1 } }))]).toEqual([1 / 3, 1 / 3, 1 / 3]);
  });
});
