import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.js";
import { directionOf, dotOf, drawRows, gramianOf, normOf, stepOf } from "../gramian-balancer.contract.js";
import { fairgrad } from "./fairgrad.js";
import { nashMtl } from "./nash-mtl.js";

describe("Nash-MTL", () => {
  it("solves A·α = 1/α, for norms that spread over ten orders of magnitude and for many tasks", () => {
    const random = seededRandom(30);
    for (let draw = 0; draw < 200; draw++) {
      const K = draw < 195 ? 2 + random.integer(7) : 40;
      const rows = drawRows(random, K, K + 8, 10);
      const alpha = nashMtl.weights(stepOf(nashMtl, rows, { options: { "max-norm": 0 } }));
      const direction = directionOf(rows, alpha);
      rows.forEach((row, k) => {
        expect(alpha[k]).toBeGreaterThan(0);
        expect(dotOf(row, direction) * alpha[k]!).toBeCloseTo(1, 7);
      });
    }
  });

  it("keeps its direction when one task's loss is scaled, and its length at the bound", () => {
    const random = seededRandom(31);
    for (let draw = 0; draw < 50; draw++) {
      const rows = drawRows(random, 4, 10, 2);
      const scaled = rows.map((row, k) => row.map((x) => (k === 2 ? 1e4 * x : x)));
      const [plain, other] = [rows, scaled].map((each) =>
        directionOf(each, nashMtl.weights(stepOf(nashMtl, each))),
      );
      plain!.forEach((x, p) => expect(other![p]).toBeCloseTo(x, 8));
      expect(normOf(plain!)).toBeCloseTo(1, 10);
      const free = directionOf(rows, nashMtl.weights(stepOf(nashMtl, rows, { options: { "max-norm": 0 } })));
      expect(normOf(free)).toBeCloseTo(2, 8); // √K
    }
  });
});

describe.each([nashMtl, fairgrad])("$title", (balancer) => {
  it("makes no direction of rounding where two gradients cancel", () => {
    const random = seededRandom(34);
    for (let draw = 0; draw < 50; draw++) {
      const rows = drawRows(random, 4, 12);
      rows.push(rows[1]!.map((x) => -x));
      const noise = gramianOf(rows).map((entry) => Math.fround(entry * (1 + 2e-7 * random.normal())));
      const direction = directionOf(rows, balancer.weights(stepOf(balancer, rows, { gramian: noise })));
      for (const row of rows)
        expect(dotOf(row, direction) / normOf(row) / normOf(direction)).toBeGreaterThan(-1e-2);
    }
  });
});

describe("FairGrad", () => {
  it.each([0.2, 0.5, 1, 2, 10])("solves A·w = w^(−1/α) for α = %d", (alpha) => {
    const random = seededRandom(32);
    for (let draw = 0; draw < 100; draw++) {
      const rows = drawRows(random, 2 + random.integer(6), 14, 3);
      const w = fairgrad.weights(stepOf(fairgrad, rows, { options: { alpha, "max-norm": 0 } }));
      const direction = directionOf(rows, w);
      rows.forEach((row, k) => {
        expect(w[k]).toBeGreaterThan(0);
        const wanted = w[k]! ** (-1 / alpha);
        const rounding = 1e-11 * normOf(row) * normOf(direction);
        expect(Math.abs(dotOf(row, direction) - wanted)).toBeLessThan(1e-7 * wanted + rounding);
      });
    }
  });

  it("is Nash-MTL for α = 1", () => {
    const random = seededRandom(33);
    for (let draw = 0; draw < 50; draw++) {
      const rows = drawRows(random, 5, 12, 4);
      const [fair, nash] = [fairgrad.weights(stepOf(fairgrad, rows)), nashMtl.weights(stepOf(nashMtl, rows))];
      fair.forEach((weight, k) => expect(weight / nash[k]!).toBeCloseTo(1, 9));
    }
  });
});
