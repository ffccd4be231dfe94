import { describe, expect, it } from "vitest";
import { ontoSimplex as onHost } from "../base/linear-algebra/simplex.js";
import { seededRandom } from "../base/random.js";
import { type Tensor, type TensorValue, evaluate, input } from "../graph/index.js";
import { ontoSimplex, presentShares, presentSoftmax, rowNorms } from "./task-rows.js";

type DType = "float64" | "float32";
const value = (data: readonly number[], dtype: DType): TensorValue =>
  dtype === "float64"
    ? { dtype, shape: [data.length], data: Float64Array.from(data) }
    : { dtype, shape: [data.length], data: Float32Array.from(data) };

/** A function of values and presence `[T]`, evaluated. */
function ofTasks(
  work: (values: Tensor, present: Tensor) => Tensor,
  values: readonly number[],
  present: readonly number[],
  dtype: DType = "float64",
): number[] {
  const [v, p] = [input("v", dtype, [values.length]), input("p", dtype, [values.length])];
  const { found } = evaluate({ found: work(v, p) }, { v: value(values, dtype), p: value(present, dtype) });
  return Array.from(found!.data as Float64Array);
}

describe("rows of tasks", () => {
  it("project on the simplex of present tasks: no other point of it is nearer", () => {
    const random = seededRandom(1);
    for (let draw = 0; draw < 100; draw++) {
      const T = 1 + random.integer(6);
      const values = Array.from({ length: T }, () => 3 * random.normal());
      const present = values.map(() => Number(random.uniform() < 0.7));
      const found = ofTasks(ontoSimplex, values, present);
      const here = values.flatMap((_, t) => (present[t] ? [t] : []));
      values.forEach((_, t) => (present[t] ? undefined : expect(found[t]).toBe(0)));
      if (here.length === 0) continue;
      expect(found.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      const far = (point: readonly number[]): number =>
        here.reduce((sum, t, k) => sum + (values[t]! - point[k]!) ** 2, 0);
      const least = far(here.map((t) => found[t]!));
      for (let other = 0; other < 30; other++) {
        const parts = here.map(() => (-Math.log(1 - random.uniform())) ** 3);
        const sum = parts.reduce((a, b) => a + b, 0);
        expect(far(parts.map((part) => part / sum))).toBeGreaterThan(least - 1e-12);
      }
      onHost(Float64Array.from(here, (t) => values[t]!)).forEach((x, k) =>
        expect(x).toBeCloseTo(found[here[k]!]!, 12),
      );
    }
  });

  it("project large values in float32 on a corner", () => {
    expect(ofTasks(ontoSimplex, [1e30, -1e30, 3e29], [1, 1, 1], "float32")).toEqual([1, 0, 0]);
    expect([...onHost(Float64Array.of(1e30, -1e30, 3e29))]).toEqual([1, 0, 0]);
  });

  it("have norms whose squares may be out of range", () => {
    const rows = [
      [3e30, 4e30],
      [3e-25, 4e-25],
      [0, 0],
      [-3, 4],
    ];
    const x = input("x", "float32", [4, 2]);
    const { norms } = evaluate(
      { norms: rowNorms(x) },
      { x: { dtype: "float32", shape: [4, 2], data: Float32Array.from(rows.flat()) } },
    );
    const expected = [5e30, 5e-25, 0, 5];
    (norms!.data as Float32Array).forEach((norm, t) =>
      expect(Math.abs(norm - expected[t]!)).toBeLessThanOrEqual(1e-6 * expected[t]!),
    );
  });

  it("share what present tasks hold, equally where they hold nothing", () => {
    const shares = (held: readonly number[], present: readonly number[]): number[] =>
      ofTasks((h, p) => presentShares(h, p).shares, held, present);
    expect(shares([0.1, 0.6, 0.3], [1, 0, 1]).map((x) => Math.round(1e9 * x) / 1e9)).toEqual([0.25, 0, 0.75]);
    expect(shares([0, 1, 0], [1, 0, 1])).toEqual([0.5, 0, 0.5]);
    expect(shares([0.2, 0.5, 0.3], [0, 0, 0])).toEqual([0, 0, 0]);
  });

  it("have a softmax over present tasks that an absent one does not touch, however large", () => {
    const found = ofTasks(presentSoftmax, [Math.log(2), 1e4, Math.log(6)], [1, 0, 1]);
    [0.25, 0, 0.75].forEach((x, t) => expect(found[t]).toBeCloseTo(x, 12));
    expect(ofTasks(presentSoftmax, [1, 2], [0, 0])).toEqual([0, 0]);
  });
});
