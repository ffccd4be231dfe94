import { describe, expect, it } from "vitest";
import { type Random, seededRandom } from "../base/random.js";
import type { BalancerOptions, GramianBalancer, GramianStep } from "./balancer.js";

/** What a balancer that reads the Gramian declares to its contract. */
export interface GramianRules {
  /** All gradients times s make the weights s to this power; with no bound on the direction. Unknown when absent. */
  readonly degree?: (options: BalancerOptions) => number;
  /** The weight of a task alone with a gradient of this length; 1 where it is not given. */
  readonly alone?: (norm: number, options: BalancerOptions) => number;
}

/** Gradients of tasks, one per row. */
export type Rows = readonly (readonly number[])[];

/** The Gramian `[K, K]` of rows. */
export function gramianOf(rows: Rows): Float64Array {
  return Float64Array.from(rows.flatMap((a) => rows.map((b) => dotOf(a, b))));
}

/** x·y. */
export const dotOf = (x: readonly number[], y: readonly number[]): number =>
  x.reduce((sum, value, i) => sum + value * y[i]!, 0);

/** ‖x‖. */
export const normOf = (x: readonly number[]): number => Math.hypot(...x);

/** Σ wₖ·gₖ. */
export function directionOf(rows: Rows, weights: Float64Array): number[] {
  return rows[0]!.map((_, p) => rows.reduce((sum, row, k) => sum + weights[k]! * row[p]!, 0));
}

/** K rows of P normal entries with a common part, so that some agree and some conflict, whose lengths spread over `orders` of ten. */
export function drawRows(random: Random, K: number, P: number, orders = 0): number[][] {
  const common = Array.from({ length: P }, () => random.normal());
  return Array.from({ length: K }, () => {
    const [agree, size] = [random.uniform() - 0.5, 10 ** (orders * (random.uniform() - 0.5))];
    return common.map((entry) => size * (random.normal() + agree * entry));
  });
}

/** One step of a balancer at its start, with its default options unless others are given. */
export function stepOf(
  balancer: GramianBalancer,
  rows: Rows,
  { options, ...given }: { options?: BalancerOptions } & Partial<Omit<GramianStep, "options">> = {},
): GramianStep {
  const K = rows.length;
  const defaults = Object.fromEntries(
    Object.entries(balancer.options).map(([name, option]) => [name, option.default]),
  );
  return {
    gramian: gramianOf(rows),
    ...(balancer.batches && { cross: given.gramian ?? gramianOf(rows) }), // as if all batches were the same
    losses: new Float64Array(K).fill(1),
    weights: new Float64Array(K).fill(1),
    tasks: Int32Array.from({ length: K }, (_, k) => k),
    step: 1,
    epoch: 1,
    random: seededRandom(1),
    state: balancer.state(K),
    ...given,
    options: { ...defaults, ...options },
  };
}

/** A draw whose shuffles put items in the order of their keys: the same order for the same tasks, wherever they stand. */
function orderedBy(keys: readonly number[]): Random {
  const random = seededRandom(0);
  return {
    ...random,
    shuffle: (items) => {
      const sorted = Array.from(items as unknown as ArrayLike<number>).sort((a, b) => keys[a]! - keys[b]!);
      sorted.forEach((item, i) => (items[i] = item));
      return items;
    },
  };
}

const sizes = (random: Random): { K: number; P: number } => ({
  K: 2 + random.integer(5),
  P: 9 + random.integer(6),
});

