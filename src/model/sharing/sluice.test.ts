import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate, gradients } from "../../graph/index.js";
import { sizeOf } from "../parameter.js";
import { exampleShape, feedsOf, randomExample, tracedFeatures } from "./architecture.contract.js";
import {
  anyShape,
  countOf,
  expectFeatures,
  featureValues,
  hostModel,
  hostTowers,
  layerCount,
  overLayers,
  someTasks,
  withZeros,
} from "./host-towers.contract.js";
import { sluice } from "./sluice.js";

const shapes = anyShape(sluice, {
  subspaces: fc.integer({ min: 1, max: 3 }),
  own: fc.constantFrom(0.5, 0.9, 1),
  orthogonality: fc.constantFrom(0, 0.1),
});
const alphaName = (index: number, layers: number): string =>
  `${index === layers - 1 ? "tasks" : "trunk"}.${index}.alpha`;
const share = (count: number, own: number, same: boolean): number =>
  count === 1 ? 1 : same ? own : (1 - own) / (count - 1);

describe("sluice", () => {
  it("has (T·S)² mixing weights per layer beside the towers, and one per task and layer as wide as the last", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const [T, S] = [shape.tasks.length, shape.options["subspaces"]!];
        const wide = shape.trunk.filter((width) => width === shape.trunk.at(-1)).length;
        const towers = overLayers(shape, (_, index) => layerCount(shape, index, T) + (T * S) ** 2);
        expect(countOf(sluice, shape)).toBe(towers + T * wide);
      }),
    );
  });

  it("mixes subspaces of all tasks after every layer, and the layers of each task at the end", () => {
    fc.assert(
      fc.property(shapes, fc.nat(1000), (shape, seed) => {
        const [T, L, S] = [shape.tasks.length, shape.trunk.length, shape.options["subspaces"]!];
        const own = shape.options["own"]!;
        expectFeatures(sluice, shape, seed, (model, row, member) => {
          const layers: number[][][] = [];
          hostTowers(model, row, member, (towers, index) => {
            const W = Math.ceil(shape.trunk[index]! / S);
            const mixed = towers.map((x, k) =>
              x.map((_, h) => {
                const [s, place] = [Math.floor(h / W), h % W];
                let sum = 0;
                for (let j = 0; j < T; j++)
                  for (let other = 0; other < S; other++) {
                    const value = towers[j]![other * W + place] ?? 0; // a subspace may lack its last channel
                    const start = share(T * S, own, j === k && other === s);
                    sum += (start + model.at(alphaName(index, L), k, s, j * S + other)) * value;
                  }
                return sum;
              }),
            );
            layers.push(mixed);
            return mixed;
          });
          const wide = [...shape.trunk.keys()].filter((i) => shape.trunk[i] === shape.trunk.at(-1));
          return shape.tasks.map((_, k) =>
            Array.from({ length: shape.trunk.at(-1)! }, (__, h) =>
              wide.reduce((sum, index, l) => {
                const start = share(wide.length, own, l === wide.length - 1);
                return sum + (start + model.at("tasks.beta", k, l)) * layers[index]![k]![h]!;
              }, 0),
            ),
          );
        });
      }),
      { numRuns: 30 },
    );
  });

  it("penalises what two subspaces of a layer have in common: λ·Σ‖G₁ᵀG₂‖²", () => {
    fc.assert(
      fc.property(shapes, fc.nat(1000), (shape, seed) => {
        const { penalty } = tracedFeatures(sluice, shape);
        const { subspaces: S, orthogonality } = shape.options as Record<string, number>;
        const alone = S === 1 || shape.trunk.every((width) => width === 1);
        expect(penalty === undefined).toBe(alone || orthogonality === 0);
        if (!penalty) return;
        const example = randomExample(sluice, shape, seed);
        const model = hostModel(sluice, shape, example.parameters);
        let expected = 0;
        shape.trunk.forEach((H, index) => {
          const before = index === 0 ? shape.inputs : shape.trunk[index - 1]!;
          const W = Math.ceil(H / S!);
          const subspace = (h: number): number => Math.floor(h / W);
          for (let t = 0; t < shape.tasks.length; t++)
            for (let a = 0; a < H; a++)
              for (let b = a + 1; b < H; b++) {
                if (subspace(a) === subspace(b)) continue;
                let dot = 0;
                for (let i = 0; i < before; i++)
                  dot +=
                    model.at(`trunk.${index}.towers.weight`, t, i, a) *
                    model.at(`trunk.${index}.towers.weight`, t, i, b);
                expected += dot * dot;
              }
        });
        const found = evaluate({ penalty }, feedsOf(shape, example))["penalty"]!;
        const value = (found.data as Float64Array)[0]!;
        expect(Math.abs(value - orthogonality! * expected)).toBeLessThan(1e-9 * Math.max(1, expected));
      }),
      { numRuns: 30 },
    );
  });

  it("has a penalty that moves the weights of towers, and nothing else", () => {
    const shape = exampleShape(sluice);
    const { penalty, flat } = tracedFeatures(sluice, shape);
    const [slope] = gradients(penalty!, [flat]);
    const example = randomExample(sluice, shape, 1);
    const values = evaluate({ slope: slope! }, feedsOf(shape, example))["slope"]!.data as Float64Array;
    let offset = 0;
    for (const { name, shape: dims } of sluice.layout(shape)) {
      const part = values.subarray(offset, (offset += sizeOf(dims)));
      expect(
        part.some((x) => x !== 0),
        name,
      ).toBe(name.endsWith("towers.weight"));
    }
  });

  it("is a network for each task alone where every subspace keeps to itself and the last layer is read", () => {
    const shape = exampleShape(sluice, { trunk: [4, 4], tasks: someTasks(2), options: { own: 1 } });
    const example = withZeros(sluice, shape, randomExample(sluice, shape, 2), /alpha|beta/u);
    const found = featureValues(sluice, shape, example);
    const changed = Float64Array.from(example.parameters);
    const own = sizeOf(sluice.layout(shape)[0]!.shape) / 2;
    for (let i = 0; i < own; i++) changed[i]! += 1; // the tower of the first task
    const other = featureValues(sluice, shape, { ...example, parameters: changed });
    const size = found.length / 2;
    expect(other.subarray(size)).toEqual(found.subarray(size));
    expect(other.subarray(0, size)).not.toEqual(found.subarray(0, size));
  });
});
