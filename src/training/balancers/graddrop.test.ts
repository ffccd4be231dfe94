import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.js";
import {
  type JacobianExample,
  type JacobianFound,
  drawSteps,
  jacobianSteps,
} from "../jacobian-balancer.contract.js";
import { graddrop } from "./graddrop.js";

describe("GradDrop", () => {
  it("sums in every entry the gradients of the sign that is drawn", () => {
    const random = seededRandom(1);
    for (let draw = 0; draw < 60; draw++) {
      const [step] = drawSteps(random, 2 + (draw % 5), 20, 1) as [Required<JacobianExample>];
      for (const leak of [0, 0.3, 1]) {
        const [{ direction }] = jacobianSteps(graddrop, [step], { options: { leak } }) as [JacobianFound];
        direction.forEach((found, p) => {
          const entries = step.rows.map((row) => row[p]!);
          const [up, down] = [entries.filter((g) => g > 0), entries.filter((g) => g < 0)].map((some) =>
            some.reduce((a, b) => a + b, 0),
          ) as [number, number];
          const purity = up / (up - down); // the same as ½·(1 + Σg / Σ|g|)
          const positive = step.uniform[p]! < purity;
          const expected = positive ? up + leak * down : down + leak * up;
          expect(found).toBeCloseTo(expected, 10);
        });
      }
    }
  });

  it("keeps the positive sign as often as it is pure", () => {
    const P = 4000;
    const random = seededRandom(2);
    const rows = [Array.from({ length: P }, () => 3), Array.from({ length: P }, () => -1)];
    const uniform = Array.from({ length: P }, () => random.uniform());
    const [{ direction }] = jacobianSteps(graddrop, [{ rows, uniform }]) as [JacobianFound];
    const share = direction.filter((x) => x === 3).length / P;
    expect(Math.abs(share - 0.75)).toBeLessThan(4 * Math.sqrt((0.75 * 0.25) / P)); // four standard errors
    expect(direction.every((x) => x === 3 || x === -1)).toBe(true);
  });
});
