import fc from "fast-check";
import { expect } from "vitest";
import { evaluate } from "../../graph/index.js";
import { type Layout, parameterCount } from "../layout.js";
import { sizeOf } from "../parameter.js";
import {
  type FeatureExample,
  exampleShape,
  featuresOf,
  feedsOf,
  randomExample,
  tracedFeatures,
} from "./architecture.contract.js";
import type { SharingArchitecture, SharingShape } from "./architecture.js";

/** Reads parameters of a flat vector by name and leading indices; undefined where there is no such parameter. */
export type Read = (name: string, ...at: number[]) => number[] | undefined;

/** What a host implementation computes a row's features from. */
export interface HostRow {
  readonly shape: SharingShape;
  readonly read: Read;
  readonly x: readonly number[];
  readonly member: number;
  readonly example: FeatureExample;
}

/** A reader of a flat vector. */
export function reader(layout: Layout, flat: Float64Array): Read {
  const places = new Map<string, readonly [number, readonly number[]]>();
  let offset = 0;
  for (const { name, shape } of layout) {
    places.set(name, [offset, shape]);
    offset += sizeOf(shape);
  }
  return (name, ...at) => {
    const place = places.get(name);
    if (!place) return undefined;
    const [from, shape] = place;
    const rest = sizeOf(shape.slice(at.length));
    const index = at.reduce((sum, i, axis) => sum * shape[axis]! + i, 0);
    return Array.from(flat.subarray(from + index * rest, from + (index + 1) * rest));
  };
}

/** One copy of a layer on one row: ReLU(((x ∘ r) W) ∘ s + b), as loops over numbers. */
export function hostLayer(
  read: Read,
  name: string,
  copy: readonly number[],
  member: number,
  x: readonly number[],
) {
  const weight = read(`${name}.weight`, ...copy)!;
  const bias = read(`${name}.bias`, ...copy, member)!;
  const [r, s] = ["input-scale", "output-scale"].map((key) => read(`${name}.${key}`, ...copy, member));
  return bias.map((b, j) => {
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += x[i]! * (r?.[i] ?? 1) * weight[i * bias.length + j]!;
    return Math.max(0, sum * (s?.[j] ?? 1) + b);
  });
}

/** Softmax of numbers. */
export function hostSoftmax(logits: readonly number[]): number[] {
  const top = Math.max(...logits);
  const raised = logits.map((z) => Math.exp(z - top));
  const sum = raised.reduce((total, z) => total + z, 0);
  return raised.map((z) => z / sum);
}

/** x·W + b. */
export function hostLinear(
  weight: readonly number[],
  bias: readonly number[],
  x: readonly number[],
): number[] {
  return bias.map((b, j) => x.reduce((sum, value, i) => sum + value * weight[i * bias.length + j]!, b));
}

/** Σ weight·vector. */
export const hostMix = (weights: readonly number[], vectors: readonly (readonly number[])[]): number[] =>
  vectors[0]!.map((_, j) => weights.reduce((sum, w, i) => sum + w * vectors[i]![j]!, 0));

/** Shapes of all sorts, with options drawn for an architecture. */
export const randomShapes = (
  architecture: SharingArchitecture,
  options: Readonly<Record<string, fc.Arbitrary<number>>>,
): fc.Arbitrary<SharingShape> =>
  fc
    .record({
      inputs: fc.integer({ min: 1, max: 4 }),
      trunk: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
      members: fc.constantFrom(1, 2),
      adapter: fc.constantFrom("input" as const, "output" as const),
      tasks: fc.integer({ min: 2, max: 4 }),
      options: fc.record(options),
    })
    .map(({ tasks, ...given }) => {
      const all = Array.from({ length: tasks }, (_, t) => ({
        name: `task ${t}`,
        kind: "regression",
        outputs: 1,
        signal: 1,
        parents: [],
      }));
      return exampleShape(architecture, { ...given, tasks: all });
    });

/** Parameters of one copy of a trunk's layer, without and with members. */
export function layerCount({ inputs, trunk, members: M, adapter }: SharingShape, index: number): number {
  const [from, to] = [index === 0 ? inputs : trunk[index - 1]!, trunk[index]!];
  const scales = M === 1 ? 0 : M * (to + (index > 0 || adapter === "input" ? from : 0));
  return from * to + M * to + scales;
}

/** Features of a row in a graph equal those that `host` computes, for random shapes and parameters. */
export function expectHostFeatures(
  architecture: SharingArchitecture,
  shapes: fc.Arbitrary<SharingShape>,
  host: (row: HostRow, task: number) => readonly number[],
  { training = true, progress = fc.constant(0.3) as fc.Arbitrary<number>, runs = 40 } = {},
): void {
  fc.assert(
    fc.property(shapes, fc.nat(1000), progress, (shape, seed, at) => {
      const example = { ...randomExample(architecture, shape, seed), progress: at };
      const traced = tracedFeatures(architecture, shape, { training });
      const found = evaluate({ found: featuresOf(traced) }, feedsOf(shape, example))["found"]!;
      const read = reader(architecture.layout(shape), example.parameters);
      const [H, R, M] = [shape.trunk.at(-1)!, example.rows, shape.members];
      const data = found.data as Float64Array;
      shape.tasks.forEach((_, task) => {
        for (let member = 0; member < M; member++)
          for (let row = 0; row < R; row++) {
            const x = example.encoded.slice(row * shape.inputs, (row + 1) * shape.inputs);
            const expected = host({ shape, read, x, member, example }, task);
            const place = ((traced.perTask ? task * M : 0) + member) * R + row;
            expected.forEach((value, j) =>
              expect(Math.abs(data[place * H + j]! - value)).toBeLessThan(
                1e-9 * Math.max(1, Math.abs(value)),
              ),
            );
          }
      });
    }),
    { numRuns: runs },
  );
}

/** The number of parameters is what a formula says, for random shapes. */
export function expectCount(
  architecture: SharingArchitecture,
  shapes: fc.Arbitrary<SharingShape>,
  formula: (shape: SharingShape) => number,
): void {
  fc.assert(
    fc.property(shapes, (shape) => {
      expect(parameterCount(architecture.layout(shape))).toBe(formula(shape));
    }),
  );
}
