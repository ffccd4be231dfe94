import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostBlock } from "./architecture.contract.js";
import {
  countOf,
  expectAlike,
  featuresWith,
  hardCount,
  hardFeatures,
  layerWidths,
  randomShapes,
} from "./adapter-shapes.contract.js";
import { type ByHand, expectByHand, list, memberBias, memberScale, sum } from "./by-hand.contract.js";
import { hypernetwork } from "./hypernetwork.js";

const shapes = randomShapes(hypernetwork, {
  code: fc.integer({ min: 1, max: 5 }),
  adapter: fc.integer({ min: 1, max: 4 }),
});

describe("adapters made by a hypernetwork", () => {
  it("add parameters that do not grow with tasks", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { code, adapter } = shape.options as { code: number; adapter: number };
        const width = shape.vector > 0 ? shape.vector : 8;
        const own = shape.vector > 0 ? 0 : 8 * shape.tasks.length;
        const made = shape.trunk.reduce((all, H) => all + 2 * code * adapter * H, 0);
        expect(countOf(hypernetwork, shape)).toBe(hardCount(shape) + (width + 1) * code + made + own);
      }),
    );
  });

  it("compute h + ReLU(hD)U after each layer, with D and U from the task vector", () => {
    fc.assert(
      fc.property(shapes, fc.nat(99), (shape, seed) =>
        expectByHand(hypernetwork, { ...shape, vector: 6 }, seed, byHand),
      ),
      { numRuns: 30 },
    );
  });

  it("are hard sharing at the start", () => {
    fc.assert(
      fc.property(shapes, fc.nat(99), (given, seed) => {
        const shape = { ...given, vector: 6 };
        for (const { name, init } of hypernetwork.layout(shape))
          if (name.endsWith(".up")) expect(init).toBe("zeros");
        const start = (name: string): number | undefined => (name.endsWith(".up") ? 0 : undefined);
        const { features, example } = featuresWith(hypernetwork, shape, seed, start);
        expectAlike(features, hardFeatures(hypernetwork, shape, example.parameters, example.encoded));
      }),
      { numRuns: 20 },
    );
  });
});

function byHand(hand: ByHand, k: number, m: number, row: readonly number[]): readonly number[] {
  const { at, shape, vectors } = hand;
  const { code, adapter: d } = shape.options as { code: number; adapter: number };
  const c = list(code, (j) =>
    Math.max(0, sum(6, (v) => vectors[k]![v]! * at("trunk.code.weight", v, j)) + at("trunk.code.bias", j)),
  );
  return layerWidths(shape).reduce<readonly number[]>((x, [read, H], i) => {
    const h = list(H, (o) => {
      const z = sum(
        read,
        (a) => x[a]! * memberScale(hand, i, "input-scale", m, a) * at(`trunk.${i}.weight`, a, o),
      );
      return Math.max(0, z * memberScale(hand, i, "output-scale", m, o) + memberBias(hand, i, m, o));
    });
    const down = (a: number, u: number): number =>
      sum(code, (j) => c[j]! * at(`trunk.${i}.down`, j, a * d + u));
    const up = (u: number, o: number): number => sum(code, (j) => c[j]! * at(`trunk.${i}.up`, j, u * H + o));
    const units = list(d, (u) =>
      Math.max(
        0,
        sum(H, (a) => h[a]! * down(a, u)),
      ),
    );
    return hostBlock(
      shape,
      x,
      list(H, (o) => h[o]! + sum(d, (u) => units[u]! * up(u, o))),
    );
  }, row);
}