/** What every balancer that reads the Gramian must do. */
export function gramianContract(
  slug: string,
  balancer: GramianBalancer,
  { degree, alone }: GramianRules,
): void {
  const unbounded = "max-norm" in balancer.options ? { "max-norm": 0 } : {};
  const weigh = (rows: Rows, given: Parameters<typeof stepOf>[2] = {}): Float64Array =>
    balancer.weights(stepOf(balancer, rows, { ...given, options: { ...unbounded, ...given.options } }));

  describe(`the balancer ${slug}`, () => {
    it("is registered under its own slug, describes itself, and has options with defaults in range", () => {
      expect(balancer.slug).toBe(slug);
      expect(balancer.title).not.toBe("");
      expect(balancer.description).toMatch(/\(.* \d{4}\)$/);
      expect(balancer.paper).toMatch(/^.+ \d{4}, ".+"$/);
      for (const [name, option] of Object.entries(balancer.options)) {
        expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
        expect(option.default).toBeGreaterThanOrEqual(option.min);
        expect(option.default).toBeLessThanOrEqual(option.max);
        if (option.integer) expect(Number.isInteger(option.default)).toBe(true);
        expect(option.doc).not.toBe("");
      }
    });

    it("permutes its weights as the tasks are permuted, the random order being the same", () => {
      const random = seededRandom(11);
      for (let draw = 0; draw < 60; draw++) {
        const { K, P } = sizes(random);
        const rows = drawRows(random, K, P, 3);
        const losses = Float64Array.from({ length: K }, () => 0.1 + random.uniform());
        const order = random.shuffle(Array.from({ length: K }, (_, k) => k));
        const plain = weigh(rows, { losses, random: orderedBy([...order.keys()]) });
        const permuted = weigh(
          order.map((k) => rows[k]!),
          { losses: Float64Array.from(order, (k) => losses[k]!), random: orderedBy(order) },
        );
        const most = Math.max(...plain.map(Math.abs));
        order.forEach((k, at) => expect(Math.abs(permuted[at]! - plain[k]!)).toBeLessThan(1e-8 * most));
      }
    });

    it("leaves a single task's gradient as it is, unless its equation says otherwise", () => {
      for (const norm of [1e-3, 1, 40]) {
        const options = stepOf(balancer, [[norm]], { options: unbounded }).options;
        const expected = alone?.(norm, options) ?? 1;
        expect(weigh([[0.6 * norm, 0.8 * norm]])[0]! / expected).toBeCloseTo(1, 10);
      }
    });

    it("weighs present tasks as if there were no others, and does not touch what it remembers of those", () => {
      const random = seededRandom(12);
      const tasks = Int32Array.of(0, 2, 3);
      for (let draw = 0; draw < 20; draw++) {
        const rows = drawRows(random, 3, 9, 2);
        const state = balancer.state(5).map((value) => value + 0.25 * random.uniform());
        const before = state.slice();
        weigh(rows, { tasks, state });
        for (let at = 0; at < state.length; at++) {
          const owners = state.length === 25 ? [Math.floor(at / 5), at % 5] : [at % 5];
          if (owners.some((task) => !tasks.includes(task))) expect(state[at]).toBe(before[at]);
        }
        expect(weigh(rows, { tasks, state: balancer.state(5) })).toEqual(weigh(rows));
      }
    });

    it("stays finite for gradients that are zero, huge, tiny, parallel or opposite", () => {
      const a = [3, 1, -2];
      const b = [-1, 2, 0.5];
      const times = (row: readonly number[], factor: number): number[] => row.map((x) => x * factor);
      const cases: Rows[] = [
        [a, times(a, 0)],
        [times(a, 0), times(b, 0)],
        [times(a, 0)],
        [a, a, b],
        [a, times(a, 2), times(a, 1e-6)],
        [a, times(a, -1)],
        [a, times(a, -1), b],
        [a, times(a, -1e-8), b],
        [times(a, 1e30), times(b, 1e30)],
        [times(a, 1e-30), times(b, 1e-30)],
        [times(a, 1e30), times(b, 1e-30), [1, 1, 1]],
        [times(a, 1e30), times(a, -1e-30), times(a, 0)],
        [a, b, [1, 1, 1], [-1, 0, 4], [0.3, -5, 2], [2, 2, -7]],
      ];
      for (const rows of cases)
        for (const losses of [1, 0, 1e-30, 1e30]) {
          const weights = weigh(rows, { losses: new Float64Array(rows.length).fill(losses) });
          expect(weights.length).toBe(rows.length);
          expect([...weights].every(Number.isFinite), JSON.stringify(rows)).toBe(true);
        }
    });

    it("stands the rounding of float32: nearly the same weights, and finite ones for parallel or opposite gradients", () => {
      const random = seededRandom(15);
      for (let draw = 0; draw < 60; draw++) {
        const { K, P } = sizes(random);
        const rows = drawRows(random, K, P, 2);
        const plain = weigh(rows);
        const rounded = weigh(rows, { gramian: gramianOf(rows).map(Math.fround) });
        const most = Math.max(...plain.map(Math.abs));
        plain.forEach((weight, k) => expect(Math.abs(rounded[k]! - weight)).toBeLessThan(1e-3 * most));
        const more = [...rows, rows[0]!.map((x) => 1.7 * x), rows[1]!.map((x) => -0.3 * x)];
        const noise = gramianOf(more).map((entry) => Math.fround(entry * (1 + 3e-7 * random.normal())));
        expect([...weigh(more, { gramian: noise })].every(Number.isFinite)).toBe(true);
      }
    });

    it("is decided by its step alone", () => {
      const random = seededRandom(13);
      for (let draw = 0; draw < 20; draw++) {
        const rows = drawRows(random, 5, 9, 3);
        expect(weigh(rows, { random: seededRandom(draw) })).toEqual(
          weigh(rows, { random: seededRandom(draw) }),
        );
      }
    });

    if (!degree) return;
    it("follows a common scale of all gradients as it declares", () => {
      const random = seededRandom(14);
      for (let draw = 0; draw < 40; draw++) {
        const { K, P } = sizes(random);
        const rows = drawRows(random, K, P, 2);
        const size = 10 ** (8 * random.uniform() - 4);
        const plain = weigh(rows);
        const scaled = weigh(rows.map((row) => row.map((x) => x * size)));
        const factor = size ** degree(stepOf(balancer, rows, { options: unbounded }).options);
        const most = Math.max(...plain.map(Math.abs));
        plain.forEach((weight, k) =>
          expect(Math.abs(scaled[k]! / factor - weight)).toBeLessThan(1e-8 * most),
        );
      }
    });
  });
}
