import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exampleShape, randomExample } from "./architecture.contract.js";
import { crossStitch } from "./cross-stitch.js";
import {
  anyShape,
  countOf,
  expectFeatures,
  featureValues,
  hostTowers,
  layerCount,
  overLayers,
  rectified,
  withZeros,
} from "./host-towers.contract.js";
import { nddr } from "./nddr.js";

const shapes = anyShape(nddr, {
  own: fc.constantFrom(0.3, 0.9, 1),
  normalise: fc.constantFrom(0, 1),
});

describe("nddr", () => {
  it("has T·H·H weights per layer and task beside the towers, and a scale and shift for each channel it normalises", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const T = shape.tasks.length;
        const affine = shape.options["normalise"] === 1 ? 2 : 0;
        const expected = overLayers(
          shape,
          (H, index) => layerCount(shape, index, T) + T * (T * H * H + affine * H),
        );
        expect(countOf(nddr, shape)).toBe(expected);
      }),
    );
  });

  it("takes all towers side by side through a linear layer of each task's own", () => {
    fc.assert(
      fc.property(shapes, fc.nat(1000), (shape, seed) => {
        const [T, L] = [shape.tasks.length, shape.trunk.length];
        const own = shape.options["own"]!;
        expectFeatures(nddr, shape, seed, (model, row, member) =>
          hostTowers(model, row, member, (towers, index) => {
            const name = `${index === L - 1 ? "tasks" : "trunk"}.${index}.fusion`;
            const H = shape.trunk[index]!;
            const beside = towers.flat();
            return towers.map((_, k) => {
              const sum = Array.from({ length: H }, (__, h) =>
                beside.reduce((total, value, i) => {
                  const [tower, channel] = [Math.floor(i / H), i % H];
                  const share = T === 1 ? 1 : tower === k ? own : (1 - own) / (T - 1);
                  const weight = (channel === h ? share : 0) + model.at(`${name}.weight`, k, i, h);
                  return total + value * weight;
                }, 0),
              );
              if (shape.options["normalise"] === 0) return sum.map(rectified);
              const mean = sum.reduce((a, b) => a + b, 0) / H;
              const variance = sum.reduce((a, b) => a + (b - mean) ** 2, 0) / H;
              return sum.map((x, h) =>
                rectified(
                  ((x - mean) / Math.sqrt(variance + 1e-5)) * model.at(`${name}.scale`, k, 0, 0, h) +
                    model.at(`${name}.shift`, k, 0, 0, h),
                ),
              );
            });
          }),
        );
      }),
      { numRuns: 30 },
    );
  });

  it("begins as cross-stitch does, near the identity, where nothing is normalised", () => {
    const shape = exampleShape(nddr);
    const stitched = exampleShape(crossStitch, { options: { "per-channel": 0 } });
    const towers = (name: string): boolean => name.includes("towers");
    const example = withZeros(nddr, shape, randomExample(nddr, shape, 1), /fusion/u);
    const values = partsOf(nddr, shape, example.parameters);
    const same = crossStitch
      .layout(stitched)
      .flatMap(({ name, shape: dims }) =>
        towers(name)
          ? [...values.get(name)!]
          : Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => 0),
      );
    const found = featureValues(nddr, shape, example);
    const expected = featureValues(crossStitch, stitched, {
      ...example,
      parameters: Float64Array.from(same),
    });
    found.forEach((x, i) => expect(x).toBeCloseTo(expected[i]!, 12));
  });

  it("keeps features of one size whatever the size of the towers', since it normalises", () => {
    const shape = exampleShape(nddr, { trunk: [8, 8], options: { normalise: 1 } });
    const example = randomExample(nddr, shape, 2);
    const found = featureValues(nddr, shape, example);
    const larger = featureValues(nddr, shape, { ...example, encoded: example.encoded.map((x) => 1e4 * x) });
    const size = (values: Float64Array): number => Math.hypot(...values) / Math.sqrt(values.length);
    expect(size(larger) / size(found)).toBeGreaterThan(0.3);
    expect(size(larger) / size(found)).toBeLessThan(3);
  });
});

function partsOf(
  architecture: typeof nddr,
  shape: Parameters<typeof nddr.layout>[0],
  flat: Float64Array,
): Map<string, Float64Array> {
  let offset = 0;
  return new Map(
    architecture.layout(shape).map(({ name, shape: dims }) => {
      const size = dims.reduce((a, b) => a * b, 1);
      return [name, flat.subarray(offset, (offset += size))];
    }),
  );
}
