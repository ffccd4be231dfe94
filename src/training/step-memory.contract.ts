import { expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import { type TensorValue, evaluate, input } from "../graph/index.js";
import type { BalancerOptions, StepMemory } from "./balancer.js";

/** Losses before and after a step of some tasks, 0 for absent ones. */
export interface StepExample {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly present: readonly number[];
}

/** The memory `[n·T]` after a step, evaluated in float64 unless said otherwise. */
export function afterStep(
  memory: StepMemory,
  kept: readonly number[],
  example: StepExample,
  {
    options,
    dtype = "float64",
  }: { readonly options: BalancerOptions; readonly dtype?: "float32" | "float64" },
): number[] {
  const T = example.before.length;
  const [of, rows] = [{ ...example, memory: kept }, kept.length / T];
  const shapeOf = (name: string): number[] => (name === "memory" ? [rows, T] : [T]);
  const inputs = Object.fromEntries(
    Object.keys(of).map((name) => [name, input(name, dtype, shapeOf(name))]),
  ) as Record<keyof typeof of, ReturnType<typeof input>>;
  const feeds = Object.fromEntries(
    Object.entries(of).map(([name, data]): [string, TensorValue] => [
      name,
      dtype === "float64"
        ? { dtype, shape: shapeOf(name), data: Float64Array.from(data) }
        : { dtype, shape: shapeOf(name), data: Float32Array.from(data) },
    ]),
  );
  const next = memory.afterStep({ ...inputs, options });
  return Array.from(evaluate({ next }, feeds)["next"]!.data as Float64Array);
}

/** What every memory that learns from steps must do. */
export function stepMemoryContract(memory: StepMemory, options: BalancerOptions): void {
  it("remembers of present tasks what it would without the absent ones", () => {
    const random = seededRandom(21);
    const [T, here] = [4, [0, 1, 3]];
    const start = [...memory.start(T)];
    let [kept, alone] = [start, [...memory.start(here.length)]];
    const rows = start.length / T;
    for (let step = 0; step < 20; step++) {
      const draw = (): number[] => Array.from({ length: T }, (_, t) => (t === 2 ? 0 : random.uniform() * 3));
      const example = { before: draw(), after: draw(), present: [1, 1, 0, 1] };
      const pick = (values: readonly number[]): number[] => here.map((t) => values[t]!);
      kept = afterStep(memory, kept, example, { options }).map((value, at) =>
        at % T === 2 ? start[at]! : value,
      );
      alone = afterStep(
        memory,
        alone,
        { before: pick(example.before), after: pick(example.after), present: [1, 1, 1] },
        { options },
      );
      for (let row = 0; row < rows; row++)
        here.forEach((t, i) => expect(kept[row * T + t]).toBeCloseTo(alone[row * here.length + i]!, 12));
    }
  });

  it.each([0, 1e-30, 1e30])("stays finite in float32 for losses of %d before or after", (size) => {
    for (const present of [
      [1, 1, 1],
      [0, 1, 1],
      [0, 0, 0],
    ]) {
      let kept = [...memory.start(3)];
      for (const losses of [
        { before: [size, 1, size], after: [1, size, size] },
        { before: [1, 1, 1], after: [size, size, size] },
      ])
        for (let step = 0; step < 50; step++)
          kept = afterStep(memory, kept, { ...losses, present }, { options, dtype: "float32" });
      expect(kept.every(Number.isFinite)).toBe(true);
    }
  });
}
