import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.js";
import { type Rows, directionOf, dotOf, drawRows, normOf, stepOf } from "../gramian-balancer.contract.js";
import { cagrad } from "./cagrad.js";

const mean = (rows: Rows): number[] => directionOf(rows, new Float64Array(rows.length).fill(1 / rows.length));

/** The dual objective wᵀ·A·1/K + c·‖ḡ‖·‖Jᵀ·w‖. */
function dual(rows: Rows, c: number, w: readonly number[]): number {
  const point = directionOf(rows, Float64Array.from(w));
  return dotOf(point, mean(rows)) + c * normOf(mean(rows)) * normOf(point);
}

describe("CAGrad", () => {
  it.each([2, 3])("has the least dual of a dense search over the weights of %d tasks", (K) => {
    const random = seededRandom(40);
    const parts = K === 2 ? 2000 : 120;
    for (let draw = 0; draw < 25; draw++) {
      const rows = drawRows(random, K, 5, 1);
      const c = [0.1, 0.4, 0.9][draw % 3]!;
      let least = Infinity;
      for (let i = 0; i <= parts; i++)
        for (let j = 0; j <= (K === 2 ? 0 : parts - i); j++) {
          const [a, b] = [i / parts, j / parts];
          least = Math.min(least, dual(rows, c, K === 2 ? [a, 1 - a] : [a, b, 1 - a - b]));
        }
      const weights = cagrad.weights(stepOf(cagrad, rows, { options: { c, rescale: 0 } }));
      const direction = directionOf(rows, weights);
      // By duality the smallest gain of the direction is the least dual.
      const gain = Math.min(...rows.map((row) => dotOf(row, direction)));
      const size = normOf(mean(rows)) ** 2;
      expect(gain).toBeLessThan(least + 1e-9 * size);
      expect(gain).toBeGreaterThan(least - 2e-2 * (K - 1) * size); // the grid's own distance from the minimum
    }
  });

  it("lies c·‖ḡ‖ from the mean gradient, and no task's gain is below the dual of its own weights", () => {
    const random = seededRandom(41);
    for (let draw = 0; draw < 150; draw++) {
      const rows = drawRows(random, 2 + random.integer(7), 12, 3);
      const c = 0.05 + 0.9 * random.uniform();
      const weights = cagrad.weights(stepOf(cagrad, rows, { options: { c, rescale: 0 } }));
      const direction = directionOf(rows, weights);
      const centre = mean(rows);
      const radius = c * normOf(centre);
      const apart = normOf(direction.map((x, p) => x - centre[p]!));
      expect(apart / radius).toBeCloseTo(1, 8);
      const extra = weights.map((weight) => weight - 1 / rows.length);
      const total = extra.reduce((sum, value) => sum + value, 0);
      const w = [...extra].map((value) => value / total);
      expect(Math.min(...w)).toBeGreaterThan(-1e-9);
      const gain = Math.min(...rows.map((row) => dotOf(row, direction)));
      expect(gain - dual(rows, c, w)).toBeGreaterThan(-1e-7 * normOf(centre) ** 2);
    }
  });

  it("is the mean gradient for c = 0, and divides by what is asked for", () => {
    const rows = [
      [1, 2],
      [-2, 1],
      [0.5, 0.1],
    ];
    expect([...cagrad.weights(stepOf(cagrad, rows, { options: { c: 0 } }))]).toEqual([1 / 3, 1 / 3, 1 / 3]);
    const [plain, square, sum] = [0, 1, 2].map((rescale) =>
      cagrad.weights(stepOf(cagrad, rows, { options: { c: 0.5, rescale } })),
    );
    plain!.forEach((weight, k) => {
      expect(square![k]).toBeCloseTo(weight / 1.25, 14);
      expect(sum![k]).toBeCloseTo(weight / 1.5, 14);
    });
  });

  it("stands still where the mean gradient is 0, and otherwise moves on along a front to the least mean", () => {
    const opposed = [
      [1, 0],
      [-1, 0],
    ];
    expect([...cagrad.weights(stepOf(cagrad, opposed, { options: { rescale: 0 } }))]).toEqual([0.5, 0.5]);
    const rows = [
      [1, 0],
      [-2, 0],
    ];
    const weights = cagrad.weights(stepOf(cagrad, rows, { options: { c: 0.4, rescale: 0 } }));
    expect(directionOf(rows, weights)[0]).toBeCloseTo(-0.5 + 0.4 * 0.5, 10);
    const exact = [[1], [-1], [-1]];
    const along = cagrad.weights(stepOf(cagrad, exact, { options: { c: 0.4, rescale: 0 } }));
    expect(directionOf(exact, along)[0]).toBeCloseTo(-0.2, 10);
    // three gradients cancel, and only they are across the mean: no direction within reach helps all
    const cancelling = [
      [1, 0, 0],
      [-1, 1, 0],
      [0, -1, 0],
      [0, 0, 1],
    ];
    expect([...cagrad.weights(stepOf(cagrad, cancelling))]).toEqual([0, 0, 0, 0]);
  });
});
