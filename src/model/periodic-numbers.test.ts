import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PLAIN } from "../../test/fixtures/plain-model.js";
import { seededRandom } from "../base/random.js";
import { difference, runOnnx } from "../graph/checks.contract.js";
import {
  type Tensor,
  type TensorValue,
  evaluate,
  gradients,
  input,
  reduceSum,
  square,
  toOnnx,
} from "../graph/index.js";
import { taskGroups } from "./groups.js";
import { initialParameters, modelLayout, parameterCount, parameterView } from "./layout.js";
import { network } from "./network.js";
import { ownHeadLayout, ownHeads } from "./own-heads.js";
import { inTrunk, sizeOf } from "./parameter.js";
import { type PeriodicNumbers, periodicLayout, periodicWidth, withPeriodic } from "./periodic-numbers.js";
import { ARCHITECTURES } from "./sharing/index.js";
import type { SharingSlug } from "./sharing/index.js";
import { type ModelSpec, singleTaskSpec } from "./spec.js";

const ROWS = 4;
const WIDTH = 6;

const someNumbers: fc.Arbitrary<PeriodicNumbers> = fc.record({
  places: fc.uniqueArray(fc.nat(WIDTH - 1), { minLength: 1, maxLength: WIDTH }),
  frequencies: fc.integer({ min: 1, max: 5 }),
  width: fc.integer({ min: 1, max: 4 }),
  scale: fc.constantFrom(0.05, 1),
});

/** Random values of all parameters and rows. */
function example(numbers: PeriodicNumbers, seed: number) {
  const random = seededRandom(seed, "periodic");
  const normals = (count: number): Float64Array =>
    Float64Array.from({ length: count }, () => random.normal());
  return {
    encoded: normals(ROWS * WIDTH),
    parameters: periodicLayout(numbers).map(({ name, shape }) => ({
      name,
      shape,
      data: normals(sizeOf(shape)),
    })),
  };
}

type Example = ReturnType<typeof example>;

const feedsOf = ({ encoded, parameters }: Example): Record<string, TensorValue> => ({
  encoded: { dtype: "float64", shape: [ROWS, WIDTH], data: encoded },
  ...Object.fromEntries(
    parameters.map(({ name, shape, data }) => [name, { dtype: "float64" as const, shape: [...shape], data }]),
  ),
});

function traced(numbers: PeriodicNumbers, dtype: "float32" | "float64", rows: number | string) {
  const encoded = input("encoded", dtype, [rows, WIDTH]);
  const parameters = Object.fromEntries(
    periodicLayout(numbers).map(({ name, shape }) => [name, input(name, dtype, shape)]),
  );
  return {
    inputs: [encoded, ...Object.values(parameters)],
    found: withPeriodic(numbers, encoded, parameters),
  };
}

/** Encoded rows and their periodic features by loops over numbers. */
function byHand(
  { places, frequencies: K, width }: PeriodicNumbers,
  { encoded, parameters }: Example,
): number[] {
  const [c, weight, bias] = ["frequencies", "weight", "bias"].map(
    (key) => parameters.find(({ name }) => name === `trunk.numbers.${key}`)!.data,
  ) as [Float64Array, Float64Array, Float64Array];
  const rows: number[] = [];
  for (let r = 0; r < ROWS; r++) {
    const row = [...encoded.subarray(r * WIDTH, (r + 1) * WIDTH)];
    rows.push(...row);
    places.forEach((place, f) => {
      for (let j = 0; j < width; j++) {
        let sum = bias[j]!;
        for (let k = 0; k < K; k++) {
          const v = 2 * Math.PI * c[f * K + k]! * row[place]!;
          sum += Math.sin(v) * weight[k * width + j]! + Math.cos(v) * weight[(K + k) * width + j]!;
        }
        rows.push(Math.max(0, sum));
      }
    });
  }
  return rows;
}

