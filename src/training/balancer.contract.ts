import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TensorValue, evaluate, gradients, input } from "../graph/index.js";
import { initialParameters } from "../model/layout.js";
import { sizeOf } from "../model/parameter.js";
import { seededRandom } from "../base/random.js";
import { kindOf } from "../tasks/index.js";
import type { TaskKind } from "../tasks/task-kind.js";
import { memoryContract } from "./balancer-memory.contract.js";
import { stepMemoryContract } from "./step-memory.contract.js";
import type { BalancerOptions, LossBalancer } from "./balancer.js";
import { allOptions } from "../base/method-options.js";

/** Kinds to balance: one of a Gaussian and two of a categorical likelihood. */
export const EXAMPLE_KINDS: readonly TaskKind[] = [
  kindOf({ kind: "regression", mean: 0, deviation: 1, labelled: 9 }),
  kindOf({ kind: "binary", classes: ["a", "b"], classType: "string", priors: [0.5, 0.5], labelled: 9 }),
  kindOf({ kind: "clustering", clusters: 3, embedding: 2 }),
];

/** What a balancer is asked to combine, on the host. */
export interface BalanceExample {
  readonly losses: readonly number[];
  readonly present: readonly number[];
  readonly kinds: readonly TaskKind[];
  /** Values of each learnable parameter. */
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  /** Defaults where absent. */
  readonly options?: BalancerOptions;
  /** Weights of the tasks; 1 each when absent. */
  readonly weights?: readonly number[];
  /** What is remembered `[n, T]`; as at the start when absent. */
  readonly memory?: readonly number[];
  /** The step's random numbers `[T]`; 0 each when absent. */
  readonly normals?: readonly number[];
}

/** The objective with its gradient for the losses and for each learnable parameter, exactly evaluated. */
export interface Balanced {
  readonly total: number;
  readonly losses: readonly number[];
  readonly parameters: Readonly<Record<string, readonly number[]>>;
}

/** Evaluates a balancer in float64. */
export function balance(
  balancer: LossBalancer,
  { losses, present, kinds, parameters, ...given }: BalanceExample,
): Balanced {
  const tasks = losses.length;
  const remembers = balancer.memory ?? balancer.steps;
  const memory = given.memory ?? [...(remembers?.start(tasks) ?? [])];
  const rows = memory.length / tasks;
  const declared = balancer.parameters(tasks);
  const inputs = {
    losses: input("losses", "float64", [tasks]),
    present: input("present", "float64", [tasks]),
    memory: input("memory", "float64", [rows, tasks]),
    normals: input("normals", "float64", [tasks]),
    ...Object.fromEntries(declared.map(({ name, shape }) => [name, input(name, "float64", shape)])),
  };
  const learnable = Object.fromEntries(
    declared.map(({ name }) => [name, inputs[name as keyof typeof inputs]]),
  );
  const total = balancer.total({
    losses: inputs.losses,
    present: inputs.present,
    kinds,
    parameters: learnable,
    options: allOptions(balancer, given.options),
    weights: given.weights ?? losses.map(() => 1),
    ...(remembers && { memory: inputs.memory }),
    ...(balancer.random && { normals: inputs.normals }),
  });
  const [ofLosses, ...ofParameters] = gradients(total, [inputs.losses, ...Object.values(learnable)]);
  const outputs = {
    total,
    losses: ofLosses!,
    ...Object.fromEntries(declared.map(({ name }, i) => [name, ofParameters[i]!])),
  };
  const feeds = {
    losses: doubles(losses, [tasks]),
    present: doubles(present, [tasks]),
    memory: doubles(memory, [rows, tasks]),
    normals: doubles(given.normals ?? losses.map(() => 0), [tasks]),
    ...Object.fromEntries(declared.map(({ name, shape }) => [name, doubles(parameters[name]!, shape)])),
  };
  const found = evaluate(outputs, feeds);
  return {
    total: numbers(found["total"])[0]!,
    losses: numbers(found["losses"]),
    parameters: Object.fromEntries(declared.map(({ name }) => [name, numbers(found[name])])),
  };
}

