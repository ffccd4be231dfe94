import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.js";
import { allOptions } from "../../base/method-options.js";
import { EXAMPLE_KINDS, balance, startExample } from "../balancer.contract.js";
import { afterStep } from "../step-memory.contract.js";
import { famo } from "./famo.js";

const options = allOptions(famo);

function softmax(x: readonly number[]): number[] {
  const powers = x.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

describe("FAMO", () => {
  it("weighs losses by z/L over its sum, which is c·z/L", () => {
    const logits = [0.3, -1, 0.5];
    const losses = [0.5, 2, 7];
    const memory = [...logits, ...Array.from({ length: 9 }, () => 0)];
    const found = balance(famo, { ...startExample(famo, losses, EXAMPLE_KINDS), memory });
    const shares = softmax(logits).map((z, k) => z / (losses[k]! + 1e-8));
    const c = 1 / shares.reduce((a, b) => a + b, 0);
    shares.forEach((share, k) => expect(found.losses[k]).toBeCloseTo(c * share, 12));
  });

  it("moves logits as Adam does along the slope of Σ zₖ·(log Lₖ − log Lₖ′), over many steps", () => {
    const random = seededRandom(5);
    const T = 3;
    let kept: number[] = [...famo.steps!.start(T)];
    let logits = [0, 0, 0];
    let [m, v] = [
      [0, 0, 0],
      [0, 0, 0],
    ];
    for (let step = 1; step <= 60; step++) {
      const draw = (): number[] => Array.from({ length: T }, () => 0.05 + 3 * random.uniform());
      const [before, after] = [draw(), draw()];
      const fallOf = (x: readonly number[]): number =>
        softmax(x).reduce(
          (sum, z, k) => sum + z * (Math.log(before[k]! + 1e-8) - Math.log(after[k]! + 1e-8)),
          0,
        );
      const slope = logits.map((_, k) => {
        const moved = (by: number): number[] => logits.map((x, j) => (j === k ? x + by : x));
        return (fallOf(moved(1e-5)) - fallOf(moved(-1e-5))) / 2e-5 + 0.01 * logits[k]!;
      });
      m = m.map((x, k) => 0.9 * x + 0.1 * slope[k]!);
      v = v.map((x, k) => 0.999 * x + 0.001 * slope[k]! ** 2);
      logits = logits.map(
        (x, k) => x - (0.025 * (m[k]! / (1 - 0.9 ** step))) / (Math.sqrt(v[k]! / (1 - 0.999 ** step)) + 1e-8),
      );
      kept = afterStep(famo.steps!, kept, { before, after, present: [1, 1, 1] }, { options });
      logits.forEach((x, k) => expect(kept[k]).toBeCloseTo(x, 6));
    }
  });

  it("gives weight to the task whose loss falls less", () => {
    let kept: number[] = [...famo.steps!.start(2)];
    for (let step = 0; step < 20; step++)
      kept = afterStep(
        famo.steps!,
        kept,
        { before: [1, 1], after: [0.5, 0.9], present: [1, 1] },
        { options },
      );
    expect(kept[1]).toBeGreaterThan(kept[0]! + 0.2);
  });
});
