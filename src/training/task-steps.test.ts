import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import { type Tensor, type TensorValue, evaluate, input, scalar } from "../graph/index.js";
import type { Optimizer } from "./optimizer.js";
import { OPTIMIZERS } from "./optimizers/index.js";
import { perTask } from "./task-steps.js";

const [P0, P] = [6, 10];
const LAYOUT = [
  { name: "trunk.0.weight", shape: [1, 2, 3], init: "zeros", decay: true },
  { name: "heads.h.weight", shape: [4], init: "zeros", decay: true },
] as const;

interface Step {
  readonly rows: readonly (readonly number[])[];
  readonly present: readonly number[];
  readonly others: readonly number[];
}

/** Some steps of an optimiser in float64: per task, or plain on the sum of the gradients. */
function steps(
  optimizer: Optimizer,
  course: readonly Step[],
  { apart, clip = 0 }: { apart: boolean; clip?: number },
) {
  const T = course[0]!.rows.length;
  const names = optimizer.transform.state;
  const shapes: Record<string, number[]> = {
    jacobian: [T, P0],
    present: [T],
    gradient: [P],
    parameters: [P],
    decay: [P],
    ...Object.fromEntries(
      names.flatMap((name) => [
        [name, [P]],
        [`each.${name}`, [T, P0]],
      ]),
    ),
  };
  const value = (name: string, data: readonly number[]): TensorValue => ({
    dtype: "float64",
    shape: shapes[name]!,
    data: Float64Array.from(data),
  });
  const zeros = (name: string): number[] =>
    Array.from({ length: shapes[name]!.reduce((a, b) => a * b, 1) }, () => 0);
  let kept = Object.fromEntries(
    Object.keys(shapes)
      .filter((name) => names.includes(name.replace("each.", "")))
      .map((name) => [name, value(name, zeros(name))]),
  );
  let parameters = Array.from({ length: P }, (_, p) => 0.1 * p - 0.4);
  return course.map(({ rows, present, others }, s) => {
    const inputs = Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [name, input(name, "float64", shape)]),
    ) as Record<string, Tensor>;
    const of = (prefix: string): Record<string, Tensor> =>
      Object.fromEntries(names.map((name) => [name, inputs[prefix + name]!]));
    const each = perTask(optimizer, {
      jacobian: inputs["jacobian"]!,
      present: inputs["present"]!,
      state: of("each."),
      gradient: inputs["gradient"]!,
      clip,
      layout: LAYOUT.slice(0, 1),
    });
    const { transform } = apart ? each.optimizer : optimizer;
    const found = transform.apply({
      update: inputs["gradient"]!,
      parameters: inputs["parameters"]!,
      state: of(""),
      scalars: (transform.scalars?.(s + 1, 0.05) ?? []).map((x) => scalar(x, "float64")),
      decay: inputs["decay"]!,
      measured: [],
      layout: LAYOUT,
    });
    const outputs = {
      update: found.update,
      ...found.state,
      ...Object.fromEntries(Object.entries(each.next).map(([name, next]) => [`each.${name}`, next])),
    };
    const sum = rows[0]!.map((_, p) => rows.reduce((total, row) => total + row[p]!, 0));
    const values = evaluate(outputs, {
      ...kept,
      jacobian: value("jacobian", rows.flat()),
      present: value("present", present),
      gradient: value("gradient", [...sum, ...others]),
      parameters: value("parameters", parameters),
      decay: value(
        "decay",
        zeros("decay").map((_, p) => (p % 2 === 0 ? 0.1 : 0)),
      ),
    });
    kept = {
      ...kept,
      ...Object.fromEntries(
        Object.keys(kept).flatMap((name) => (values[name] ? [[name, values[name]]] : [])),
      ),
    };
    const update = Array.from(values["update"]!.data as Float64Array);
    parameters = parameters.map((x, p) => x - update[p]!);
    return { parameters, kept };
  });
}

