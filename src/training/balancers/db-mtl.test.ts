import { describe, it } from "vitest";
import { seededRandom } from "../../base/random.js";
import { drawSteps, expectClose, jacobianSteps } from "../jacobian-balancer.contract.js";
import { dbMtl } from "./db-mtl.js";

describe("DB-MTL", () => {
  it("sums the smoothed gradients of the log losses at the length of the longest", () => {
    const random = seededRandom(1);
    for (let draw = 0; draw < 20; draw++)
      for (const options of [
        { beta: 0.9, sigma: 0 },
        { beta: 0.5, sigma: 0.5 },
        { beta: 0, sigma: 0 },
      ]) {
        const steps = drawSteps(random, 3, 8, 5);
        let smoothed = steps[0]!.rows.map((row) => row.map(() => 0));
        jacobianSteps(dbMtl, steps, { options }).forEach(({ direction, weights }, s) => {
          const { rows, losses } = steps[s]!;
          const keep = options.beta / (s + 1) ** options.sigma;
          smoothed = smoothed.map((row, k) =>
            row.map((x, p) => keep * x + ((1 - keep) * rows[k]![p]!) / (losses[k]! + 1e-8)),
          );
          const norms = smoothed.map((row) => Math.hypot(...row));
          const longest = Math.max(...norms);
          expectClose(
            direction,
            direction.map((_, p) =>
              smoothed.reduce((sum, row, k) => sum + (row[p]! * longest) / norms[k]!, 0),
            ),
          );
          expectClose(
            weights,
            losses.map((loss) => 1 / (loss + 1e-8)),
          );
        });
      }
  });

  it("does not see the unit of a loss: gradient and loss of a task may both be any multiple", () => {
    const steps = drawSteps(seededRandom(2), 3, 8, 4);
    const scaled = steps.map((step) => ({
      ...step,
      rows: step.rows.map((row, k) => row.map((x) => x * [1, 50, 0.2][k]!)),
      losses: step.losses.map((loss, k) => loss * [1, 50, 0.2][k]!),
    }));
    const plain = jacobianSteps(dbMtl, steps);
    jacobianSteps(dbMtl, scaled).forEach(
      ({ direction }, s) => expectClose(direction, plain[s]!.direction, { within: 1e-5 }), // 1e-8 is added to each loss
    );
  });
});
