import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate, gradients, reduceSum, square } from "../../graph/index.js";
import { sizeOf } from "../parameter.js";
import {
  exampleShape,
  featuresOf,
  feedsOf,
  randomExample,
  tracedFeatures,
  weightsOf,
} from "./architecture.contract.js";
import type { SharingShape } from "./architecture.js";
import { hard } from "./hard.js";
import {
  type HostRow,
  expectCount,
  expectHostFeatures,
  hostLayer,
  hostMix,
  hostSoftmax,
  layerCount,
  randomShapes,
} from "./host.contract.js";
import { learningToBranch } from "./learning-to-branch.js";

const whole = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const shapes = randomShapes(learningToBranch, {
  branches: whole(1, 5),
  search: fc.constantFrom(0.25, 0.5, 1),
  temperature: fc.constantFrom(1, 5),
  "last-temperature": fc.constantFrom(0.2, 1),
});
const branchesOf = ({ options, tasks }: SharingShape): number => Math.min(options["branches"]!, tasks.length);

/** A row through the tree, by weights of a choice from its logits and where its noise begins. */
function throughTree(
  { shape, read, x, member }: HostRow,
  task: number,
  weigh: (logits: readonly number[], noiseFrom: number) => readonly number[],
): readonly number[] {
  const [C, L] = [branchesOf(shape), shape.trunk.length];
  let h: readonly (readonly number[])[] = range(C).map((c) =>
    hostLayer(read, "trunk.0.branches", [c], member, x),
  );
  for (let i = 1; i < L; i++) {
    const below = h;
    h = range(C).map((c) => {
      const weights = weigh(read(`trunk.${i}.choice`, c)!, (i - 1) * C * C + c * C);
      return hostLayer(read, `trunk.${i}.branches`, [c], member, hostMix(weights, below));
    });
  }
  return hostMix(weigh(read("tasks.choice", task)!, (L - 1) * C * C + task * C), h);
}

const largest = (logits: readonly number[]): number[] => {
  const best = logits.indexOf(Math.max(...logits));
  return logits.map((_, i) => (i === best ? 1 : 0));
};

describe("learning to branch", () => {
  it("has C branches of each layer, a choice for each branch after the first layer and one for each task", () => {
    expectCount(learningToBranch, shapes, (shape) => {
      const [C, L] = [branchesOf(shape), shape.trunk.length];
      const layers = range(L).reduce((sum, i) => sum + C * layerCount(shape, i), 0);
      return layers + (L - 1) * C * C + shape.tasks.length * C;
    });
  });

  it("asks for a number of noise for each logit", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const logits = learningToBranch.layout(shape).filter(({ name }) => name.endsWith(".choice"));
        expect(learningToBranch.noise!(shape)).toBe(logits.reduce((sum, one) => sum + sizeOf(one.shape), 0));
      }),
    );
  });

  it("reads softmax((θ + g)/τ) of the branches while it searches, the best one after", () => {
    expectHostFeatures(
      learningToBranch,
      shapes,
      (row, task) => {
        const { progress = 0, noise = [] } = row.example;
        const { search, temperature, "last-temperature": end } = row.shape.options as Record<string, number>;
        const tau = temperature! * (end! / temperature!) ** (progress / search!);
        return throughTree(row, task, (logits, from) =>
          progress < search!
            ? hostSoftmax(logits.map((theta, i) => (theta - Math.log(-Math.log(noise[from + i]!))) / tau))
            : largest(logits),
        );
      },
      { progress: fc.double({ min: 0, max: 0.99, noNaN: true }), runs: 60 },
    );
  });

  it("predicts with the branch of the largest logit", () => {
    expectHostFeatures(learningToBranch, shapes, (row, task) => throughTree(row, task, largest), {
      training: false,
    });
  });

  it("tells the tree it predicts with in its gates: each chooses one branch", () => {
    const shape = exampleShape(learningToBranch, { trunk: [4, 3, 5] });
    const { gates } = tracedFeatures(learningToBranch, shape, { training: false });
    const found = evaluate(weightsOf(gates), feedsOf(shape, randomExample(learningToBranch, shape, 1)));
    expect(Object.keys(found)).toEqual(["layer 2", "layer 3", "tasks"]);
    for (const { data } of Object.values(found))
      expect([...(data as Float64Array)].filter((x) => x !== 0)).toEqual([1, 1, 1]);
  });

  it("moves the choices while it searches and leaves them afterwards", () => {
    const shape = exampleShape(learningToBranch);
    const traced = tracedFeatures(learningToBranch, shape);
    const found = featuresOf(traced);
    const [slope] = gradients(reduceSum(square(found), [...found.shape.keys()]), [traced.flat]);
    const moved = (progress: number): boolean[] => {
      const example = { ...randomExample(learningToBranch, shape, 2), progress };
      const values = evaluate({ slope: slope! }, feedsOf(shape, example))["slope"]!.data as Float64Array;
      let at = 0;
      return learningToBranch.layout(shape).flatMap(({ name, shape: dims }) => {
        const own = values.subarray(at, (at += sizeOf(dims)));
        return name.endsWith(".choice") ? [own.some((x) => x !== 0)] : [];
      });
    };
    expect(moved(0.1)).toEqual([true, true]);
    expect(moved(0.5)).toEqual([false, false]);
  });

  it("stays finite with the least and the largest noise there is, in single precision", () => {
    const shape = exampleShape(learningToBranch);
    const { perTask } = tracedFeatures(learningToBranch, shape, { dtype: "float32" });
    const example = randomExample(learningToBranch, shape, 3);
    const feeds = Object.entries(
      feedsOf(shape, {
        ...example,
        progress: 0.2,
        noise: example.noise.map((_, i) => (i % 2 ? 1 : 2 ** -25)),
      }),
    );
    const single = Object.fromEntries(
      feeds.map(([name, { shape: dims, data }]) => [
        name,
        { dtype: "float32" as const, shape: dims, data: Float32Array.from(data as Float64Array) },
      ]),
    );
    const values = evaluate({ found: perTask! }, single)["found"]!.data as Float32Array;
    expect(values.every(Number.isFinite)).toBe(true);
  });

  it("is hard sharing with one branch", () => {
    for (const members of [1, 2]) {
      const shape = exampleShape(learningToBranch, { members, options: { branches: 1 } });
      const example = randomExample(hard, { ...shape, options: {} }, 4);
      const choices = range(learningToBranch.noise!(shape)).map(() => 0.5);
      const layout = learningToBranch.layout(shape);
      let [at, taken] = [0, 0];
      const parameters = Float64Array.from(
        layout.flatMap(({ name, shape: dims }) => {
          const size = sizeOf(dims);
          if (name.endsWith(".choice")) return choices.slice(taken, (taken += size));
          return Array.from(example.parameters.subarray(at, (at += size)));
        }),
      );
      const values = (of: typeof hard, params: Float64Array): Float64Array =>
        evaluate(
          { found: featuresOf(tracedFeatures(of, shape, { training: false })) },
          feedsOf(shape, { ...example, parameters: params }),
        )["found"]!.data as Float64Array;
      const shared = values(hard, example.parameters);
      values(learningToBranch, parameters).forEach((x, i) =>
        expect(x).toBeCloseTo(shared[i % shared.length]!, 12),
      );
    }
  });
});
