import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Tensor, type TensorValue, evaluate, input, mul, scalar } from "../../graph/index.js";
import type { Layout } from "../../model/layout.js";
import type { Transform } from "../transform.js";
import {
  addDecay,
  addRatedDecay,
  chain,
  choose,
  clipByGlobalNorm,
  movingAverage,
  scaleBy,
  scaleByAdagrad,
  scaleByAdam,
  scaleByLion,
  scaleByRate,
  scaleByRms,
  takeStep,
  trace,
} from "./index.js";

const SIZE = 3;
const RATE = 0.1;
const layout: Layout = [
  { name: "matrix", shape: [1, 2], init: "zeros", decay: true },
  { name: "bias", shape: [1], init: "zeros", decay: false },
];

/** What a transform gives after two updates, with its state, in float64. */
function twice(transform: Transform, updates: readonly (readonly number[])[]): Record<string, number[]> {
  let state = Object.fromEntries(transform.state.map((name) => [name, [0, 0, 0]]));
  let update: number[] = [];
  updates.forEach((given, i) => {
    const vector = (name: string): Tensor => input(name, "float64", [SIZE]);
    const found = chain(transform).apply({
      update: vector("update"),
      parameters: vector("parameters"),
      decay: vector("decay"),
      state: Object.fromEntries(transform.state.map((name) => [name, vector(name)])),
      scalars: (transform.scalars?.(i + 1, RATE) ?? []).map((x) => scalar(x, "float64")),
      measured: [],
      layout,
    });
    const feeds = { update: given, parameters: [1, -2, 3], decay: [0.1, 0.1, 0], ...state };
    const values = evaluate(
      { ...found.state, "the update": found.update },
      Object.fromEntries(Object.entries(feeds).map(([name, data]) => [name, doubles(data)])),
    );
    const numbers = (name: string): number[] => [...(values[name]!.data as Float64Array)];
    state = Object.fromEntries(transform.state.map((name) => [name, numbers(name)]));
    update = numbers("the update");
  });
  return { ...state, "the update": update };
}

const doubles = (data: readonly number[]): TensorValue => ({
  dtype: "float64",
  shape: [SIZE],
  data: Float64Array.from(data),
});

const piece: fc.Arbitrary<Transform> = fc.constantFrom(
  addDecay,
  addRatedDecay,
  clipByGlobalNorm(1),
  clipByGlobalNorm(0),
  scaleByRate,
  scaleByAdam(),
  scaleByAdagrad(),
  scaleByRms(),
  scaleByLion(),
  scaleBy((step) => -1 / step),
  trace(),
  trace({ momentum: 0.5, nesterov: true, name: "parameters" }),
  movingAverage(0.9),
  takeStep,
  choose(({ shape }) => shape.length === 2, { chosen: trace(), rest: chain(trace(), scaleByRate) }),
);
const pieces = fc.array(piece, { maxLength: 5 });
const updates = fc.array(
  fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: SIZE, maxLength: SIZE }),
  { minLength: 1, maxLength: 3 },
);

describe("a chain of transforms", () => {
  it("does not depend on how it is bracketed", () => {
    fc.assert(
      fc.property(pieces, fc.nat(5), fc.nat(5), updates, (parts, a, b, given) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const nested = chain(
          chain(...parts.slice(0, from)),
          chain(chain(...parts.slice(from, to)), ...parts.slice(to)),
        );
        const flat = chain(...parts);
        expect(nested.state).toEqual(flat.state);
        expect(nested.scalars!(2, RATE)).toEqual(flat.scalars!(2, RATE));
        expect(twice(nested, given)).toEqual(twice(flat, given));
      }),
      { numRuns: 60 },
    );
  });

  it("has no state name twice, nor that of the parameters", () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        const { state } = chain(...parts);
        expect(new Set([...state, "parameters"]).size).toBe(state.length + 1);
        expect(state).toHaveLength(parts.reduce((sum, part) => sum + part.state.length, 0));
      }),
    );
  });

  it("gives what its parts give one after another, each with its own state", () => {
    const [first, second] = [trace({ momentum: 0.5 }), trace({ momentum: 0.2 })];
    const given = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    const found = twice(chain(first, second), given);
    expect(found["velocity"]).toEqual([4.5, 6, 7.5]); // 0.5·[1, 2, 3] + [4, 5, 6]
    found["velocity-2"]!.forEach((x, i) => expect(x).toBeCloseTo([4.7, 6.4, 8.1][i]!, 12)); // 0.2·[1, 2, 3] + those
    expect(found["the update"]).toEqual(found["velocity-2"]);
  });

  it("takes the learning rate into Adam to rounding", () => {
    const apart = chain(
      scaleByAdam(),
      scaleBy(() => RATE),
    );
    fc.assert(
      fc.property(updates, (given) => {
        const expected = twice(apart, given)["the update"]!;
        const found = twice(chain(scaleByAdam(), scaleByRate), given)["the update"]!;
        found.forEach((x, i) => expect(x).toBeCloseTo(expected[i]!, 13));
      }),
      { numRuns: 30 },
    );
    expect(chain(scaleByAdam(), scaleByRate).scalars!(1, RATE)).toHaveLength(2);
  });

  it("measures a norm over all that comes in, after what stands before it", () => {
    const found = twice(
      chain(
        scaleBy(() => 2),
        clipByGlobalNorm(1),
      ),
      [[0, 3, 4]],
    )["the update"]!;
    found.forEach((x, i) => expect(x).toBeCloseTo([0, 0.6, 0.8][i]!, 12));
    expect(twice(clipByGlobalNorm(11), [[0, 6, 8]])["the update"]).toEqual([0, 6, 8]);
    expect(twice(clipByGlobalNorm(1), [[0, 0, 0]])["the update"]).toEqual([0, 0, 0]);
  });

  it("changes nothing when it is empty", () => {
    expect(twice(chain(), [[1, 2, 3]])["the update"]).toEqual([1, 2, 3]);
  });
});

describe("a choice between transforms", () => {
  it("gives each parameter tensor what the transform chosen for it gives", () => {
    const double: Transform = {
      state: [],
      elementwise: true,
      apply: ({ update }) => ({ update: mul(update, scalar(2, update.dtype)) }),
    };
    const both = choose(({ name }) => name === "bias", { chosen: double, rest: trace({ momentum: 0.5 }) });
    const found = twice(both, [
      [1, 1, 1],
      [1, 1, 1],
    ]);
    expect(found).toEqual({ velocity: [1.5, 1.5, 1.5], "the update": [1.5, 1.5, 2] });
  });

  it("keeps the states of both apart", () => {
    const both = choose(({ shape }) => shape.length === 2, {
      chosen: trace({ momentum: 0.5 }),
      rest: trace({ momentum: 0.2 }),
    });
    const found = twice(both, [
      [1, 1, 1],
      [0, 0, 0],
    ]);
    expect(found).toEqual({
      velocity: [0.5, 0.5, 0.5],
      "velocity-2": [0.2, 0.2, 0.2],
      "the update": [0.5, 0.5, 0.2],
    });
  });
});
