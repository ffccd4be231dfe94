import { describe, expect, it } from "vitest";
import { type Random, seededRandom } from "../../base/random.js";
import { directionOf, dotOf, drawRows, stepOf } from "../gramian-balancer.contract.js";
import { pcgrad } from "./pcgrad.js";

/** The algorithm of the paper on the gradients themselves, with the same draws. */
function surgery(rows: readonly (readonly number[])[], random: Random): number[] {
  const sum = rows[0]!.map(() => 0);
  rows.forEach((own, i) => {
    let g = [...own];
    const order = random.shuffle([...rows.keys()].filter((j) => j !== i));
    for (const j of order) {
      const product = dotOf(g, rows[j]!);
      if (product < 0) g = g.map((x, p) => x - (product / dotOf(rows[j]!, rows[j]!)) * rows[j]![p]!);
    }
    g.forEach((x, p) => (sum[p] = sum[p]! + x));
  });
  return sum;
}

describe("PCGrad", () => {
  it("is the paper's algorithm on the gradients themselves", () => {
    const random = seededRandom(3);
    for (let draw = 0; draw < 200; draw++) {
      const rows = drawRows(random, 2 + random.integer(7), 6, 3);
      const weights = pcgrad.weights(stepOf(pcgrad, rows, { random: seededRandom(draw) }));
      const expected = surgery(rows, seededRandom(draw));
      const size = Math.hypot(...rows.flatMap((row, k) => row.map((x) => x * weights[k]!)));
      directionOf(rows, weights).forEach((x, p) =>
        expect(Math.abs(x - expected[p]!)).toBeLessThan(1e-9 * size),
      );
    }
  });

  it("changes nothing where nothing conflicts, and frees two tasks of their conflict", () => {
    expect([
      ...pcgrad.weights(
        stepOf(pcgrad, [
          [1, 0],
          [1, 1],
          [0, 2],
        ]),
      ),
    ]).toEqual([1, 1, 1]);
    const rows = [
      [1, 0],
      [-1, 1],
    ];
    const direction = directionOf(rows, pcgrad.weights(stepOf(pcgrad, rows)));
    for (const row of rows) expect(dotOf(row, direction)).toBeGreaterThan(0);
    expect([...pcgrad.weights(stepOf(pcgrad, rows))]).toEqual([2, 1.5]);
  });

  it("never projects a gradient on itself: a third task may turn one against its own original", () => {
    const rows = [
      [1, 0.1],
      [-1, 0],
      [0.2, -1],
    ];
    const orders = [
      [
        [1, 2],
        [0, 2],
        [0, 1],
      ],
      [
        [2, 1],
        [2, 0],
        [1, 0],
      ],
    ];
    for (const order of orders) {
      let call = 0;
      const random: Random = {
        ...seededRandom(0),
        shuffle: (items) => {
          order[call++]!.forEach((j, at) => (items[at] = j));
          expect([...(items as unknown as Int32Array)]).not.toContain(call - 1);
          return items;
        },
      };
      expect([...pcgrad.weights(stepOf(pcgrad, rows, { random }))].every((w) => w >= 1)).toBe(true);
    }
  });
});
