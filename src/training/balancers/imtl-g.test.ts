import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.js";
import { directionOf, dotOf, drawRows, normOf, stepOf } from "../gramian-balancer.contract.js";
import { imtlG } from "./imtl-g.js";

describe("IMTL-G", () => {
  it("projects equally on every task's gradient, with weights that sum to 1", () => {
    const random = seededRandom(5);
    for (let draw = 0; draw < 200; draw++) {
      const rows = drawRows(random, 2 + random.integer(5), 14, 3);
      const weights = imtlG.weights(stepOf(imtlG, rows));
      const direction = directionOf(rows, weights);
      const projections = rows.map((row) => dotOf(row, direction) / normOf(row));
      const size = Math.max(...rows.map((row, k) => Math.abs(weights[k]!) * normOf(row)));
      for (const projection of projections)
        expect(Math.abs(projection - projections[0]!)).toBeLessThan(1e-10 * size);
      const most = Math.max(...weights.map(Math.abs));
      expect(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1)).toBeLessThan(1e-12 * most);
    }
  });

  it("shares one weight among copies of a gradient", () => {
    const [a, b, c] = imtlG.weights(
      stepOf(imtlG, [
        [1, 0],
        [1, 0],
        [0, 1],
      ]),
    );
    expect(a).toBeCloseTo(0.25, 10);
    expect(b).toBeCloseTo(0.25, 10);
    expect(c).toBeCloseTo(0.5, 10);
  });
});
