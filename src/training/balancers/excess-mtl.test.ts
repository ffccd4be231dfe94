import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.js";
import { directionOf } from "../gramian-balancer.contract.js";
import { drawSteps, expectClose, jacobianSteps } from "../jacobian-balancer.contract.js";
import { excessMtl } from "./excess-mtl.js";

describe("ExcessMTL", () => {
  it("multiplies weights by exp(η·E/Ē) of the estimated excess risks, after its warm-up", () => {
    const random = seededRandom(1);
    for (let draw = 0; draw < 10; draw++)
      for (const warmup of [1, 3]) {
        const steps = drawSteps(random, 3, 8, 7);
        let squares = steps[0]!.rows.map((row) => row.map(() => 0));
        let weights = [1 / 3, 1 / 3, 1 / 3];
        const first = [0, 0, 0];
        jacobianSteps(excessMtl, steps, { options: { rate: 0.3, warmup } }).forEach((found, s) => {
          const { rows } = steps[s]!;
          squares = squares.map((row, k) => row.map((x, p) => x + rows[k]![p]! ** 2));
          const risks = rows.map((row, k) =>
            row.reduce((sum, x, p) => sum + x ** 2 / Math.sqrt(squares[k]![p]! + 1e-7), 0),
          );
          if (s < warmup) risks.forEach((risk, k) => (first[k]! += risk / warmup));
          else {
            const grown = weights.map((w, k) => w * Math.exp((0.3 * risks[k]!) / (first[k]! + 1e-7)));
            const sum = grown.reduce((a, b) => a + b, 0);
            weights = grown.map((w) => w / sum);
          }
          expectClose(found.weights, weights, { within: 1e-6 });
          expectClose(found.direction, directionOf(rows, Float64Array.from(weights)), { within: 1e-6 });
        });
      }
  });

  it("gives weight to the task whose gradients do not fade", () => {
    const [row] = drawSteps(seededRandom(2), 1, 6, 1)[0]!.rows as [number[]];
    const steps = Array.from({ length: 40 }, (_, s) => ({ rows: [row, row.map((x) => x * 0.7 ** s)] }));
    const { weights } = jacobianSteps(excessMtl, steps, { options: { rate: 0.1 } }).at(-1)!;
    expect(weights[0]).toBeGreaterThan(0.65);
  });
});
