import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.js";
import { initialParameters } from "../layout.js";
import { countOf, layerWidths, randomShapes } from "./adapter-shapes.contract.js";
import { exampleShape, hostBlock } from "./architecture.contract.js";
import type { SharingShape } from "./architecture.js";
import {
  type ByHand,
  expectByHand,
  list,
  memberBias,
  memberScale,
  numbersOf,
  sum,
} from "./by-hand.contract.js";
import { tensorFactorisation } from "./tensor-factorisation.js";

const shapes = randomShapes(tensorFactorisation, {
  form: fc.constantFrom(0, 1, 2),
  "width-rank": fc.constantFrom(0.3, 0.5, 1),
  "task-rank": fc.integer({ min: 1, max: 6 }),
});

/** r₁, r₂ and the rank over tasks as the options say. */
function ranksOf({ options, tasks }: SharingShape, read: number, out: number): [number, number, number] {
  const part = (width: number): number => Math.ceil(options["width-rank"]! * width);
  const form = options["form"];
  return [
    form === 2 ? read : part(read),
    form === 0 ? part(out) : out,
    Math.min(options["task-rank"]!, tasks.length),
  ];
}

describe("tensor factorisation", () => {
  it("has the factors of each form, and a bias for each task", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const [T, M] = [shape.tasks.length, shape.members];
        const expected = layerWidths(shape).map(([read, out], i) => {
          const [r1, r2, c] = ranksOf(shape, read, out);
          const sides = [read * r1 + r2 * out, read * r1, 0][shape.options["form"]!]!;
          const scaled = i > 0 || shape.adapter === "input" ? read : 0;
          return sides + r1 * r2 * c + T * c + T * out + (M > 1 ? M * (scaled + 2 * out) : 0);
        });
        expect(countOf(tensorFactorisation, shape)).toBe(sum(expected.length, (i) => expected[i]!));
      }),
    );
  });

  it("multiplies by the slice of its tensor that belongs to the task", () => {
    fc.assert(
      fc.property(shapes, fc.nat(99), (shape, seed) =>
        expectByHand(tensorFactorisation, shape, seed, byHand),
      ),
      { numRuns: 40 },
    );
  });

  it("starts with weights of the scale that the initialiser gives one trunk", () => {
    for (const form of [0, 1, 2]) {
      const shape = exampleShape(tensorFactorisation, {
        inputs: 20,
        trunk: [16],
        options: { form, "width-rank": 0.5, "task-rank": 3 },
      });
      const layout = tensorFactorisation.layout(shape);
      const flat = Float64Array.from(initialParameters(layout, seededRandom(1, "start")));
      let energy = 0;
      const hand = { shape, at: numbersOf(layout, flat).at };
      for (let k = 0; k < 3; k++)
        for (let d = 0; d < 20; d++) for (let o = 0; o < 16; o++) energy += sliceOf(hand, 0, k, d, o) ** 2;
      const perOutput = energy / (3 * 16); // the sum of squares of a column: 2 as He et al. have it
      expect(perOutput).toBeGreaterThan(1.2);
      expect(perOutput).toBeLessThan(3.2);
    }
  });
});

/** Wₖ[d, o] of a layer. */
function sliceOf(
  { at, shape }: Pick<ByHand, "at" | "shape">,
  i: number,
  k: number,
  d: number,
  o: number,
): number {
  const [read, out] = layerWidths(shape)[i]!;
  const [r1, r2, c] = ranksOf(shape, read, out);
  const form = shape.options["form"];
  const core = (a: number, b: number): number =>
    sum(c, (t) => at(`tasks.${i}.mix`, k, t) * at(`trunk.${i}.core`, t, a, b));
  if (form === 2) return core(d, o);
  const left = (b: number): number => sum(r1, (a) => at(`trunk.${i}.inputs`, d, a) * core(a, b));
  return form === 1 ? left(o) : sum(r2, (b) => left(b) * at(`trunk.${i}.outputs`, b, o));
}

function byHand(hand: ByHand, k: number, m: number, row: readonly number[]): readonly number[] {
  return layerWidths(hand.shape).reduce<readonly number[]>((h, [read, out], i) => {
    const made = list(out, (o) => {
      const z = sum(
        read,
        (d) => h[d]! * memberScale(hand, i, "input-scale", m, d) * sliceOf(hand, i, k, d, o),
      );
      const bias =
        hand.at(`tasks.${i}.bias`, k, 0, 0, o) + (hand.shape.members > 1 ? memberBias(hand, i, m, o) : 0);
      return Math.max(0, z * memberScale(hand, i, "output-scale", m, o) + bias);
    });
    return hostBlock(hand.shape, h, made);
  }, row);
}
