import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.js";
import { directionOf, dotOf, drawRows, gramianOf, normOf, stepOf } from "../gramian-balancer.contract.js";
import { dualproj } from "./dualproj.js";
import { upgrad } from "./upgrad.js";

describe.each([upgrad, dualproj])("$title", (balancer) => {
  it("conflicts with no task, for norms that spread over ten orders of magnitude", () => {
    const random = seededRandom(7);
    let worst = 1;
    for (let draw = 0; draw < 200; draw++) {
      const rows = drawRows(random, 2 + random.integer(7), 10, 10);
      const direction = directionOf(rows, balancer.weights(stepOf(balancer, rows)));
      const length = normOf(direction);
      for (const row of rows) worst = Math.min(worst, dotOf(row, direction) / normOf(row) / length);
    }
    expect(worst).toBeGreaterThan(-1e-9);
  });

  it("conflicts with no task where gradients are parallel, opposite or more than parameters", () => {
    const random = seededRandom(8);
    for (let draw = 0; draw < 100; draw++) {
      const rows = drawRows(random, 3 + random.integer(5), 3);
      rows.push(rows[0]!.map((x) => 2 * x));
      if (draw % 2) rows.push(rows[1]!.map((x) => -x));
      const weights = balancer.weights(stepOf(balancer, rows));
      const direction = directionOf(rows, weights);
      const size = Math.max(...rows.map((row, k) => Math.abs(weights[k]!) * normOf(row)));
      for (const row of rows) expect(dotOf(row, direction)).toBeGreaterThan(-1e-7 * size * normOf(row));
    }
  });

  it("is the mean where nothing conflicts", () => {
    const weights = balancer.weights(
      stepOf(balancer, [
        [1, 0],
        [1, 1],
        [0, 2],
      ]),
    );
    for (const weight of weights) expect(weight).toBeCloseTo(1 / 3, 14);
  });
});

describe("UPGrad", () => {
  it("adds up the projections of all gradients, each found by descending one coordinate at a time", () => {
    const random = seededRandom(9);
    for (let draw = 0; draw < 40; draw++) {
      const rows = drawRows(random, 2 + random.integer(4), 12);
      const K = rows.length;
      const A = gramianOf(rows);
      const expected = new Float64Array(K);
      for (let i = 0; i < K; i++) {
        const bound = (j: number): number => (i === j ? 1 / K : 0);
        const v = Float64Array.from({ length: K }, (_, j) => bound(j));
        for (let sweep = 0; sweep < 3000; sweep++)
          for (let j = 0; j < K; j++) {
            const others = v.reduce((sum, value, l) => sum + (l === j ? 0 : A[j * K + l]! * value), 0);
            v[j] = Math.max(bound(j), -others / A[j * K + j]!);
          }
        v.forEach((value, j) => (expected[j] = expected[j]! + value));
      }
      const weights = upgrad.weights(stepOf(upgrad, rows));
      weights.forEach((weight, k) => expect(weight).toBeCloseTo(expected[k]!, 8));
    }
  });

  it("gives for each task a part that grows with that gradient alone", () => {
    const rows = [
      [1, 0, 0.2],
      [-1, 0.5, 0],
      [0.3, -2, 1],
    ];
    const direction = (second: number): number[] => {
      const scaled = rows.map((row, k) => row.map((x) => (k === 1 ? second * x : x)));
      return directionOf(scaled, upgrad.weights(stepOf(upgrad, scaled)));
    };
    const [one, two, three] = [direction(1), direction(2), direction(3)];
    one.forEach((x, p) => expect(three[p]! - two[p]!).toBeCloseTo(two[p]! - x, 10));
  });
});

describe("DualProj", () => {
  it("is the nearest direction to the mean that conflicts with none: orthogonal to its own change", () => {
    const random = seededRandom(10);
    for (let draw = 0; draw < 100; draw++) {
      const rows = drawRows(random, 2 + random.integer(5), 12, 2);
      const K = rows.length;
      const weights = dualproj.weights(stepOf(dualproj, rows));
      const direction = directionOf(rows, weights);
      const change = directionOf(
        rows,
        weights.map((weight) => weight - 1 / K),
      );
      expect(Math.min(...weights)).toBeGreaterThan(1 / K - 1e-12);
      expect(Math.abs(dotOf(direction, change))).toBeLessThan(
        1e-9 * normOf(direction) * (1 + normOf(change)),
      );
    }
  });
});
