import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.js";
import { difference, runOnnx } from "../../graph/checks.contract.js";
import {
  type Tensor,
  type TensorValue,
  add,
  evaluate,
  gradients,
  input,
  mul,
  reduceSum,
  square,
  toOnnx,
} from "../../graph/index.js";
import { parameterCount, initialParameters, unflatten } from "../layout.js";
import { inTrunk, sizeOf } from "../parameter.js";
import type { CouplingInputs, Features, SharingArchitecture, SharingShape } from "./architecture.js";

/** A small shape of so many tasks, with an architecture's default options. */
export function exampleShape(
  architecture: SharingArchitecture,
  given: Partial<SharingShape> = {},
): SharingShape {
  const options = Object.fromEntries(
    Object.entries(architecture.options).map(([name, option]) => [name, option.default]),
  );
  return {
    inputs: 3,
    trunk: [4, 5],
    initializer: "he-normal",
    members: 1,
    adapter: "input",
    vector: 6,
    tasks: ["a", "b", "c"].map((name, i) => ({
      name,
      kind: "binary",
      outputs: 1,
      signal: 1,
      parents: i === 0 ? [] : [i - 1],
    })),
    ...given,
    options: { ...options, ...given.options },
  };
}

/** For an architecture that joins outputs by themselves. */
export const OUTPUTS_ALONE: CouplingInputs = { features: {}, parameters: {}, signal: (_, output) => output };

/** A shape of residual blocks: the first two of its three layers are as wide as what they read. */
const residualShape = (architecture: SharingArchitecture, given: Partial<SharingShape> = {}): SharingShape =>
  exampleShape(architecture, { inputs: 4, trunk: [4, 4, 5], blocks: "residual", ...given });

/** What a layer of the trunk gives on the host: with residual blocks what it reads is added where it is as wide. */
export const hostBlock = (
  { blocks }: SharingShape,
  read: readonly number[],
  made: readonly number[],
): number[] => made.map((x, i) => (blocks === "residual" && read.length === made.length ? x + read[i]! : x));

/** What an architecture is asked for on the host, as float64 values by name. */
export interface FeatureExample {
  readonly encoded: readonly number[];
  readonly rows: number;
  readonly parameters: Float64Array;
  readonly vectors: readonly number[];
  readonly progress?: number;
  readonly noise?: readonly number[];
}

/** An example of random numbers, parameters as they start plus some noise, so that none is zero. */
export function randomExample(architecture: SharingArchitecture, shape: SharingShape, seed: number) {
  const random = seededRandom(seed, "architecture");
  const layout = architecture.layout(shape);
  const rows = 4;
  const start = initialParameters(layout, random.fork("parameters"));
  const normals = (count: number): number[] => Array.from({ length: count }, () => random.normal());
  return {
    rows,
    encoded: normals(rows * shape.inputs),
    parameters: Float64Array.from(start, (x) => x + 0.3 * random.normal()),
    vectors: normals(shape.tasks.length * shape.vector),
    progress: 0.3,
    noise: Array.from({ length: architecture.noise?.(shape) ?? 0 }, () => 0.01 + 0.98 * random.uniform()),
  } satisfies FeatureExample;
}

/** The features of an architecture as a graph in float64 over the inputs of `feedsOf`. */
export function tracedFeatures(
  architecture: SharingArchitecture,
  shape: SharingShape,
  { rows = 4, training = true, dtype = "float64" as "float32" | "float64", symbolic = false } = {},
): Features & { readonly flat: Tensor; readonly inputs: readonly Tensor[] } {
  const layout = architecture.layout(shape);
  const flat = input("parameters", dtype, [parameterCount(layout)]);
  const encoded = input("encoded", dtype, [symbolic ? "batch" : rows, shape.inputs]);
  const vectors = input("vectors", dtype, [shape.tasks.length, shape.vector]);
  const count = architecture.noise?.(shape);
  const progress = input("progress", dtype, []);
  const noise = input("noise", dtype, [count ?? 0]);
  const features = architecture.features({
    shape,
    encoded,
    parameters: unflatten(layout, flat),
    dropout: (x) => x,
    vectors,
    ...(training && count !== undefined && { step: { progress, noise } }),
  });
  return { ...features, flat, inputs: [flat, encoded, vectors, progress, noise] };
}

/** Feeds of `tracedFeatures`. */
export function feedsOf(
  shape: SharingShape,
  { encoded, rows, parameters, vectors, progress = 0.3, noise = [] }: FeatureExample,
): Record<string, TensorValue> {
  const of = (dims: readonly number[], data: ArrayLike<number>): TensorValue => ({
    dtype: "float64",
    shape: [...dims],
    data: Float64Array.from(data),
  });
  return {
    parameters: of([parameters.length], parameters),
    encoded: of([rows, shape.inputs], encoded),
    vectors: of([shape.tasks.length, shape.vector], vectors),
    progress: of([], [progress]),
    noise: of([noise.length], noise),
  };
}

