import { describe, expect, it } from "vitest";
import { type Random, seededRandom } from "../base/random.js";
import { type Tensor, type TensorValue, evaluate, input } from "../graph/index.js";
import { allOptions } from "../base/method-options.js";
import type { BalancerOptions, JacobianBalancer } from "./balancer.js";
import { decide } from "./shared-direction.js";

/** What a balancer of the Jacobian declares to its contract. */
export interface JacobianRules {
  /** A task alone keeps its own gradient in every step. */
  readonly alone: boolean;
  /** All gradients times s make the direction so many times as long: s to this power; unknown when absent. */
  readonly degree?: number;
}

/** Steps of the same tasks: what each sees. */
export interface JacobianExample {
  /** Gradients, one task per row; rows of absent tasks are 0. */
  readonly rows: readonly (readonly number[])[];
  /** 1 each when absent. */
  readonly losses?: readonly number[];
  readonly present?: readonly number[];
  /** 0.5 each when absent. */
  readonly uniform?: readonly number[];
}

/** What was decided in a step, and what is remembered after it. */
export interface JacobianFound {
  readonly direction: readonly number[];
  /** Of heads; 1 each where it says nothing. */
  readonly weights: readonly number[];
  readonly state: Readonly<Record<string, readonly number[]>>;
  readonly memory: readonly number[];
}

type Settings = { readonly options?: BalancerOptions; readonly dtype?: "float32" | "float64" };

/** Makes some steps, one after another, on the host. */
export function jacobianSteps(
  balancer: JacobianBalancer,
  examples: readonly JacobianExample[],
  { options, dtype = "float64" }: Settings = {},
): JacobianFound[] {
  const [T, P] = [examples[0]!.rows.length, examples[0]!.rows[0]!.length];
  const start = balancer.memory?.(T);
  const shapes: Record<string, readonly number[]> = {
    jacobian: [T, P],
    losses: [T],
    present: [T],
    uniform: [P],
    ...(start && { memory: [start.length / T, T] }),
    ...Object.fromEntries(balancer.state.map((name) => [`state.${name}`, [T, P]])),
  };
  const inputs = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, input(name, dtype, shape)]),
  ) as Record<string, Tensor>;
  const { jacobian, losses, present, uniform, memory } = inputs;
  const decided = decide(balancer, {
    jacobian: jacobian!,
    losses: losses!,
    present: present!,
    state: Object.fromEntries(balancer.state.map((name) => [name, inputs[`state.${name}`]!])),
    ...(balancer.random && { uniform: uniform! }),
    ...(memory && { memory }),
    options: allOptions(balancer, options),
  });
  const outputs = {
    direction: decided.direction,
    ...(decided.weights && { weights: decided.weights }),
    ...(decided.memory && { memory: decided.memory }),
    ...Object.fromEntries(balancer.state.map((name) => [`state.${name}`, decided.state[name]!])),
  };
  const valueOf = (name: string, data: readonly number[]): TensorValue =>
    dtype === "float64"
      ? { dtype, shape: shapes[name]!, data: Float64Array.from(data) }
      : { dtype, shape: shapes[name]!, data: Float32Array.from(data) };
  let kept: Record<string, TensorValue> = Object.fromEntries(
    Object.entries(shapes)
      .filter(([name]) => name === "memory" || name.startsWith("state."))
      .map(([name, shape]) => [
        name,
        valueOf(
          name,
          name === "memory" ? [...start!] : Array.from({ length: shape[0]! * shape[1]! }, () => 0),
        ),
      ]),
  );
  const ones = Array.from({ length: T }, () => 1);
  return examples.map((example) => {
    const found = evaluate(outputs, {
      jacobian: valueOf("jacobian", example.rows.flat()),
      losses: valueOf("losses", example.losses ?? ones),
      present: valueOf("present", example.present ?? ones),
      uniform: valueOf("uniform", example.uniform ?? Array.from({ length: P }, () => 0.5)),
      ...kept,
    });
    kept = Object.fromEntries(Object.keys(kept).map((name) => [name, found[name]!]));
    const numbers = (name: string): number[] => Array.from((found[name]?.data ?? []) as Float64Array);
    return {
      direction: numbers("direction"),
      weights: found["weights"] ? numbers("weights") : ones,
      state: Object.fromEntries(balancer.state.map((name) => [name, numbers(`state.${name}`)])),
      memory: numbers("memory"),
    };
  });
}

/** Some steps of T tasks with P shared parameters: gradients with a common part, of lengths that spread. */
export function drawSteps(random: Random, T: number, P: number, count: number): Required<JacobianExample>[] {
  const fill = <X>(length: number, draw: () => X): X[] => Array.from({ length }, draw);
  const sizes = fill(T, () => 10 ** (2 * random.uniform() - 1));
  return fill(count, () => {
    const common = fill(P, () => random.normal());
    return {
      rows: sizes.map((size) => common.map((x) => size * (random.normal() + 0.5 * x))),
      losses: fill(T, () => 0.05 + 3 * random.uniform()),
      present: fill(T, () => 1),
      uniform: fill(P, () => random.uniform()),
    };
  });
}

/** Equal but for rounding, in units of the largest. */
export function expectClose(
  found: readonly number[],
  expected: readonly number[],
  { within = 1e-9 }: { readonly within?: number } = {},
): void {
  const most = Math.max(1e-300, ...expected.map(Math.abs));
  expect(found.length).toBe(expected.length);
  found.forEach((x, i) => expect(Math.abs(x - expected[i]!), `entry ${i}`).toBeLessThan(within * most));
}

