import fc from "fast-check";
import { describe, expect, it } from "vitest";
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
import { evaluate, input } from "../../graph/index.js";
import { unflatten } from "../layout.js";
import { feedsOf, featuresOf, hostBlock, tracedFeatures } from "./architecture.contract.js";
import { film } from "./film.js";

const shapes = randomShapes(film);
const withVectors = shapes.map((shape) => ({ ...shape, vector: 6 }));

describe("modulation by the task vector", () => {
  it("adds two generators for each layer, whatever the number of tasks", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const width = shape.vector > 0 ? shape.vector : 8;
        const own = shape.vector > 0 ? 0 : 8 * shape.tasks.length;
        const generators = layerWidths(shape).reduce((all, [, out]) => all + 2 * width * out, 0);
        expect(countOf(film, shape)).toBe(hardCount(shape) + generators + own);
      }),
    );
  });

  it("computes ReLU(γ ∘ (hW + b) + β) for each task", () => {
    fc.assert(
      fc.property(withVectors, fc.nat(99), (shape, seed) => expectByHand(film, shape, seed, byHand)),
      { numRuns: 30 },
    );
  });

  it("learns codes of its own where tasks have no vectors", () => {
    fc.assert(
      fc.property(shapes, fc.nat(99), (given, seed) => {
        const [plain, vectors] = [0, 8].map((vector) => ({ ...given, vector }));
        const { features, example } = featuresWith(film, vectors!, seed);
        const layout = film.layout(plain!);
        const flat = input("parameters", "float64", [example.parameters.length + example.vectors.length]);
        const encoded = input("encoded", "float64", [example.rows, plain!.inputs]);
        const found = featuresOf(
          film.features({
            shape: plain!,
            encoded,
            parameters: unflatten(layout, flat),
            dropout: (x) => x,
          }),
        );
        expect(layout.at(-1)!.name).toBe("tasks.codes"); // hence codes stand where the vectors are put
        const feeds = feedsOf(plain!, {
          ...example,
          vectors: [],
          parameters: Float64Array.from([...example.parameters, ...example.vectors]),
        });
        expectAlike([...(evaluate({ found }, feeds)["found"]!.data as Float64Array)], features);
      }),
      { numRuns: 10 },
    );
  });

  it("gives tasks of one vector the same features, and tasks of another others", () => {
    const shape = fc.sample(withVectors, { numRuns: 1, seed: 3 })[0]!;
    const three = {
      ...shape,
      tasks: list(3, (t) => t).map((t) => ({
        name: `t${t}`,
        kind: "binary",
        outputs: 1,
        signal: 1,
        parents: [],
      })),
    };
    const { example } = featuresWith(film, three, 5);
    const vectors = [
      ...example.vectors.slice(0, 6),
      ...example.vectors.slice(0, 6),
      ...example.vectors.slice(12),
    ];
    const traced = featuresOf(tracedFeatures(film, three));
    const found = evaluate({ traced }, feedsOf(three, { ...example, vectors }))["traced"]!
      .data as Float64Array;
    const size = found.length / 3;
    const of = (k: number): number[] => [...found.subarray(k * size, (k + 1) * size)];
    expect(of(0)).toEqual(of(1));
    expect(of(0)).not.toEqual(of(2));
  });

  it("is hard sharing at the start", () => {
    fc.assert(
      fc.property(shapes, fc.nat(99), (given, seed) => {
        const shape = { ...given, vector: 6 };
        for (const { name, init } of film.layout(shape))
          if (/\.(gain|shift)$/.test(name)) expect(init).toBe("zeros");
        const start = (name: string): number | undefined => (/\.(gain|shift)$/.test(name) ? 0 : undefined);
        const { features, example } = featuresWith(film, shape, seed, start);
        expectAlike(features, hardFeatures(film, shape, example.parameters, example.encoded));
      }),
      { numRuns: 20 },
    );
  });
});

function byHand(hand: ByHand, k: number, m: number, row: readonly number[]): readonly number[] {
  const { at, vectors } = hand;
  return layerWidths(hand.shape).reduce<readonly number[]>((h, [read, out], i) => {
    const made = list(out, (o) => {
      const product = sum(
        read,
        (d) => h[d]! * memberScale(hand, i, "input-scale", m, d) * at(`trunk.${i}.weight`, d, o),
      );
      const z = product * memberScale(hand, i, "output-scale", m, o) + memberBias(hand, i, m, o);
      const made = (key: string): number => sum(6, (v) => vectors[k]![v]! * at(`trunk.${i}.${key}`, v, o));
      return Math.max(0, (1 + made("gain")) * z + made("shift"));
    });
    return hostBlock(hand.shape, h, made);
  }, row);
}
