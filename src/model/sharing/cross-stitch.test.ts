import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate, gradients, reduceSum, square } from "../../graph/index.js";
import { sizeOf } from "../parameter.js";
import { exampleShape, featuresOf, feedsOf, randomExample, tracedFeatures } from "./architecture.contract.js";
import { crossStitch } from "./cross-stitch.js";
import {
  anyShape,
  countOf,
  expectFeatures,
  featureValues,
  hostTowers,
  layerCount,
  overLayers,
  someTasks,
  withZeros,
} from "./host-towers.contract.js";

const shapes = anyShape(crossStitch, {
  own: fc.constantFrom(0, 0.5, 0.9, 1),
  "per-channel": fc.constantFrom(0, 1),
});
const stitchName = (index: number, layers: number): string =>
  `${index === layers - 1 ? "tasks" : "trunk"}.${index}.stitch`;

describe("cross-stitch", () => {
  it("has a tower for each task and T² mixing weights per layer, times its width where each channel has its own", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const T = shape.tasks.length;
        const each = shape.options["per-channel"] === 1;
        const expected = overLayers(
          shape,
          (H, index) => layerCount(shape, index, T) + T * T * (each ? H : 1),
        );
        expect(countOf(crossStitch, shape)).toBe(expected);
      }),
    );
  });

  it("mixes towers after every layer as the equation says", () => {
    fc.assert(
      fc.property(shapes, fc.nat(1000), (shape, seed) => {
        const [T, L] = [shape.tasks.length, shape.trunk.length];
        const own = shape.options["own"]!;
        const each = shape.options["per-channel"] === 1;
        expectFeatures(crossStitch, shape, seed, (model, row, member) =>
          hostTowers(model, row, member, (towers, index) =>
            towers.map((x, k) =>
              x.map((_, h) =>
                towers.reduce((sum, other, j) => {
                  const start = T === 1 ? 1 : k === j ? own : (1 - own) / (T - 1);
                  const offset = model.at(stitchName(index, L), k, j, ...(each ? [h] : []));
                  return sum + (start + offset) * other[h]!;
                }, 0),
              ),
            ),
          ),
        );
      }),
      { numRuns: 30 },
    );
  });

  it("begins as a mean that keeps the size of values: weights of a task sum to 1, 0.9 for its own of two", () => {
    const shape = exampleShape(crossStitch, { trunk: [3], tasks: someTasks(4) });
    const example = withZeros(crossStitch, shape, randomExample(crossStitch, shape, 1), /stitch/u);
    const apart = exampleShape(crossStitch, { ...shape, options: { own: 1 } });
    const found = featureValues(crossStitch, shape, example); // [T, R, H]
    const towers = featureValues(crossStitch, apart, example);
    const size = towers.length / 4;
    found.forEach((x, i) => {
      const at = i % size;
      const sum = [0, 1, 2, 3].reduce((total, t) => total + towers[t * size + at]!, 0);
      const mine = towers[i]!;
      expect(x).toBeCloseTo(0.9 * mine + (0.1 / 3) * (sum - mine), 12);
    });
  });

  it("is a network for each task alone where each tower keeps to itself", () => {
    const shape = exampleShape(crossStitch, { options: { own: 1 } });
    const example = withZeros(crossStitch, shape, randomExample(crossStitch, shape, 2), /stitch/u);
    const found = featureValues(crossStitch, shape, example);
    const [first] = crossStitch.layout(shape); // weights of the first layer's towers
    const changed = Float64Array.from(example.parameters);
    const own = sizeOf(first!.shape) / shape.tasks.length;
    for (let i = 0; i < own; i++) changed[i]! += 1; // the tower of the first task
    const other = featureValues(crossStitch, shape, { ...example, parameters: changed });
    const size = found.length / shape.tasks.length;
    expect(other.subarray(size)).toEqual(found.subarray(size));
    expect(other.subarray(0, size)).not.toEqual(found.subarray(0, size));
  });

  it("uses every mixing weight: none is left without a gradient", () => {
    for (const perChannel of [0, 1]) {
      const shape = exampleShape(crossStitch, {
        trunk: [6, 6, 6],
        options: { "per-channel": perChannel },
      });
      const traced = tracedFeatures(crossStitch, shape);
      const found = featuresOf(traced);
      const [slope] = gradients(reduceSum(square(found), [...found.shape.keys()]), [traced.flat]);
      const example = randomExample(crossStitch, shape, 3);
      const values = evaluate({ slope: slope! }, feedsOf(shape, example))["slope"]!.data as Float64Array;
      let offset = 0;
      for (const { name, shape: dims } of crossStitch.layout(shape)) {
        const part = values.subarray(offset, (offset += sizeOf(dims)));
        if (!name.endsWith("stitch")) continue;
        const moved = part.filter((x) => x !== 0).length;
        expect(moved, name).toBeGreaterThan(perChannel === 1 ? part.length / 2 : part.length - 1); // channels may be dead
      }
    }
  });

  it("gives mixing weights a learning rate of their own", () => {
    const shape = exampleShape(crossStitch, { options: { rate: 25 } });
    for (const { name, rate } of crossStitch.layout(shape))
      expect(rate ?? 1, name).toBe(name.endsWith("stitch") ? 25 : 1);
  });
});
