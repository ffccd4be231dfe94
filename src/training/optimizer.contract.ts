import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Tensor,
  type TensorValue,
  evaluate,
  gather,
  gradients,
  input,
  loop,
  mul,
  reduceSum,
  reshape,
  scalar,
  slice,
  square,
  sub,
} from "../graph/index.js";
import type { Layout } from "../model/layout.js";
import { AVERAGE } from "./average.js";
import type { Optimizer } from "./optimizer.js";

/** Vectors of an optimiser on the host, all of one length. */
export interface OptimizerState {
  readonly parameters: readonly number[];
  readonly state: Readonly<Record<string, readonly number[]>>;
}

const oneVector = (size: number): Layout => [{ name: "all", shape: [size], init: "zeros", decay: true }];

/** The start of a training: the optimiser's state is zero. */
export const startState = (optimizer: Optimizer, parameters: readonly number[]): OptimizerState => ({
  parameters,
  state: Object.fromEntries(optimizer.state.map((name) => [name, parameters.map(() => 0)])),
});

/** Settings of single steps. */
export interface StepOptions {
  readonly learningRate: number;
  readonly weightDecay?: number;
  /** 1 where weight decay applies; default everywhere. */
  readonly decay?: readonly number[];
  /** Factors of the learning rate per parameter; default none. */
  readonly rates?: readonly number[];
  /** Default: one vector of all parameters. */
  readonly layout?: Layout;
}

/** One update, counted from step 1, exactly evaluated in float64. */
export function takeStep(
  optimizer: Optimizer,
  before: OptimizerState,
  gradient: readonly number[],
  step: number,
  options: StepOptions,
): OptimizerState {
  const size = [gradient.length];
  const { weightDecay = 0, rates } = options;
  const vector = (name: string): Tensor => input(name, "float64", size);
  const scalars = optimizer.scalars(step, options.learningRate).map((value) => scalar(value, "float64"));
  const update = optimizer.update({
    parameters: vector("parameters"),
    gradient: vector("gradient"),
    state: Object.fromEntries(optimizer.state.map((name) => [name, vector(name)])),
    scalars,
    decay: weightDecay > 0 ? vector("decay") : undefined,
    rates: rates && vector("rates"),
    layout: options.layout ?? oneVector(gradient.length),
  });
  const feeds = {
    parameters: doubles(before.parameters, size),
    gradient: doubles(gradient, size),
    decay: doubles(
      (options.decay ?? gradient.map(() => 1)).map((applies) => applies * weightDecay),
      size,
    ),
    ...(rates && { rates: doubles(rates, size) }),
    ...Object.fromEntries(optimizer.state.map((name) => [name, doubles(before.state[name]!, size)])),
  };
  const found = evaluate({ "parameters.next": update.parameters, ...update.state }, feeds);
  return {
    parameters: numbers(found["parameters.next"]),
    state: Object.fromEntries(optimizer.state.map((name) => [name, numbers(found[name])])),
  };
}

/** Several updates with given gradients. */
export function takeSteps(
  optimizer: Optimizer,
  start: readonly number[],
  gradientsOf: readonly (readonly number[])[],
  options: StepOptions,
): OptimizerState {
  return gradientsOf.reduce<OptimizerState>(
    (now, gradient, i) => takeStep(optimizer, now, gradient, i + 1, options),
    startState(optimizer, start),
  );
}

/**
 * What every optimiser must do.
 *
 * @param options.learningRate the highest rate on the quadratic, whose curvatures are 0.6 to 20.
 * @param options.layout what stands in a flat vector of a size; default one vector.
 */
