import fc from "fast-check";
import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { evaluate } from "../../graph/index.js";
import { parameterCount } from "../layout.js";
import { exampleShape, feedsOf, hostBlock, randomExample, tracedFeatures } from "./architecture.contract.js";
import type { SharingShape } from "./architecture.js";
import { hard } from "./hard.js";
import {
  anyShape,
  countOf,
  expectFeatures,
  featureValues,
  hostModel,
  overLayers,
  rectified,
  withZeros,
} from "./host-towers.contract.js";
import { softSharing } from "./soft-sharing.js";

const shapes = anyShape(softSharing, {
  strength: fc.constantFrom(0, 0.3),
  "trace-norm": fc.constantFrom(0, 1),
});

function penaltyOf(shape: SharingShape, example: ReturnType<typeof randomExample>): number {
  const { penalty } = tracedFeatures(softSharing, shape);
  return Number(evaluate({ penalty: penalty! }, feedsOf(shape, example))["penalty"]!.data[0]);
}

describe("soft sharing", () => {
  it("has the trunk of hard sharing and a layer for each task beside every layer of it", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const own = overLayers(shape, (H, index) => {
          const before = index === 0 ? shape.inputs : shape.trunk[index - 1]!;
          return shape.tasks.length * (before + 1) * H;
        });
        expect(countOf(softSharing, shape)).toBe(parameterCount(hard.layout(shape)) + own);
      }),
    );
  });

  it("is a tower for each task with the common weights and its own difference", () => {
    fc.assert(
      fc.property(shapes, fc.nat(1000), (shape, seed) => {
        const M = shape.members;
        expectFeatures(softSharing, shape, seed, (model, row, member) =>
          shape.tasks.map((_, t) => {
            let x = [...row];
            shape.trunk.forEach((width, index) => {
              const scale = (key: string, i: number): number =>
                model.has(`trunk.${index}.${key}`) ? model.at(`trunk.${index}.${key}`, member, 0, i) : 1;
              const read = x.map((value, i) => value * scale("input-scale", i));
              const made = Array.from({ length: width }, (__, h) => {
                let sum = 0;
                read.forEach((value, i) => {
                  const weight =
                    model.at(`trunk.${index}.weight`, i, h) + model.at(`tasks.${index}.weight`, t, i, h);
                  sum += value * weight;
                });
                const common =
                  M === 1
                    ? model.at(`trunk.${index}.bias`, h)
                    : model.at(`trunk.${index}.bias`, member, 0, h);
                return rectified(
                  sum * scale("output-scale", h) + common + model.at(`tasks.${index}.bias`, t, 0, 0, h),
                );
              });
              x = hostBlock(shape, x, made);
            });
            return x;
          }),
        );
      }),
      { numRuns: 30 },
    );
  });

  it("is hard sharing where towers do not differ, as at the start", () => {
    fc.assert(
      fc.property(shapes, fc.nat(1000), (shape, seed) => {
        const example = withZeros(softSharing, shape, randomExample(softSharing, shape, seed), /^tasks/u);
        const plain = exampleShape(hard, { ...shape, options: {} });
        const found = featureValues(softSharing, shape, example);
        const size = parameterCount(hard.layout(plain));
        const expected = featureValues(hard, plain, {
          ...example,
          parameters: example.parameters.slice(0, size),
        });
        expect(found.length).toBe(expected.length * shape.tasks.length);
        found.forEach((x, i) => expect(x).toBeCloseTo(expected[i % expected.length]!, 10));
      }),
      { numRuns: 20 },
    );
    for (const { name, init } of softSharing.layout(exampleShape(softSharing)))
      if (name.startsWith("tasks.")) expect(init).toBe("zeros");
  });

  it("penalises squared differences of weights and biases, or the singular values of all towers' weights", () => {
    fc.assert(
      fc.property(shapes, fc.nat(1000), (shape, seed) => {
        const { strength, "trace-norm": trace } = shape.options as Record<string, number>;
        if (strength === 0) return void expect(tracedFeatures(softSharing, shape).penalty).toBeUndefined();
        const example = randomExample(softSharing, shape, seed);
        const model = hostModel(softSharing, shape, example.parameters);
        let expected = 0;
        shape.trunk.forEach((H, index) => {
          const before = index === 0 ? shape.inputs : shape.trunk[index - 1]!;
          const rows = shape.tasks.map((_, t) => {
            for (let h = 0; h < H; h++) expected += model.at(`tasks.${index}.bias`, t, 0, 0, h) ** 2;
            return Array.from({ length: before * H }, (__, i) => {
              const place = [Math.floor(i / H), i % H] as const;
              const own = model.at(`tasks.${index}.weight`, t, ...place);
              if (trace === 0) expected += own ** 2;
              return own + model.at(`trunk.${index}.weight`, ...place);
            });
          });
          if (trace === 0) return;
          const { diagonal } = new SingularValueDecomposition(new Matrix(rows), { autoTranspose: true });
          const squares = rows.map((_, t) => (diagonal[t] ?? 0) ** 2);
          const total = squares.reduce((a, b) => a + b, 0);
          for (const square of squares) expected += Math.sqrt(square + 1e-5 * total);
        });
        expect(Math.abs(penaltyOf(shape, example) / (strength! * expected) - 1)).toBeLessThan(1e-6);
      }),
      { numRuns: 40 },
    );
  });

  it("has a least penalty over the common weights that is the squared distance of towers from their mean", () => {
    const shape = exampleShape(softSharing, { options: { strength: 1 } });
    const example = randomExample(softSharing, shape, 1);
    const least = penaltyOf(shape, centred(shape, example));
    let pairs = 0; // Σ over pairs of ‖Wₛ − Wₜ‖² is T times the squared distances from the mean
    const model = hostModel(softSharing, shape, example.parameters);
    const T = shape.tasks.length;
    for (const { name, shape: dims } of softSharing.layout(shape)) {
      if (!name.startsWith("tasks.")) continue;
      const size = dims.slice(1).reduce((a, b) => a * b, 1);
      for (let i = 0; i < size; i++) {
        const place = (t: number): number[] => placeOf(dims, t * size + i);
        for (let s = 0; s < T; s++)
          for (let t = 0; t < s; t++)
            pairs += (model.at(name, ...place(s)) - model.at(name, ...place(t))) ** 2;
      }
    }
    expect(least).toBeCloseTo(pairs / T, 9);
    expect(penaltyOf(shape, example)).toBeGreaterThan(least);
  });
});

const placeOf = (dims: readonly number[], index: number): number[] =>
  dims.map((size, axis) => Math.floor(index / dims.slice(axis + 1).reduce((a, b) => a * b, 1)) % size);

/** The same differences with their mean taken away, as if it were moved to the common weights. */
function centred(
  shape: SharingShape,
  example: ReturnType<typeof randomExample>,
): ReturnType<typeof randomExample> {
  const parameters = Float64Array.from(example.parameters);
  const T = shape.tasks.length;
  let offset = 0;
  for (const { name, shape: dims } of softSharing.layout(shape)) {
    const size = dims.reduce((a, b) => a * b, 1);
    const part = parameters.subarray(offset, (offset += size));
    if (!name.startsWith("tasks.")) continue;
    const each = size / T;
    for (let i = 0; i < each; i++) {
      let mean = 0;
      for (let t = 0; t < T; t++) mean += part[t * each + i]! / T;
      for (let t = 0; t < T; t++) part[t * each + i]! -= mean;
    }
  }
  return { ...example, parameters };
}
