import fc from "fast-check";
import { expect } from "vitest";
import { evaluate } from "../../graph/index.js";
import { parameterCount } from "../layout.js";
import { exampleShape, featuresOf, feedsOf, tracedFeatures } from "./architecture.contract.js";
import type { SharingArchitecture, SharingShape } from "./architecture.js";
import { handOf, list } from "./by-hand.contract.js";
import { hard } from "./hard.js";

/** Random shapes of an architecture, options as given or their defaults. */
export const randomShapes = (
  architecture: SharingArchitecture,
  options: Readonly<Record<string, fc.Arbitrary<number>>> = {},
): fc.Arbitrary<SharingShape> =>
  fc
    .record({
      inputs: fc.integer({ min: 1, max: 6 }),
      trunk: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
      members: fc.constantFrom(1, 3),
      adapter: fc.constantFrom("input" as const, "output" as const),
      blocks: fc.constantFrom("plain" as const, "residual" as const),
      tasks: fc.integer({ min: 1, max: 5 }),
      vector: fc.constantFrom(0, 6),
      options: fc.record(options),
    })
    .map(({ tasks, blocks, ...rest }) =>
      exampleShape(architecture, {
        ...rest,
        ...(blocks === "residual" && { blocks }),
        tasks: list(tasks, (t) => t).map((t) => ({
          name: `t${t}`,
          kind: "binary",
          outputs: 1,
          signal: 1,
          parents: t === 0 ? [] : [t - 1],
        })),
      }),
    );

/** How many parameters an architecture has. */
export const countOf = (architecture: SharingArchitecture, shape: SharingShape): number =>
  parameterCount(architecture.layout(shape));

/** How many hard sharing has. */
export const hardCount = (shape: SharingShape): number => countOf(hard, shape);

/** Widths before and after each layer. */
export const layerWidths = ({ inputs, trunk }: SharingShape): (readonly [number, number])[] =>
  trunk.map((out, i) => [i === 0 ? inputs : trunk[i - 1]!, out]);

/** Features `[T, M, R, H]` of an architecture with given parameters, by default as drawn; others by name and place in them. */
export function featuresWith(
  architecture: SharingArchitecture,
  shape: SharingShape,
  seed: number,
  set: (name: string, i: number) => number | undefined = () => undefined,
): { features: number[]; example: ReturnType<typeof handOf>["example"] } {
  const { example } = handOf(architecture, shape, seed);
  let offset = 0;
  for (const { name, shape: dims } of architecture.layout(shape)) {
    const size = dims.reduce((product, n) => product * n, 1);
    for (let i = 0; i < size; i++) {
      const value = set(name, i);
      if (value !== undefined) example.parameters[offset + i] = value;
    }
    offset += size;
  }
  const traced = featuresOf(tracedFeatures(architecture, shape));
  const found = evaluate({ traced }, feedsOf(shape, example))["traced"]!.data as Float64Array;
  return { features: [...found], example };
}

/** Features of hard sharing for each task `[T, M, R, H]`, its parameters taken by name from those of another architecture. */
export function hardFeatures(
  architecture: SharingArchitecture,
  shape: SharingShape,
  parameters: Float64Array,
  encoded: readonly number[],
): number[] {
  const named = new Map<string, Float64Array>();
  let offset = 0;
  for (const { name, shape: dims } of architecture.layout(shape)) {
    const size = dims.reduce((product, n) => product * n, 1);
    named.set(name, parameters.subarray(offset, offset + size));
    offset += size;
  }
  const own = hard
    .layout(shape)
    .flatMap(({ name, shape: dims }) => [
      ...(named.get(name) ?? new Float64Array(dims.reduce((product, n) => product * n, 1))),
    ]);
  const traced = featuresOf(tracedFeatures(hard, shape));
  const feeds = feedsOf(shape, {
    encoded,
    rows: encoded.length / shape.inputs,
    parameters: Float64Array.from(own),
    vectors: list(shape.tasks.length * shape.vector, () => 0),
  });
  const one = evaluate({ traced }, feeds)["traced"]!.data as Float64Array;
  return shape.tasks.flatMap(() => [...one]);
}

/** Numbers that are the same but for rounding. */
export function expectAlike(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  found.forEach((x, i) => expect(x).toBeCloseTo(expected[i]!, 10));
}
