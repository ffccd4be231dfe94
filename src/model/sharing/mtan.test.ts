import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exampleShape, hostBlock, randomExample } from "./architecture.contract.js";
import {
  type HostModel,
  anyShape,
  countOf,
  expectFeatures,
  featureValues,
  hostLayer,
  hostModel,
  layerCount,
  overLayers,
  rectified,
  withZeros,
} from "./host-towers.contract.js";
import { mtan } from "./mtan.js";

const shapes = anyShape(mtan, { hidden: fc.constantFrom(0, 2) });

/** The shared layers of one row and member, before their activations and as they are read. */
function hostShared(model: HostModel, row: readonly number[], member: number) {
  let x = [...row];
  return model.shape.trunk.map((width, index) => {
    const before = hostLayer(model, { name: `trunk.${index}.shared`, copy: 0, member, width }, x);
    x = hostBlock(model.shape, x, before.map(rectified));
    return { before, after: x };
  });
}

describe("mtan", () => {
  it("has one trunk, and for each task and layer a mask of two linear layers", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const T = shape.tasks.length;
        const expected = overLayers(shape, (H, index) => {
          const A = shape.options["hidden"]! || H;
          const reads = H + (index === 0 ? 0 : shape.trunk[index - 1]!);
          return layerCount(shape, index, 1) + T * (reads * A + A + A * H + H);
        });
        expect(countOf(mtan, shape)).toBe(expected);
      }),
    );
  });

  it("masks every shared layer by what the layer before its activation and the masked one before say", () => {
    fc.assert(
      fc.property(shapes, fc.nat(1000), (shape, seed) => {
        expectFeatures(mtan, shape, seed, (model, row, member) => {
          const shared = hostShared(model, row, member);
          return shape.tasks.map((_, k) => {
            let masked: number[] = [];
            shared.forEach(({ before, after }, index) => {
              const name = `tasks.${index}.mask`;
              const hidden = Array.from({ length: shape.options["hidden"]! || before.length }, (__, a) => {
                let sum = model.at(`${name}.input.bias`, k, 0, 0, a);
                before.forEach((x, i) => (sum += x * model.at(`${name}.input.weight`, k, i, a)));
                masked.forEach((x, i) => (sum += x * model.at(`${name}.masked.weight`, k, i, a)));
                return rectified(sum);
              });
              masked = after.map((x, h) => {
                let sum = model.at(`${name}.output.bias`, k, 0, 0, h);
                hidden.forEach((y, a) => (sum += y * model.at(`${name}.output.weight`, k, a, h)));
                return x / (1 + Math.exp(-sum));
              });
            });
            return masked;
          });
        });
      }),
      { numRuns: 30 },
    );
  });

  it("is hard sharing at half the size where masks say nothing", () => {
    const shape = exampleShape(mtan);
    const example = withZeros(mtan, shape, randomExample(mtan, shape, 1), /output\.(weight|bias)/u);
    const found = featureValues(mtan, shape, example); // [T, R, H]
    const model = hostModel(mtan, shape, example.parameters);
    const H = shape.trunk.at(-1)!;
    found.forEach((x, i) => {
      const row = Math.floor(i / H) % example.rows;
      const part = example.encoded.slice(row * shape.inputs, (row + 1) * shape.inputs);
      expect(x).toBeCloseTo(hostShared(model, part, 0).at(-1)!.after[i % H]! / 2, 12);
    });
  });

  it("only ever takes away: a masked feature lies between 0 and the shared one", () => {
    fc.assert(
      fc.property(shapes, fc.nat(1000), (shape, seed) => {
        if (shape.members > 1) return;
        const example = randomExample(mtan, shape, seed);
        const found = featureValues(mtan, shape, example);
        const model = hostModel(mtan, shape, example.parameters);
        const H = shape.trunk.at(-1)!;
        found.forEach((x, i) => {
          const row = Math.floor(i / H) % example.rows;
          const part = example.encoded.slice(row * shape.inputs, (row + 1) * shape.inputs);
          const shared = hostShared(model, part, 0).at(-1)!.after[i % H]!;
          expect(x).toBeGreaterThanOrEqual(Math.min(0, shared) - 1e-12);
          expect(x).toBeLessThanOrEqual(Math.max(0, shared) + 1e-12);
        });
      }),
      { numRuns: 20 },
    );
  });
});