describe("periodic features of numbers", () => {
  it("are ReLU([sin 2πcx; cos 2πcx]·W + b) of each number, behind the encoded inputs", () => {
    fc.assert(
      fc.property(someNumbers, fc.nat(999), (numbers, seed) => {
        const one = example(numbers, seed);
        const { found } = traced(numbers, "float64", ROWS);
        const value = evaluate({ found }, feedsOf(one))["found"]!;
        expect(value.shape).toEqual([ROWS, WIDTH + periodicWidth(numbers)]);
        const expected = byHand(numbers, one);
        (value.data as Float64Array).forEach((x, i) => expect(x).toBeCloseTo(expected[i]!, 10));
      }),
      { numRuns: 40 },
    );
  });

  it("have the gradients that differences tell, in parameters and in the number itself", () => {
    fc.assert(
      fc.property(someNumbers, fc.nat(999), (numbers, seed) => {
        const one = example(numbers, seed);
        const { inputs, found } = traced(numbers, "float64", ROWS);
        const total = reduceSum(square(found), [0, 1]);
        const slopes = Object.fromEntries(gradients(total, inputs).map((slope, i) => [`g${i}`, slope]));
        const feeds = feedsOf(one);
        const exact = evaluate(slopes, feeds);
        const random = seededRandom(seed, "directions");
        Object.keys(feeds).forEach((name, i) => {
          const own = feeds[name]!;
          const data = own.data as Float64Array;
          const direction = data.map(() => random.normal());
          const at = (by: number): number => {
            const moved = { ...own, data: data.map((x, j) => x + by * direction[j]!) };
            return (evaluate({ total }, { ...feeds, [name]: moved })["total"]!.data as Float64Array)[0]!;
          };
          const numeric = (at(1e-6) - at(-1e-6)) / 2e-6;
          const told = (exact[`g${i}`]!.data as Float64Array).reduce(
            (dot, x, j) => dot + x * direction[j]!,
            0,
          );
          expect(Math.abs(told - numeric)).toBeLessThan(1e-4 * Math.max(1, Math.abs(told)));
        });
      }),
      { numRuns: 20 },
    );
  });

  it("are the same in ONNX Runtime, with rows that are counted later", async () => {
    const numbers = { places: [4, 0, 2], frequencies: 5, width: 3, scale: 1 };
    const one = example(numbers, 3);
    const { inputs, found } = traced(numbers, "float32", "batch");
    const single = Object.fromEntries(
      Object.entries(feedsOf(one)).map(([name, { shape, data }]) => [
        name,
        { dtype: "float32" as const, shape, data: Float32Array.from(data as Float64Array) },
      ]),
    );
    const ort = (await runOnnx(toOnnx({ name: "numbers", inputs, outputs: { found } }), single))["found"]!;
    const data = Float32Array.from(byHand(numbers, one));
    expect(difference(ort, { dtype: "float32", shape: [ROWS, WIDTH + 9], data }, 1e-5)).toBeUndefined();
  });

  it("begin at frequencies from N(0, σ²), which do not decay", () => {
    const numbers = { places: [0, 1, 2, 3, 4, 5], frequencies: 400, width: 1, scale: 0.05 };
    const layout = periodicLayout(numbers);
    const flat = initialParameters(layout, seededRandom(0, "start"));
    const c = parameterView(layout, flat, "trunk.numbers.frequencies");
    const [mean, square_] = [c, c.map((x) => x * x)].map((x) => x.reduce((a, b) => a + b, 0) / x.length);
    expect(Math.abs(mean!)).toBeLessThan(4 * (0.05 / Math.sqrt(2400))); // four standard errors
    expect(Math.sqrt(square_!)).toBeGreaterThan(0.047);
    expect(Math.sqrt(square_!)).toBeLessThan(0.053);
    expect(layout.map(({ decay }) => decay)).toEqual([false, true, false]);
  });
});

const spec: ModelSpec = {
  inputs: WIDTH,
  tasks: ["a", "b", "c"].map((name) => ({
    name,
    coding: { kind: "binary", classes: ["n", "y"], classType: "string", priors: [0.5, 0.5], labelled: 9 },
  })),
  links: [{ kind: "parent-child", from: "a", to: "b" }],
  trunk: [4, 4],
  ...PLAIN,
  members: 2,
};
const numbers: PeriodicNumbers = { places: [1, 3], frequencies: 3, width: 2, scale: 0.3 };

