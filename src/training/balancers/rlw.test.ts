import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.js";
import { EXAMPLE_KINDS, balance, startExample } from "../balancer.contract.js";
import { rlw } from "./rlw.js";

const normal = fc.double({ min: -6, max: 6, noNaN: true });

describe("RLW", () => {
  it("weighs by K·softmax of the step's normal numbers", () => {
    fc.assert(
      fc.property(fc.tuple(normal, normal, normal), ([x, y, z]) => {
        const example = startExample(rlw, [1, 2, 3], EXAMPLE_KINDS);
        const { losses, total } = balance(rlw, { ...example, normals: [x, y, z] });
        const sum = Math.exp(x) + Math.exp(y) + Math.exp(z);
        const wanted = [x, y, z].map((one) => (3 * Math.exp(one)) / sum);
        losses.forEach((weight, t) => expect(weight).toBeCloseTo(wanted[t]!, 10));
        expect(total).toBeCloseTo(wanted[0]! + 2 * wanted[1]! + 3 * wanted[2]!, 10);
      }),
    );
  });

  it("shares the weights of the tasks that are present among them alone", () => {
    const example = startExample(rlw, [1, 0, 3], EXAMPLE_KINDS);
    const { losses } = balance(rlw, { ...example, present: [1, 0, 1], normals: [0.3, 5, -0.2] });
    expect(losses[1]).toBe(0);
    expect(losses[0]! + losses[2]!).toBeCloseTo(2, 12);
    expect(losses[0]! / losses[2]!).toBeCloseTo(Math.exp(0.5), 12);
  });

  it("weighs every task by 1 on average", () => {
    const random = seededRandom(3, "rlw");
    const example = startExample(rlw, [1, 1, 1], EXAMPLE_KINDS);
    const draws = 2000;
    const sums = [0, 0, 0];
    for (let i = 0; i < draws; i++)
      balance(rlw, {
        ...example,
        normals: [random.normal(), random.normal(), random.normal()],
      }).losses.forEach((weight, t) => (sums[t]! += weight));
    for (const sum of sums) expect(Math.abs(sum / draws - 1)).toBeLessThan(0.06); // 4 standard errors of a weight's 0.65
  });
});