/** What heads would read, whichever it is. */
export const featuresOf = ({ shared, perTask }: Features): Tensor => shared ?? perTask!; // one of the two is there

const single = (feeds: Record<string, TensorValue>): Record<string, TensorValue> =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, { shape, data }]) => [
      name,
      { dtype: "float32" as const, shape, data: Float32Array.from(data as Float64Array) },
    ]),
  );

/** What every sharing architecture keeps to. */
export function architectureContract(architecture: SharingArchitecture): void {
  describe(`${architecture.slug}`, () => {
    const shapes: readonly (readonly [string, SharingShape])[] = [
      ["one member", exampleShape(architecture)],
      ["members told apart at the input", exampleShape(architecture, { members: 2 })],
      ["members told apart at the output", exampleShape(architecture, { members: 2, adapter: "output" })],
      ["one layer", exampleShape(architecture, { trunk: [4] })],
      ["three layers", exampleShape(architecture, { trunk: [4, 3, 5] })],
      ["two tasks", exampleShape(architecture, { tasks: exampleShape(architecture).tasks.slice(0, 2) })],
      ["residual blocks", residualShape(architecture)],
      ["residual blocks and members", residualShape(architecture, { members: 2 })],
      [
        "residual blocks and members told apart at the output",
        residualShape(architecture, { members: 2, adapter: "output" }),
      ],
    ];

    it("says of itself what a page needs", () => {
      for (const text of [
        architecture.title,
        architecture.description,
        architecture.helps,
        architecture.paper,
      ])
        expect(text.length).toBeGreaterThan(3);
      for (const option of Object.values(architecture.options)) {
        expect(option.default).toBeGreaterThanOrEqual(option.min);
        expect(option.default).toBeLessThanOrEqual(option.max);
      }
    });

    it.each(shapes)(
      "has parameters of unlike names, those of one task with the tasks first: %s",
      (_, shape) => {
        const layout = architecture.layout(shape);
        expect(new Set(layout.map(({ name }) => name)).size).toBe(layout.length);
        for (const { name, shape: dims, perTask } of layout) {
          expect(name).toMatch(/^(trunk|tasks)\./);
          if (perTask) expect(dims[0]).toBe(shape.tasks.length);
          if (inTrunk(name)) expect(perTask).toBeUndefined();
        }
      },
    );

    it.each(shapes)("gives features of the width of the last layer, finite: %s", (_, shape) => {
      const traced = tracedFeatures(architecture, shape);
      const found = featuresOf(traced);
      const [M, H] = [shape.members, shape.trunk.at(-1)!];
      const lead = traced.shared ? (M === 1 ? [] : [M]) : [shape.tasks.length, M];
      expect(found.shape).toEqual([...lead, 4, H]);
      const values = evaluate({ found }, feedsOf(shape, randomExample(architecture, shape, 1)))["found"]!;
      expect((values.data as Float64Array).every(Number.isFinite)).toBe(true);
    });

    it.each(shapes)("has gates that sum to one: %s", (_, shape) => {
      const { gates = {} } = tracedFeatures(architecture, shape);
      for (const { weights, readers, choices } of Object.values(gates))
        expect([weights.shape[0], weights.shape.at(-1)]).toEqual([readers.length, choices.length]);
      const found = evaluate(weightsOf(gates), feedsOf(shape, randomExample(architecture, shape, 2)));
      for (const { shape: dims, data } of Object.values(found)) {
        const width = Number(dims.at(-1));
        const values = data as Float64Array;
        for (let at = 0; at < values.length; at += width)
          expect(values.subarray(at, at + width).reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 9);
      }
    });

    it.each(shapes)("has the gradients that differences tell: %s", (_, shape) => {
      const traced = tracedFeatures(architecture, shape);
      const found = featuresOf(traced);
      const sum = reduceSum(square(found), [...found.shape.keys()]);
      const total = traced.penalty ? add(sum, traced.penalty) : sum;
      const [slope] = gradients(total, [traced.flat]);
      const example = randomExample(architecture, shape, 3);
      const exact = evaluate({ slope: slope! }, feedsOf(shape, example))["slope"]!.data as Float64Array;
      const at = (parameters: Float64Array): number =>
        (evaluate({ total }, feedsOf(shape, { ...example, parameters }))["total"]!.data as Float64Array)[0]!;
      const random = seededRandom(4, "directions");
      for (let trial = 0; trial < 3; trial++) {
        const direction = Float64Array.from(exact, () => random.normal());
        const moved = (by: number): Float64Array => example.parameters.map((x, i) => x + by * direction[i]!);
        const numeric = (at(moved(1e-6)) - at(moved(-1e-6))) / 2e-6;
        const told = exact.reduce((dot, x, i) => dot + x * direction[i]!, 0);
        expect(Math.abs(told - numeric)).toBeLessThan(1e-4 * Math.max(1, Math.abs(told)));
      }
    });

    it.each(shapes)("moves a task's own parameters by that task alone: %s", (_, shape) => {
      const traced = tracedFeatures(architecture, shape);
      const layout = architecture.layout(shape);
      if (!traced.perTask || !layout.some(({ perTask }) => perTask)) return;
      const example = randomExample(architecture, shape, 5);
      shape.tasks.forEach((__, task) => {
        const chosen = input("chosen", "float64", [shape.tasks.length, 1, 1, 1]);
        const found = traced.perTask!;
        const total = reduceSum(mul(square(found), chosen), [...found.shape.keys()]);
        const [slope] = gradients(total, [traced.flat]);
        const mask = Float64Array.from(shape.tasks, (_, t) => (t === task ? 1 : 0));
        const feeds = {
          ...feedsOf(shape, example),
          chosen: { dtype: "float64" as const, shape: [mask.length, 1, 1, 1], data: mask },
        };
        const values = evaluate({ slope: slope! }, feeds)["slope"]!.data as Float64Array;
        let at = 0;
        for (const { shape: dims, perTask } of layout) {
          const size = sizeOf(dims);
          const own = values.subarray(at, at + size);
          at += size;
          if (!perTask) continue;
          own.forEach((x, i) => {
            if (Math.floor((i * shape.tasks.length) / size) !== task) expect(x).toBe(0);
          });
        }
      });
    });

    it.each(shapes)(
      "gives the same in ONNX Runtime, with rows that are counted later: %s",
      async (_, shape) => {
        const exact = tracedFeatures(architecture, shape, { training: false });
        const real = tracedFeatures(architecture, shape, {
          training: false,
          dtype: "float32",
          symbolic: true,
        });
        const feeds = feedsOf(shape, randomExample(architecture, shape, 6));
        const onnx = toOnnx({
          name: "features",
          inputs: [...real.inputs],
          outputs: { found: featuresOf(real) },
        });
        const used = Object.fromEntries(
          Object.entries(single(feeds)).filter(([name]) => real.inputs.some((one) => nameOf(one) === name)),
        );
        const found = (await runOnnx(onnx, used))["found"]!;
        const expected = evaluate({ found: featuresOf(exact) }, feeds)["found"]!;
        expect(difference(found, single({ expected })["expected"]!, 1e-4)).toBeUndefined();
      },
    );

    it("lets the inputs through residual blocks that make nothing of them, and through plain layers never", () => {
      const given = { trunk: [4, 4], options: { own: 1 } }; // of as many layers as experts have levels
      const whole = residualShape(architecture, given);
      const { blocks: _, ...plain } = whole;
      const example = randomExample(architecture, whole, 7);
      const parameters = example.parameters.map(() => 0);
      const values = [whole, plain].map((shape) => {
        const found = featuresOf(tracedFeatures(architecture, shape, { training: false }));
        const feeds = feedsOf(shape, { ...example, parameters });
        return [...(evaluate({ found }, feeds)["found"]!.data as Float64Array).subarray(0, 16)]; // of the first task
      });
      expect(values[1]).toEqual(values[1]!.map(() => 0));
      const positive = example.encoded.flatMap((x, i) => (x > 0 ? [i] : []));
      const factor = values[0]![positive[0]!]! / example.encoded[positive[0]!]!;
      expect(factor).toBeGreaterThan(0);
      for (const i of positive) expect(values[0]![i]).toBeCloseTo(factor * example.encoded[i]!, 10);
    });

    it("takes residual blocks for plain layers where none is as wide as what it reads", () => {
      const shape = residualShape(architecture, { inputs: 3, trunk: [4, 5] });
      const { blocks: _, ...plain } = shape;
      const example = randomExample(architecture, shape, 8);
      const values = [shape, plain].map((one) => {
        const found = featuresOf(tracedFeatures(architecture, one, { training: false }));
        return evaluate({ found }, feedsOf(one, example))["found"]!.data as Float64Array;
      });
      expect(values[0]).toEqual(values[1]);
    });

    it("treats rows apart: the features of a row do not depend on the others", () => {
      const shape = exampleShape(architecture);
      const found = featuresOf(tracedFeatures(architecture, shape, { training: false }));
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
          const example = randomExample(architecture, shape, seed);
          const other = example.encoded.map((x, i) => (i < shape.inputs ? x : x + 1)); // the first row stays
          const values = [example.encoded, other].map(
            (encoded) =>
              evaluate({ found }, feedsOf(shape, { ...example, encoded }))["found"]!.data as Float64Array,
          );
          const [H, rows] = [shape.trunk.at(-1)!, example.rows];
          values[0]!.forEach((x, i) => {
            if (Math.floor(i / H) % rows === 0) expect(x).toBeCloseTo(values[1]![i]!, 12);
          });
        }),
        { numRuns: 10 },
      );
    });
  });
}

/** Weights of gates by their names. */
export const weightsOf = (gates: Features["gates"] = {}): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(gates).map(([name, { weights }]) => [name, weights]));

const nameOf = (tensor: Tensor): string => String(tensor.node.attributes["name"]);