describe("a model of periodic numbers", () => {
  it.each(Object.keys(ARCHITECTURES) as SharingSlug[])(
    "is one that reads their features, with %s",
    (slug) => {
      const sharing = { architecture: slug };
      const [own, wide] = [
        { ...spec, sharing, numbers },
        { ...spec, sharing, inputs: WIDTH + periodicWidth(numbers) },
      ];
      const layout = modelLayout(own);
      const names = periodicLayout(numbers).map(({ name }) => name);
      expect(layout.map(({ name }) => name)).toEqual([
        ...names,
        ...modelLayout(wide).map(({ name }) => name),
      ]);
      expect(names.every(inTrunk)).toBe(true);

      const random = seededRandom(1, slug);
      const feeds: Record<string, TensorValue> = Object.fromEntries(
        layout.map(({ name, shape }) => [
          name,
          {
            dtype: "float64" as const,
            shape: [...shape],
            data: Float64Array.from({ length: sizeOf(shape) }, () => random.normal()),
          },
        ]),
      );
      const encoded = Float64Array.from({ length: ROWS * WIDTH }, () => random.normal());
      const parameters = names.map((name) => ({ name, shape: [], data: feeds[name]!.data as Float64Array }));
      const read = byHand(numbers, { encoded, parameters });
      const outputs = [own, wide].map((one, i) => {
        const named = Object.fromEntries(
          modelLayout(one).map(({ name, shape }) => [name, input(name, "float64", shape)]),
        );
        const { groups } = network(one, input("encoded", "float64", [ROWS, one.inputs]), named);
        const given = i === 0 ? encoded : Float64Array.from(read);
        return evaluate(Object.fromEntries(groups.map(({ group, output }) => [group.name, output])), {
          ...feeds,
          encoded: { dtype: "float64", shape: [ROWS, one.inputs], data: given },
        });
      });
      for (const [name, { data }] of Object.entries(outputs[0]!))
        (data as Float64Array).forEach((x, i) =>
          expect(x).toBeCloseTo((outputs[1]![name]!.data as Float64Array)[i]!, 9),
        );
    },
  );

  it("keeps them for a task alone", () => {
    const alone = singleTaskSpec({ ...spec, numbers, sharing: { architecture: "mmoe" } }, 1);
    expect(alone.numbers).toEqual(numbers);
    expect(parameterCount(modelLayout(alone))).toBeGreaterThan(
      parameterCount(modelLayout(singleTaskSpec(spec, 1))),
    );
  });

  it("has them where every task has rows of its own", () => {
    const plain: ModelSpec = { ...spec, links: [], embedding: 0 };
    const long: ModelSpec = { ...plain, numbers };
    const wide = { ...plain, inputs: WIDTH + periodicWidth(numbers) };
    const [group] = taskGroups(long);
    const random = seededRandom(2, "long");
    const values = (shape: readonly number[]): Float64Array =>
      Float64Array.from({ length: sizeOf(shape) }, () => random.normal());
    const shared = modelLayout(long).filter(({ name }) => inTrunk(name));
    const feeds: Record<string, TensorValue> = {};
    const named = (of: readonly { name: string; shape: readonly number[] }[]): Record<string, Tensor> =>
      Object.fromEntries(
        of.map(({ name, shape }) => {
          feeds[name] ??= { dtype: "float64", shape: [...shape], data: values(shape) };
          return [name, input(name, "float64", shape)];
        }),
      );
    const [ofTrunk, ofHeads] = [
      named(shared),
      named(ownHeadLayout(long, group!).map(({ name, shape }) => ({ name, shape: [2, ...shape] }))),
    ];
    const encoded = values([ROWS, WIDTH]);
    const parameters = periodicLayout(numbers).map(({ name }) => ({
      name,
      shape: [],
      data: feeds[name]!.data as Float64Array,
    }));
    const read = Float64Array.from(byHand(numbers, { encoded, parameters }));
    const [found, expected] = [[long, encoded] as const, [wide, read] as const].map(([one, data]) => {
      const x = input("encoded", "float64", [ROWS, one.inputs]);
      const output = ownHeads(one, group!, x, ofTrunk, ofHeads);
      const given = { ...feeds, encoded: { dtype: "float64" as const, shape: [ROWS, one.inputs], data } };
      return evaluate({ output }, given)["output"]!.data as Float64Array;
    });
    found!.forEach((x, i) => expect(x).toBeCloseTo(expected![i]!, 9));
  });
});
