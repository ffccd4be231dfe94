import { describe, expect, it } from "vitest";
import { type Random, seededRandom } from "../../base/random.js";
import { directionOf, dotOf, drawRows, normOf, stepOf } from "../gramian-balancer.contract.js";
import { gradvac } from "./gradvac.js";

/** The algorithm of the paper on the gradients themselves; `usual` changes in place. */
function vaccine(
  rows: readonly (readonly number[])[],
  usual: number[][],
  { beta, random }: { readonly beta: number; readonly random: Random },
): number[] {
  const sum = rows[0]!.map(() => 0);
  rows.forEach((own, i) => {
    let g = [...own];
    for (const j of random.shuffle([...rows.keys()].filter((k) => k !== i))) {
      const other = rows[j]!;
      const cosine = dotOf(g, other) / normOf(g) / normOf(other);
      const target = usual[i]![j]!;
      if (cosine < target) {
        const [sin, sinTarget] = [Math.sqrt(1 - cosine ** 2), Math.sqrt(1 - target ** 2)];
        const factor = (normOf(g) * (target * sin - cosine * sinTarget)) / (normOf(other) * sinTarget);
        g = g.map((x, p) => x + factor * other[p]!);
        expect(dotOf(g, other) / normOf(g) / normOf(other)).toBeCloseTo(target, 9);
      }
      usual[i]![j] = (1 - beta) * target + beta * cosine;
    }
    g.forEach((x, p) => (sum[p] = sum[p]! + x));
  });
  return sum;
}

describe("GradVac", () => {
  it("is the paper's algorithm on the gradients themselves, over several steps", () => {
    const random = seededRandom(4);
    for (let draw = 0; draw < 40; draw++) {
      const K = 2 + random.integer(4);
      const beta = [0.01, 0.5][draw % 2]!;
      const usual = Array.from({ length: K }, () => Array.from({ length: K }, () => 0));
      const state = gradvac.state(K);
      for (let step = 0; step < 5; step++) {
        const rows = drawRows(random, K, 8, 2);
        const seed = 100 * draw + step;
        const given = { state, options: { beta }, random: seededRandom(seed) };
        const direction = directionOf(rows, gradvac.weights(stepOf(gradvac, rows, given)));
        const expected = vaccine(rows, usual, { beta, random: seededRandom(seed) });
        const size = normOf(expected) + normOf(rows.flat());
        direction.forEach((x, p) => expect(Math.abs(x - expected[p]!)).toBeLessThan(1e-9 * size));
      }
      usual.flat().forEach((cosine, at) => expect(state[at]).toBeCloseTo(cosine, 10));
    }
  });
});