function courseOf(T: number, seed: number): Step[] {
  const random = seededRandom(seed);
  const fill = (n: number): number[] => Array.from({ length: n }, () => random.normal());
  return Array.from({ length: 6 }, () => ({
    rows: Array.from({ length: T }, (_, t) => fill(P0).map((x) => x * 10 ** t)),
    present: Array.from({ length: T }, () => 1),
    others: fill(P - P0),
  }));
}

describe("an optimiser that steps for each task", () => {
  it.each(Object.values(OPTIMIZERS).map((one) => [one.slug, one] as const))(
    "is, for a single task, the plain one: %s",
    (_, optimizer) => {
      const course = courseOf(1, 1);
      const [plain, each] = [false, true].map(
        (apart) => steps(optimizer, course, { apart }).at(-1)!.parameters,
      );
      each!.forEach((x, p) => expect(x).toBeCloseTo(plain![p]!, 12));
    },
  );

  it("adds up Adam's steps of each task, which a task with large gradients does not outweigh", () => {
    const course = courseOf(3, 2);
    const found = steps(OPTIMIZERS.adam, course, { apart: true });
    let [m, v] = [course[0]!.rows, course[0]!.rows].map((rows) => rows.map((row) => row.map(() => 0))) as [
      number[][],
      number[][],
    ];
    let theta = Array.from({ length: P0 }, (_, p) => 0.1 * p - 0.4);
    course.forEach(({ rows }, s) => {
      const g = rows.map((row) => row.map((x, p) => x + ((p % 2 === 0 ? 0.1 : 0) * theta[p]!) / 3));
      m = m.map((row, k) => row.map((x, p) => 0.9 * x + 0.1 * g[k]![p]!));
      v = v.map((row, k) => row.map((x, p) => 0.999 * x + 0.001 * g[k]![p]! ** 2));
      const [c1, c2] = [1 - 0.9 ** (s + 1), 1 - 0.999 ** (s + 1)];
      theta = theta.map(
        (x, p) =>
          x - 0.05 * m.reduce((sum, row, k) => sum + row[p]! / c1 / (Math.sqrt(v[k]![p]! / c2) + 1e-8), 0),
      );
      theta.forEach((x, p) => expect(found[s]!.parameters[p]).toBeCloseTo(x, 10));
    });
  });

  it("keeps the state of an absent task, and moves other parameters as the plain optimiser", () => {
    const course = courseOf(2, 3).map((step, s) =>
      s < 3 ? step : { ...step, rows: [step.rows[0]!, step.rows[1]!.map(() => 0)], present: [1, 0] },
    );
    const each = steps(OPTIMIZERS.adamw, course, { apart: true });
    const plain = steps(OPTIMIZERS.adamw, course, { apart: false });
    const ofSecond = (s: number): number[] =>
      Array.from(each[s]!.kept["each.m"]!.data as Float64Array).slice(P0);
    expect(ofSecond(5)).toEqual(ofSecond(2));
    expect(ofSecond(2)).not.toEqual(ofSecond(1));
    each.forEach(({ parameters }, s) =>
      parameters.slice(P0).forEach((x, p) => expect(x).toBe(plain[s]!.parameters[P0 + p])),
    );
  });

  it("clips the gradients of tasks by the length of the whole gradient", () => {
    const [step] = courseOf(2, 4) as [Step];
    const sum = step.rows[0]!.map((x, p) => x + step.rows[1]![p]!);
    const length = Math.hypot(...sum, ...step.others);
    const scaled = { ...step, rows: step.rows.map((row) => row.map((x) => x / length)) };
    const [clipped, plain] = [
      steps(OPTIMIZERS.sgd, [step], { apart: true, clip: 1 }),
      steps(OPTIMIZERS.sgd, [scaled], { apart: true }),
    ].map(([one]) => one!.parameters.slice(0, P0));
    clipped!.forEach((x, p) => expect(x).toBeCloseTo(plain![p]!, 12));
  });
});
