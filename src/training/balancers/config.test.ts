import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.js";
import { directionOf, dotOf, drawRows, normOf, stepOf } from "../gramian-balancer.contract.js";
import { config } from "./config.js";

describe("ConFIG", () => {
  it("has one positive cosine with all gradients and the length of their projections together", () => {
    const random = seededRandom(6);
    for (let draw = 0; draw < 200; draw++) {
      const rows = drawRows(random, 2 + random.integer(5), 14, 10);
      const direction = directionOf(rows, config.weights(stepOf(config, rows)));
      const length = normOf(direction);
      const cosines = rows.map((row) => dotOf(row, direction) / normOf(row) / length);
      for (const cosine of cosines) expect(cosine).toBeCloseTo(cosines[0]!, 8);
      expect(cosines[0]).toBeGreaterThan(0);
      const projected = rows.reduce((sum, row, k) => sum + normOf(row) * cosines[k]!, 0);
      expect(length / projected).toBeCloseTo(1, 8);
    }
  });
});