/** What every balancer of the Jacobian must do. */
export function jacobianContract(slug: string, balancer: JacobianBalancer, rules: JacobianRules): void {
  const STEPS = 6;

  describe(`the balancer ${slug}`, () => {
    it("is registered under its own slug, describes itself, and has options with defaults in range", () => {
      expect(balancer.slug).toBe(slug);
      expect(balancer.description).toMatch(/\(.* \d{4}\)$/);
      expect(balancer.paper).toMatch(/^.+ \d{4}, ".+"$/);
      for (const [name, option] of Object.entries(balancer.options)) {
        expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
        expect(option.default).toBeGreaterThanOrEqual(option.min);
        expect(option.default).toBeLessThanOrEqual(option.max);
        expect(option.doc).not.toBe("");
      }
      for (const tasks of [1, 3]) expect((balancer.memory?.(tasks).length ?? 0) % tasks).toBe(0);
    });

    it("gives the same direction, and each task the same, when tasks are put in another order", () => {
      const random = seededRandom(31);
      for (let draw = 0; draw < 8; draw++) {
        const [T, P] = [2 + random.integer(4), 7];
        const steps = drawSteps(random, T, P, STEPS);
        const order = random.shuffle(Array.from({ length: T }, (_, t) => t));
        const turned = steps.map((step) => ({
          ...step,
          rows: order.map((t) => step.rows[t]!),
          losses: order.map((t) => step.losses[t]!),
        }));
        const plain = jacobianSteps(balancer, steps);
        jacobianSteps(balancer, turned).forEach((found, s) => {
          expectClose(found.direction, plain[s]!.direction);
          expectClose(
            found.weights,
            order.map((t) => plain[s]!.weights[t]!),
          );
        });
      }
    });

    it("makes of present tasks what it would without the absent ones, and remembers of those what it did", () => {
      const random = seededRandom(32);
      const [T, P] = [4, 6];
      const here = [0, 1, 3];
      const both = drawSteps(random, T, P, STEPS).map((step) => ({
        ...step,
        rows: step.rows.map((row, t) => (t === 2 ? row.map(() => 0) : row)),
        losses: step.losses.map((loss, t) => (t === 2 ? 0 : loss)),
        present: [1, 1, 0, 1],
      }));
      const alone = both.map((step) => ({
        ...step,
        rows: here.map((t) => step.rows[t]!),
        losses: here.map((t) => step.losses[t]!),
        present: [1, 1, 1],
      }));
      const expected = jacobianSteps(balancer, alone);
      jacobianSteps(balancer, both).forEach(({ direction, weights, state, memory }, s) => {
        expectClose(direction, expected[s]!.direction);
        expectClose(
          here.map((t) => weights[t]!),
          expected[s]!.weights,
        );
        for (const values of Object.values(state))
          expect(values.slice(2 * P, 3 * P)).toEqual(Array.from({ length: P }, () => 0));
        const start = [...(balancer.memory?.(T) ?? [])];
        memory.forEach((value, at) => (at % T === 2 ? expect(value).toBe(start[at]) : undefined));
      });
    });

    it(`${rules.alone ? "leaves" : "does not leave"} a single task's gradient as it is`, () => {
      const steps = drawSteps(seededRandom(33), 1, 5, STEPS);
      const same = jacobianSteps(balancer, steps).map(({ direction }, s) =>
        direction.every((x, p) => Math.abs(x - steps[s]!.rows[0]![p]!) < 1e-9),
      );
      expect(same.every((one) => one)).toBe(rules.alone);
    });

    const { degree } = rules;
    if (degree !== undefined)
      it("follows a common scale of all gradients as it declares", () => {
        const random = seededRandom(34);
        for (const size of [1e-3, 40, 1e4]) {
          const steps = drawSteps(random, 3, 7, STEPS);
          const scaled = steps.map((step) => ({
            ...step,
            rows: step.rows.map((row) => row.map((x) => x * size)),
          }));
          const plain = jacobianSteps(balancer, steps);
          jacobianSteps(balancer, scaled).forEach(({ direction }, s) =>
            expectClose(
              direction,
              plain[s]!.direction.map((x) => x * size ** degree),
            ),
          );
        }
      });

    it.each([
      ["float64", 1e30],
      ["float32", 1e12],
    ] as const)(
      "stays finite in %s for gradients that are zero, huge (%d), tiny, parallel or opposite",
      (dtype, huge) => {
        const a = [3, 1, -2];
        const times = (factor: number): number[] => a.map((x) => x * factor);
        const cases = [
          [times(1), times(0)],
          [times(0), times(0)],
          [times(1), times(1), [-1, 2, 0.5]],
          [times(1), times(-1)],
          [times(huge), times(-huge), times(1)],
          [times(huge), times(1 / huge)],
          [times(1 / huge), times(-1 / huge)],
        ];
        for (const rows of cases)
          for (const loss of [1, 0, 1 / huge, huge])
            for (const gone of [-1, 0]) {
              const present = rows.map((_, t) => (t === gone ? 0 : 1));
              const step = {
                rows: rows.map((row, t) => (present[t] ? row : row.map(() => 0))),
                losses: present.map((one) => one * loss),
                present,
              };
              const mild = { rows: rows.map(() => [1, -1, 2]) };
              for (const { direction, weights, state, memory } of jacobianSteps(
                balancer,
                [step, step, mild],
                { dtype },
              ))
                expect(
                  [...direction, ...weights, ...Object.values(state).flat(), ...memory].every(
                    Number.isFinite,
                  ),
                  JSON.stringify(step),
                ).toBe(true);
            }
      },
    );
  });
}
