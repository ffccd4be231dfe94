import fc from "fast-check";
import { expect } from "vitest";
import { evaluate } from "../../graph/index.js";
import { parameterCount } from "../layout.js";
import { sizeOf } from "../parameter.js";
import {
  exampleShape,
  featuresOf,
  feedsOf,
  hostBlock,
  randomExample,
  tracedFeatures,
} from "./architecture.contract.js";
import type { SharingArchitecture, SharingShape } from "./architecture.js";

/** Values of parameters by name and place. */
export interface HostModel {
  readonly shape: SharingShape;
  has(name: string): boolean;
  at(name: string, ...place: readonly number[]): number;
}

/** Shapes of 1 to 4 tasks and 1 to 3 layers, with values of an architecture's options. */
export const anyShape = (
  architecture: SharingArchitecture,
  options: Readonly<Record<string, fc.Arbitrary<number>>> = {},
): fc.Arbitrary<SharingShape> =>
  fc
    .record({
      inputs: fc.integer({ min: 1, max: 4 }),
      trunk: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
      members: fc.constantFrom(1, 2),
      adapter: fc.constantFrom("input" as const, "output" as const),
      blocks: fc.constantFrom("plain" as const, "residual" as const),
      tasks: fc.integer({ min: 1, max: 4 }),
      options: fc.record(options),
    })
    .map(({ tasks, blocks, ...given }) =>
      exampleShape(architecture, {
        ...given,
        ...(blocks === "residual" && { blocks }),
        tasks: someTasks(tasks),
      }),
    );

/** So many tasks without links. */
export const someTasks = (count: number): SharingShape["tasks"] =>
  Array.from({ length: count }, (_, t) => ({
    name: `t${t}`,
    kind: "regression",
    outputs: 1,
    signal: 1,
    parents: [],
  }));

/** The parameters of an example. */
export function hostModel(
  architecture: SharingArchitecture,
  shape: SharingShape,
  flat: Float64Array,
): HostModel {
  const found = new Map<string, { dims: readonly number[]; values: Float64Array }>();
  let offset = 0;
  for (const { name, shape: dims } of architecture.layout(shape))
    found.set(name, { dims, values: flat.subarray(offset, (offset += sizeOf(dims))) });
  return {
    shape,
    has: (name) => found.has(name),
    at(name, ...place) {
      const { dims, values } = found.get(name)!;
      expect(place.length).toBe(dims.length);
      return values[place.reduce((sum, i, axis) => sum * dims[axis]! + i, 0)]!;
    },
  };
}

/** A copy of a layer for one member and row, before its activation. */
export function hostLayer(
  model: HostModel,
  { name, copy, member, width }: { name: string; copy: number; member: number; width: number },
  x: readonly number[],
): number[] {
  const scaled = x.map((value, i) =>
    model.has(`${name}.input-scale`) ? value * model.at(`${name}.input-scale`, copy, member, 0, i) : value,
  );
  return Array.from({ length: width }, (_, h) => {
    const product = scaled.reduce((sum, value, i) => sum + value * model.at(`${name}.weight`, copy, i, h), 0);
    const scale = model.has(`${name}.output-scale`)
      ? model.at(`${name}.output-scale`, copy, member, 0, h)
      : 1;
    return product * scale + model.at(`${name}.bias`, copy, member, 0, h);
  });
}

/** The layers of a tower for each task, mixed after each by what `mix` says: `[T][H]` of one row and member. */
export function hostTowers(
  model: HostModel,
  row: readonly number[],
  member: number,
  mix: (own: readonly number[][], index: number) => number[][],
): number[][] {
  let all = model.shape.tasks.map(() => [...row]);
  model.shape.trunk.forEach((width, index) => {
    const name = `trunk.${index}.towers`;
    const layerOf = (copy: number, x: readonly number[]): number[] =>
      hostLayer(model, { name, copy, member, width }, x).map(rectified);
    const own = all.map((x, copy) => hostBlock(model.shape, x, layerOf(copy, x)));
    all = mix(own, index);
  });
  return all;
}

/** ReLU of a number. */
export const rectified = (x: number): number => Math.max(0, x);

/** Expects the features to be what a reference says of each row and member: `[T][H]`, or `[1][H]` for all tasks. */
export function expectFeatures(
  architecture: SharingArchitecture,
  shape: SharingShape,
  seed: number,
  reference: (model: HostModel, row: readonly number[], member: number) => readonly number[][],
): void {
  const example = randomExample(architecture, shape, seed);
  const found = featuresOf(tracedFeatures(architecture, shape));
  const values = evaluate({ found }, feedsOf(shape, example))["found"]!.data as Float64Array;
  const model = hostModel(architecture, shape, example.parameters);
  const { rows } = example;
  const expected = Array.from({ length: shape.members }, (_, member) =>
    Array.from({ length: rows }, (__, r) =>
      reference(model, example.encoded.slice(r * shape.inputs, (r + 1) * shape.inputs), member),
    ),
  ); // [M][R][T][H]
  const H = shape.trunk.at(-1)!;
  expect(values.length).toBe(expected[0]![0]!.length * shape.members * rows * H);
  values.forEach((value, i) => {
    const [h, r] = [i % H, Math.floor(i / H) % rows];
    const [m, t] = [Math.floor(i / (H * rows)) % shape.members, Math.floor(i / (H * rows * shape.members))];
    const right = expected[m]![r]![t]![h]!;
    expect(Math.abs(value - right)).toBeLessThan(1e-9 * Math.max(1, Math.abs(right)));
  });
}

/** The features of an example, as one list. */
export function featureValues(
  architecture: SharingArchitecture,
  shape: SharingShape,
  example: ReturnType<typeof randomExample>,
): Float64Array {
  const found = featuresOf(tracedFeatures(architecture, shape));
  return evaluate({ found }, feedsOf(shape, example))["found"]!.data as Float64Array;
}

/** An example in which some parameters are as they start, by name; the start is that of zeros with a shift. */
export function withZeros(
  architecture: SharingArchitecture,
  shape: SharingShape,
  example: ReturnType<typeof randomExample>,
  name: RegExp,
): ReturnType<typeof randomExample> {
  const parameters = Float64Array.from(example.parameters);
  let offset = 0;
  for (const one of architecture.layout(shape)) {
    const end = offset + sizeOf(one.shape);
    if (name.test(one.name)) parameters.fill(0, offset, end);
    offset = end;
  }
  return { ...example, parameters };
}

/** How many parameters a layer has by formula, with the scales of members. */
export function layerCount(shape: SharingShape, index: number, copies: number): number {
  const { members: M, trunk } = shape;
  const [before, H] = [index === 0 ? shape.inputs : trunk[index - 1]!, trunk[index]!];
  const scales = M === 1 ? 0 : M * H + (index > 0 || shape.adapter === "input" ? M * before : 0);
  return copies * (before * H + M * H + scales);
}

/** The number of parameters of an architecture. */
export const countOf = (architecture: SharingArchitecture, shape: SharingShape): number =>
  parameterCount(architecture.layout(shape));

/** Sum of what a function gives for each layer. */
export const overLayers = (shape: SharingShape, count: (width: number, index: number) => number): number =>
  shape.trunk.reduce((sum, width, index) => sum + count(width, index), 0);