/** What every balancer of losses must do. */
export function balancerContract(slug: string, balancer: LossBalancer): void {
  describe(`the balancer ${slug}`, () => {
    it("is registered under its own slug and describes itself", () => {
      expect(balancer.slug).toBe(slug);
      expect(balancer.description).not.toBe("");
    });

    it("declares parameters of its own, one entry per task, that start as declared", () => {
      for (const tasks of [1, 2, 7]) {
        const declared = balancer.parameters(tasks);
        expect(new Set(declared.map(({ name }) => name)).size).toBe(declared.length);
        for (const { name, shape } of declared) {
          expect(name).toMatch(/^balancer\./);
          expect(sizeOf(shape) % tasks).toBe(0);
        }
        expect(initialParameters(declared, seededRandom(1)).every(Number.isFinite)).toBe(true);
      }
    });

    it("adds nothing for an absent task and does not move its parameters", () => {
      fc.assert(
        fc.property(examples(balancer), ({ absent, ...example }) => {
          const without = {
            ...example,
            losses: at(example.losses, absent, 0),
            present: at(example.present, absent, 0),
          };
          const here = balance(balancer, without);
          const gone = balance(balancer, dropTask(balancer, without, absent));
          near(here.total, gone.total);
          for (const gradient of Object.values(here.parameters)) expect(gradient[absent]).toBe(0);
        }),
        { numRuns: 40 },
      );
    });

    it("gives each task the same when tasks are put in another order", () => {
      fc.assert(
        fc.property(examples(balancer), (example) => {
          const order = example.losses.map((_, i) => (i + 1) % example.losses.length);
          const before = balance(balancer, example);
          const after = balance(balancer, reordered(balancer, example, order));
          near(after.total, before.total);
          order.forEach((from, to) => {
            near(after.losses[to]!, before.losses[from]!);
            for (const [name, gradient] of Object.entries(before.parameters))
              near(after.parameters[name]![to]!, gradient[from]!);
          });
        }),
        { numRuns: 40 },
      );
    });

    it("minimises the loss itself for a single task", () => {
      for (const kind of EXAMPLE_KINDS) {
        const at1 = balance(balancer, startExample(balancer, [1], [kind]));
        const at2 = balance(balancer, startExample(balancer, [2], [kind]));
        expect(at1.losses[0]).toBeGreaterThan(0);
        expect(at2.total).toBeGreaterThan(at1.total);
      }
    });

    it.each([0, 1e-300, 1e30, 1e100])("stays finite for losses of %d", (size) => {
      const found = balance(balancer, startExample(balancer, [size, size, size], EXAMPLE_KINDS));
      const all = [found.total, ...found.losses, ...Object.values(found.parameters).flat()];
      expect(all.every(Number.isFinite)).toBe(true);
    });

    if (balancer.memory) memoryContract(balancer.memory, allOptions(balancer));

    if (balancer.steps) stepMemoryContract(balancer.steps, allOptions(balancer));
    if (balancer.detached) return;

    it("has the gradient that central differences give", () => {
      fc.assert(
        fc.property(examples(balancer), (example) => {
          const { losses, parameters } = balance(balancer, example);
          const total = (moved: BalanceExample): number => balance(balancer, moved).total;
          const check = (
            gradient: readonly number[],
            size: (i: number) => number,
            move: (i: number, by: number) => BalanceExample,
          ): void =>
            gradient.forEach((analytic, i) => {
              const h = 1e-5 * size(i); // the error of a central difference is then about 1e-10 of what it differentiates
              const rounding = (4 * Number.EPSILON * Math.max(1, Math.abs(total(example)))) / h;
              const numeric = (total(move(i, h)) - total(move(i, -h))) / (2 * h);
              expect(Math.abs(numeric - analytic)).toBeLessThan(
                1e-7 * Math.max(1, Math.abs(analytic)) + rounding,
              );
            });
          check(
            losses,
            (i) => Math.min(1, example.losses[i]!),
            (i, by) => ({ ...example, losses: at(example.losses, i, example.losses[i]! + by) }),
          );
          for (const [name, gradient] of Object.entries(parameters)) {
            const values = example.parameters[name]!;
            check(
              gradient,
              () => 1,
              (i, by) => ({
                ...example,
                parameters: { ...example.parameters, [name]: at(values, i, values[i]! + by) },
              }),
            );
          }
        }),
        { numRuns: 15 },
      );
    });
  });
}

