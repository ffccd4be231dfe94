import { expect } from "vitest";
import { evaluate } from "../../graph/index.js";
import { type Parameter, sizeOf } from "../parameter.js";
import { featuresOf, feedsOf, randomExample, tracedFeatures } from "./architecture.contract.js";
import type { SharingArchitecture, SharingShape } from "./architecture.js";

/** What features are computed from by loops over numbers. */
export interface ByHand {
  readonly shape: SharingShape;
  /** Encoded inputs, row by row. */
  readonly x: readonly (readonly number[])[];
  readonly vectors: readonly (readonly number[])[];
  /** Whether there is a parameter of a name. */
  has(name: string): boolean;
  /** A number of a parameter by its place. */
  at(name: string, ...place: number[]): number;
}

/** Random numbers for an architecture, as loops read them. */
export function handOf(architecture: SharingArchitecture, shape: SharingShape, seed: number) {
  const example = randomExample(architecture, shape, seed);
  const lines = (flat: readonly number[], width: number): number[][] =>
    Array.from({ length: width === 0 ? 0 : flat.length / width }, (_, i) =>
      flat.slice(i * width, (i + 1) * width),
    );
  const hand: ByHand = {
    shape,
    x: lines(example.encoded, shape.inputs),
    vectors: lines(example.vectors, shape.vector),
    ...numbersOf(architecture.layout(shape), example.parameters),
  };
  return { example, hand };
}

/** Reads a flat vector of parameters by name and place. */
export function numbersOf(layout: readonly Parameter[], flat: Float64Array): Pick<ByHand, "has" | "at"> {
  let offset = 0;
  const named = new Map(
    layout.map(({ name, shape: dims }) => {
      const from = offset;
      offset += sizeOf(dims);
      return [name, { dims, data: flat.subarray(from, offset) }] as const;
    }),
  );
  return {
    has: (name) => named.has(name),
    at(name, ...place) {
      const { dims, data } = named.get(name)!;
      if (place.length !== dims.length || place.some((p, axis) => !(p < dims[axis]!)))
        throw new RangeError(`${name} has no place ${place.join(", ")}`);
      return data[place.reduce((at, p, axis) => at * dims[axis]! + p, 0)]!;
    },
  };
}

/** Sum over the numbers below `count`. */
export function sum(count: number, of: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += of(i);
  return total;
}

/** Values by their place. */
export const list = <T = number>(count: number, of: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => of(i));

/** Scale of a member at the input or output of a layer of the trunk; 1 where there is none. */
export const memberScale = (
  { has, at }: ByHand,
  i: number,
  key: "input-scale" | "output-scale",
  m: number,
  place: number,
): number => (has(`trunk.${i}.${key}`) ? at(`trunk.${i}.${key}`, m, 0, place) : 1);

/** Bias of a member in a layer of the trunk. */
export const memberBias = ({ has, at, shape }: ByHand, i: number, m: number, place: number): number => {
  if (!has(`trunk.${i}.bias`)) return 0;
  return shape.members === 1 ? at(`trunk.${i}.bias`, place) : at(`trunk.${i}.bias`, m, 0, place);
};

/** Features `[T, M, R, H]` of the graph are those of loops, for each task, member and row. */
export function expectByHand(
  architecture: SharingArchitecture,
  shape: SharingShape,
  seed: number,
  features: (hand: ByHand, k: number, m: number, row: readonly number[]) => readonly number[],
): void {
  const { example, hand } = handOf(architecture, shape, seed);
  const traced = featuresOf(tracedFeatures(architecture, shape));
  const found = evaluate({ traced }, feedsOf(shape, example))["traced"]!.data as Float64Array;
  const expected = shape.tasks.flatMap((_, k) =>
    list(shape.members, (m) => m).flatMap((m) => hand.x.flatMap((row) => [...features(hand, k, m, row)])),
  );
  expect(found).toHaveLength(expected.length);
  found.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 9));
}
