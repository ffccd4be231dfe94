import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.js";
import { directionOf, dotOf, drawRows, stepOf } from "../gramian-balancer.contract.js";
import { mgda } from "./mgda.js";

describe("MGDA", () => {
  it("is the closed form for two tasks", () => {
    const random = seededRandom(1);
    for (let draw = 0; draw < 100; draw++) {
      const [a, b] = drawRows(random, 2, 4, 2) as [number[], number[]];
      const share = (dotOf(b, b) - dotOf(a, b)) / (dotOf(a, a) + dotOf(b, b) - 2 * dotOf(a, b));
      expect(mgda.weights(stepOf(mgda, [a, b]))[0]).toBeCloseTo(Math.max(0, Math.min(1, share)), 10);
    }
  });

  it("gains for every task at least its own squared length, whatever the gradients are divided by", () => {
    const random = seededRandom(2);
    for (let draw = 0; draw < 200; draw++) {
      const rows = drawRows(random, 2 + random.integer(7), 12, 4);
      const losses = Float64Array.from(rows, () => 0.01 + random.uniform());
      for (const scale of [0, 1, 2, 3]) {
        const weights = mgda.weights(stepOf(mgda, rows, { losses, options: { scale } }));
        const sizes = rows.map((row, k) => {
          const norm = scale === 1 || scale === 3 ? Math.sqrt(dotOf(row, row)) : 1;
          return norm * (scale >= 2 ? losses[k]! : 1);
        });
        // α/s is proportional to the weights: the direction over its Σ w·s is the point of least norm of the scaled problem
        const total = weights.reduce((sum, weight, k) => sum + weight * sizes[k]!, 0);
        const point = directionOf(rows, weights).map((x) => x / total);
        const square = dotOf(point, point);
        rows.forEach((row, k) => expect(dotOf(row, point) / sizes[k]!).toBeGreaterThan(square * (1 - 1e-7)));
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
      }
    }
  });

  it("weighs alike, divided by their norms, two gradients that differ in length alone", () => {
    const [a, b] = mgda.weights(
      stepOf(
        mgda,
        [
          [3, 0],
          [0, 0.5],
        ],
        { options: { scale: 1 } },
      ),
    );
    expect(a! * 3).toBeCloseTo(b! * 0.5, 12);
  });
});