export function optimizerContract(
  slug: string,
  optimizer: Optimizer,
  { learningRate = 0.05, layout = oneVector } = {},
): void {
  describe(`the optimiser ${slug}`, () => {
    it("is registered under its own slug, and names its state once", () => {
      expect(optimizer.slug).toBe(slug);
      expect(optimizer.description).not.toBe("");
      const names = ["parameters", AVERAGE, ...optimizer.state];
      expect(new Set(names).size).toBe(names.length);
    });

    it("has a positive rate scale", () => {
      expect(optimizer.rateScale).toBeGreaterThan(0);
      expect(Number.isFinite(optimizer.rateScale)).toBe(true);
    });

    it("has as many finite scalars at every step", () => {
      const count = optimizer.scalars(1, 1).length;
      for (const step of [1, 2, 1000, 1e7]) {
        const scalars = optimizer.scalars(step, 1e-3);
        expect(scalars).toHaveLength(count);
        expect(scalars.every(Number.isFinite)).toBe(true);
      }
    });

    it("changes nothing for a zero gradient without decay", () => {
      const { parameters } = takeSteps(
        optimizer,
        [1, -2, 3e5],
        [
          [0, 0, 0],
          [0, 0, 0],
        ],
        { learningRate: 0.1, layout: layout(3) },
      );
      expect(parameters).toEqual([1, -2, 3e5]);
    });

    it("moves against the gradient", () => {
      fc.assert(
        fc.property(
          fc.array(
            fc.double({ min: -1e3, max: 1e3, noNaN: true }).filter((g) => Math.abs(g) > 1e-3),
            { minLength: 1, maxLength: 5 },
          ),
          (gradient) => {
            const { parameters } = takeSteps(
              optimizer,
              gradient.map(() => 0),
              [gradient],
              { learningRate: 0.01, layout: layout(gradient.length) },
            );
            parameters.forEach((moved, i) => expect(Math.sign(moved)).toBe(-Math.sign(gradient[i]!)));
          },
        ),
        { numRuns: 30 },
      );
    });

    it("decays marked parameters only", () => {
      const found = takeSteps(optimizer, [2, 2], [[0, 0]], {
        learningRate: 0.1,
        weightDecay: 0.5,
        decay: [1, 0],
        layout: layout(2),
      });
      expect(found.parameters[0]).toBeLessThan(2);
      expect(found.parameters[1]).toBe(2);
    });

    it("moves by a parameter group's factor of the rate as if the whole rate were so much larger", () => {
      const gradients = [
        [1, -3],
        [0.5, 2],
      ];
      const options = { weightDecay: 0.1, layout: layout(2) };
      const found = takeSteps(optimizer, [2, -1], gradients, {
        ...options,
        learningRate: 0.01,
        rates: [3, 3],
      });
      const expected = takeSteps(optimizer, [2, -1], gradients, { ...options, learningRate: 0.03 });
      found.parameters.forEach((value, i) => expect(value).toBeCloseTo(expected.parameters[i]!, 12));
      const still = takeSteps(optimizer, [2, -1], gradients, {
        ...options,
        learningRate: 0.01,
        rates: [1, 0],
      });
      expect(still.parameters[0]).not.toBe(2);
      expect(still.parameters[1]).toBe(-1);
    });

    it("stands still at a learning rate of 0, without a NaN", () => {
      const found = takeSteps(optimizer, [2, -1, 0], [[1, 0, -1e3]], {
        learningRate: 0,
        weightDecay: 0.1,
        layout: layout(3),
      });
      expect(found.parameters).toEqual([2, -1, 0]);
      expect(Object.values(found.state).flat().every(Number.isFinite)).toBe(true);
    });

    it("finds the minimum of a quadratic inside a traced loop", () => {
      const target = [3, -1, 0.5];
      const found = minimise(optimizer, {
        start: [0, 0, 0],
        target,
        curvature: [1, 10, 0.3],
        steps: 600,
        learningRate,
        layout: layout(3),
      });
      found.forEach((value, i) => expect(Math.abs(value - target[i]!)).toBeLessThan(1e-2));
    });
  });
}

interface Quadratic {
  readonly start: readonly number[];
  readonly target: readonly number[];
  readonly curvature: readonly number[];
  readonly steps: number;
  readonly learningRate: number;
  readonly layout: Layout;
}

/** Minimises Σ c·(x − target)² with a rate that falls to 0, as one loop. */
function minimise(
  optimizer: Optimizer,
  { start, target, curvature, steps, learningRate, layout }: Quadratic,
): number[] {
  const size = [start.length];
  const names = ["parameters", ...optimizer.state];
  const scalarCount = optimizer.scalars(1, 1).length;
  const [goal, weight] = [input("goal", "float64", size), input("weight", "float64", size)];
  const schedule = input("schedule", "float64", ["steps", scalarCount]);
  const { carried } = loop({
    trips: input("trips", "int64", []),
    carried: names.map((name) => input(name, "float64", size)),
    body: (step, [parameters, ...state]) => {
      const now = gather(schedule, step, 0);
      const [gradient] = gradients(reduceSum(mul(weight, square(sub(parameters!, goal))), [0]), [
        parameters!,
      ]);
      const update = optimizer.update({
        parameters: parameters!,
        gradient: gradient!,
        state: Object.fromEntries(optimizer.state.map((name, i) => [name, state[i]!])),
        scalars: Array.from({ length: scalarCount }, (_, k) => reshape(slice(now, [k], [k + 1], [0]), [])),
        layout,
      });
      return {
        carried: [update.parameters, ...optimizer.state.map((name) => update.state[name]!)],
        scans: [],
      };
    },
  });
  const rates = Array.from({ length: steps }, (_, i) =>
    optimizer.scalars(i + 1, learningRate * (1 - i / steps)),
  );
  const found = evaluate(
    { found: carried[0]! },
    {
      goal: doubles(target, size),
      weight: doubles(curvature, size),
      schedule: doubles(rates.flat(), [steps, scalarCount]),
      trips: { dtype: "int64", shape: [], data: BigInt64Array.of(BigInt(steps)) },
      ...Object.fromEntries(
        names.map((name, i) => [name, doubles(i === 0 ? start : start.map(() => 0), size)]),
      ),
    },
  );
  return numbers(found["found"]);
}

const doubles = (data: readonly number[], shape: readonly number[]): TensorValue => ({
  dtype: "float64",
  shape,
  data: Float64Array.from(data),
});
const numbers = (value: TensorValue | undefined): number[] => Array.from(value!.data as Float64Array);