/** Losses of some tasks that are all present, with the balancer at its start. */
export function startExample(
  balancer: LossBalancer,
  losses: readonly number[],
  kinds: readonly TaskKind[],
): BalanceExample {
  const declared = balancer.parameters(losses.length);
  const parameters = Object.fromEntries(
    declared.map((one) => [one.name, [...initialParameters([one], seededRandom(0))]]),
  );
  return { losses, present: losses.map(() => 1), kinds, parameters };
}

function examples(balancer: LossBalancer): fc.Arbitrary<BalanceExample & { readonly absent: number }> {
  const task = fc.record({
    loss: fc.double({ min: 1e-3, max: 20, noNaN: true }),
    kind: fc.constantFrom(...EXAMPLE_KINDS),
    s: fc.double({ min: -2, max: 2, noNaN: true }),
    weight: fc.double({ min: 0, max: 5, noNaN: true }),
    remembered: fc.oneof(fc.constant(0), fc.double({ min: 0.1, max: 9, noNaN: true })),
  });
  return fc
    .record({ tasks: fc.array(task, { minLength: 2, maxLength: 5 }), absent: fc.nat(1) })
    .map(({ tasks, absent }) => ({
      losses: tasks.map(({ loss }) => loss),
      present: tasks.map(() => 1),
      kinds: tasks.map(({ kind }) => kind),
      parameters: Object.fromEntries(
        balancer
          .parameters(tasks.length)
          .map(({ name, shape }) => [
            name,
            Array.from({ length: sizeOf(shape) }, (_, i) => tasks[i % tasks.length]!.s),
          ]),
      ),
      weights: tasks.map(({ weight }) => weight),
      normals: tasks.map(({ s }) => s),
      ...((balancer.memory ?? balancer.steps) && {
        memory: [...(balancer.memory ?? balancer.steps)!.start(tasks.length)].map(
          (_, i) => tasks[i % tasks.length]!.remembered,
        ),
      }),
      absent,
    }));
}

function reordered(
  balancer: LossBalancer,
  { losses, present, kinds, parameters, weights, normals, memory }: BalanceExample,
  order: readonly number[],
): BalanceExample {
  const pick = <T>(values: readonly T[]): T[] => order.map((from) => values[from]!);
  const rows = (memory?.length ?? 0) / losses.length;
  const names = balancer.parameters(losses.length).map(({ name }) => name);
  return {
    losses: pick(losses),
    present: pick(present),
    kinds: pick(kinds),
    parameters: Object.fromEntries(names.map((name) => [name, pick(parameters[name]!)])),
    ...(weights && { weights: pick(weights) }),
    ...(normals && { normals: pick(normals) }),
    ...(memory && {
      memory: Array.from({ length: rows }, (_, r) =>
        pick(memory.slice(r * losses.length, (r + 1) * losses.length)),
      ).flat(),
    }),
  };
}

const dropTask = (balancer: LossBalancer, example: BalanceExample, task: number): BalanceExample =>
  reordered(
    balancer,
    example,
    [...example.losses.keys()].filter((t) => t !== task),
  );

/** Equal but for the rounding of sums in another order. */
const near = (found: number, wanted: number): void =>
  expect(Math.abs(found - wanted)).toBeLessThan(1e-12 * Math.max(1, Math.abs(wanted)));
const at = (values: readonly number[], index: number, value: number): number[] =>
  values.map((old, i) => (i === index ? value : old));
const doubles = (data: readonly number[], shape: readonly number[]): TensorValue => ({
  dtype: "float64",
  shape,
  data: Float64Array.from(data),
});
const numbers = (value: TensorValue | undefined): number[] => Array.from(value!.data as Float64Array);
