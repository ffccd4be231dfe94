import { describe, expect, it } from "vitest";
import { seededRandom, type Random } from "../base/random.js";
import { constant, evaluate, gradients, input, reduceSum } from "../graph/index.js";
import type { Tensor, TensorValue } from "../graph/tensor.js";
import {
  DESCRIPTOR_WIDTH,
  type MetricContext,
  type Prediction,
  type TaskCoding,
  type TaskKind,
  type Truth,
} from "./task-kind.js";

/** A kind and how to make examples for it. */
export interface KindCase<C extends TaskCoding> {
  readonly kind: TaskKind<C>;
  readonly coding: C;
  /** One coded target of width V for one row. */
  target(random: Random): number[];
  /** Truth and predictions on the host, labels partly missing, for the metrics. */
  scored(random: Random): { truth: Truth; prediction: Prediction; context?: MetricContext };
}

/** Sizes of an example: M members, R rows, G tasks, D inputs. */
interface Sizes {
  readonly members: number;
  readonly rows: number;
  readonly tasks: number;
  readonly inputs: number;
}

const SIZES: Sizes = { members: 2, rows: 5, tasks: 3, inputs: 4 };

/** Values of everything a loss sees, float64, row-major. */
export interface LossExample {
  readonly output: TensorValue;
  readonly target: TensorValue;
  readonly mask: TensorValue;
  readonly encoded: TensorValue;
  readonly parameters: Readonly<Record<string, TensorValue>>;
}

/** A float64 tensor value. */
export function float64(shape: readonly number[], data: ArrayLike<number>): TensorValue {
  return { dtype: "float64", shape, data: Float64Array.from(data) };
}

/** The loss per task `[G]` of an example, exactly evaluated. */
export function lossOf(kind: TaskKind, example: LossExample): number[] {
  const { loss, feeds } = traceLoss(kind, example);
  return numbersOf(evaluate({ loss }, feeds)["loss"]!);
}

/** Gradient of the sum of the tasks' losses, by the name of what it is taken for. */
export function lossGradients(kind: TaskKind, example: LossExample): Record<string, number[]> {
  const { loss, feeds, variables } = traceLoss(kind, example);
  const names = Object.keys(variables);
  const found = gradients(
    reduceSum(loss, [0]),
    names.map((name) => variables[name]!),
  );
  const values = evaluate(Object.fromEntries(names.map((name, i) => [name, found[i]!])), feeds);
  return Object.fromEntries(names.map((name) => [name, numbersOf(values[name]!)]));
}

/** What every task kind must hold to. */
export function taskKindContract<C extends TaskCoding>({ kind, coding, target, scored }: KindCase<C>): void {
  const example = (seed: number, sizes = SIZES): LossExample =>
    exampleOf({ kind, coding, target, scored }, seed, sizes);

  describe(`${kind.slug} keeps the contract of task kinds`, () => {
    it("gives one loss per task, never negative", () => {
      for (let seed = 0; seed < 5; seed++) {
        const losses = lossOf(kind, example(seed));
        expect(losses).toHaveLength(SIZES.tasks);
        for (const loss of losses) expect(loss).toBeGreaterThanOrEqual(0);
      }
    });

    it("draws nothing from the target of a task without labels", () => {
      const without = withoutLabels(example(1), 1);
      const other = { ...without, target: { ...without.target, data: example(2).target.data } };
      expect(lossOf(kind, withoutLabels(other, 1))[1]).toBe(lossOf(kind, without)[1]);
      if (kind.supervised) expect(lossOf(kind, without)[1]).toBe(0);
    });

    if (kind.supervised) {
      it("gives a task without labels no gradient", () => {
        const found = lossGradients(kind, withoutLabels(example(1), 1));
        const [M, R, G, W] = example(1).output.shape as [number, number, number, number];
        const gradient = found["output"]!;
        for (let row = 0; row < M * R; row++) {
          for (let w = 0; w < W; w++) expect(Math.abs(gradient[(row * G + 1) * W + w]!)).toBe(0);
        }
        expect(gradient.some((value) => value !== 0)).toBe(true);
      });
    }

    it.each([
      SIZES,
      { ...SIZES, members: 1, tasks: 1 },
      { members: 1, rows: 1, tasks: 1, inputs: 1 },
      { ...SIZES, rows: 1 },
    ])("has the gradient that central differences show, for %o", (sizes) => {
      const at = example(3, sizes);
      for (const [name, gradient] of Object.entries(lossGradients(kind, at))) {
        const sumAt = (i: number, by: number): number =>
          lossOf(kind, shifted(at, name, i, by)).reduce((sum, loss) => sum + loss, 0);
        const step = 1e-5;
        gradient.forEach((value, i) => {
          const slope = (sumAt(i, step) - sumAt(i, -step)) / (2 * step);
          expect(Math.abs(value - slope), `${name}[${i}]`).toBeLessThan(1e-7 * Math.max(1, Math.abs(slope)));
        });
      }
    });

    it("permutes losses when tasks are permuted", () => {
      const at = example(4);
      const order = [2, 0, 1];
      const losses = lossOf(kind, at);
      const permuted = lossOf(kind, {
        output: taken(at.output, 2, order),
        target: taken(at.target, 1, order),
        mask: taken(at.mask, 1, order),
        encoded: at.encoded,
        parameters: Object.fromEntries(
          Object.entries(at.parameters).map(([name, v]) => [name, taken(v, 1, order)]),
        ),
      });
      permuted.forEach((loss, i) => expect(loss).toBeCloseTo(losses[order[i]!]!, 12));
    });

    it("averages over members, so that twins change nothing", () => {
      const at = example(5);
      const twins = {
        ...at,
        output: taken(at.output, 0, [0, 1, 0, 1]),
        parameters: Object.fromEntries(
          Object.entries(at.parameters).map(([n, v]) => [n, taken(v, 0, [0, 1, 0, 1])]),
        ),
      };
      const losses = lossOf(kind, at);
      lossOf(kind, twins).forEach((loss, i) => expect(loss).toBeCloseTo(losses[i]!, 12));
    });

    it("traces in float32 and with a symbolic number of rows", () => {
      const { loss } = traceLoss(kind, example(6), { dtype: "float32" });
      expect(loss.dtype).toBe("float32");
      expect(loss.shape).toEqual([SIZES.tasks]);
    });

    it("predicts any number of rows, and probabilities sum to 1", () => {
      const { output, parameters, prediction } = tracePrediction(kind, coding);
      const parameterFeeds = drawParameters(kind, coding, { ...SIZES, tasks: 1 }, seededRandom(7));
      for (const rows of [1, 4]) {
        const random = seededRandom(rows);
        const feeds = { output: randomValue([SIZES.members, rows, kind.outputWidth(coding)], random, 3) };
        const { value } = evaluate({ value: prediction }, { ...feeds, ...squeezed(parameterFeeds) });
        const host = kind.toPrediction(coding, { data: numbersOf(value!) });
        if (host.kind === "regression") expect(value!.shape).toEqual([rows]);
        else expectProbabilities(value!, rows, host);
      }
      expect(prediction.shape[0]).toBe("batch");
      const signal = kind.signal(output, parameters);
      expect(signal.shape).toEqual([SIZES.members, "batch", kind.signalWidth(coding)]);
    });

    it("decodes one value per row for people", () => {
      const { prediction } = tracePrediction(kind, coding);
      const decoded = kind.decode(prediction, coding);
      expect(decoded[""]!.shape).toEqual(["batch"]);
      for (const tensor of Object.values(decoded)) expect(tensor.shape[0]).toBe("batch");
    });

    it("finishes the mean of its contributions to the primary metric", () => {
      for (let seed = 0; seed < 5; seed++) {
        const { truth, prediction, context } = scored(seededRandom(seed));
        const scores = kind.score(truth, prediction, context);
        const { rows, finish } = kind.contributions(truth, prediction, context);
        const finite = rows.filter(Number.isFinite);
        const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
        expect(rows).toHaveLength(truth.length);
        expect(finish(mean)).toBeCloseTo(scores[kind.primary]!, 10);
        expect(Object.keys(scores).sort()).toEqual(kind.metrics.map(({ name }) => name).sort());
        expect(kind.metrics.map(({ name }) => name)).toContain(kind.primary);
      }
    });

    it("describes its task in finite numbers of the common width", () => {
      const descriptor = kind.describe(coding);
      expect(descriptor).toHaveLength(DESCRIPTOR_WIDTH);
      expect(descriptor.every(Number.isFinite)).toBe(true);
      expect(kind.slug).toBe(coding.kind);
    });
  });
}

function exampleOf<C extends TaskCoding>(
  { kind, coding, target }: KindCase<C>,
  seed: number,
  sizes: Sizes,
): LossExample {
  const { members, rows, tasks, inputs } = sizes;
  const random = seededRandom(seed, kind.slug);
  const mask = Array.from({ length: rows * tasks }, (_, i) => (i < tasks || random.uniform() < 0.6 ? 1 : 0));
  const width = kind.targetWidth(coding);
  return {
    output: randomValue([members, rows, tasks, kind.outputWidth(coding)], random),
    target: float64(
      [rows, tasks, width],
      mask.flatMap((labelled) => target(random).map((value) => (labelled ? value : 0))),
    ),
    mask: float64([rows, tasks], mask),
    encoded: randomValue([rows, inputs], random),
    parameters: drawParameters(kind, coding, sizes, random),
  };
}

function drawParameters<C extends TaskCoding>(kind: TaskKind<C>, coding: C, sizes: Sizes, random: Random) {
  const declared = kind.parameters?.({ ...sizes, coding }) ?? {};
  return Object.fromEntries(
    Object.entries(declared).map(([name, { shape }]) => [name, randomValue(shape, random)]),
  );
}

/** Parameters `[M, 1, …]` of a single task as `[M, …]`. */
function squeezed(parameters: Record<string, TensorValue>): Record<string, TensorValue> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      { ...value, shape: value.shape.filter((_, axis) => axis !== 1) },
    ]),
  );
}

function randomValue(shape: readonly number[], random: Random, scale = 1): TensorValue {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return float64(
    shape,
    Array.from({ length: size }, () => scale * random.normal()),
  );
}

function traceLoss(
  kind: TaskKind,
  example: LossExample,
  { dtype = "float64" }: { dtype?: "float32" | "float64" } = {},
) {
  const rows = dtype === "float64" ? example.mask.shape[0]! : "batch";
  const [M, , G, W] = example.output.shape;
  const variables: Record<string, Tensor> = {
    output: input("output", dtype, [M!, rows, G!, W!]),
    ...Object.fromEntries(
      Object.entries(example.parameters).map(([name, { shape }]) => [name, input(name, dtype, shape)]),
    ),
  };
  const { output, ...parameters } = variables;
  const loss = kind.loss({
    output: output!,
    target: input("target", dtype, [rows, ...example.target.shape.slice(1)]),
    mask: input("mask", dtype, [rows, ...example.mask.shape.slice(1)]),
    encoded: input("encoded", dtype, [rows, ...example.encoded.shape.slice(1)]),
    parameters,
  });
  const { parameters: values, ...rest } = example;
  return { loss, variables, feeds: { ...rest, ...values } };
}

function tracePrediction<C extends TaskCoding>(kind: TaskKind<C>, coding: C) {
  const output = input("output", "float64", [SIZES.members, "batch", kind.outputWidth(coding)]);
  const values = squeezed(drawParameters(kind, coding, { ...SIZES, tasks: 1 }, seededRandom(0)));
  const parameters = Object.fromEntries(
    Object.entries(values).map(([name, { shape }]) => [name, input(name, "float64", shape)]),
  );
  return { output, parameters, prediction: kind.predict(output, coding, parameters) };
}

function expectProbabilities(
  value: TensorValue,
  rows: number,
  host: Exclude<Prediction, { kind: "regression" }>,
): void {
  expect(value.shape).toEqual([rows, host.classes]);
  for (let row = 0; row < rows; row++) {
    const shares = host.probabilities.subarray(row * host.classes, (row + 1) * host.classes);
    expect(shares.every((share) => share >= 0)).toBe(true);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  }
}

function withoutLabels(example: LossExample, task: number): LossExample {
  const tasks = example.mask.shape[1]!;
  const width = example.target.shape[2]!;
  const absent = (cell: number): boolean => cell % tasks === task;
  return {
    ...example,
    mask: float64(
      example.mask.shape,
      numbersOf(example.mask).map((value, i) => (absent(i) ? 0 : value)),
    ),
    target: float64(
      example.target.shape,
      numbersOf(example.target).map((value, i) => (absent(Math.floor(i / width)) ? 0 : value)),
    ),
  };
}

function shifted(example: LossExample, name: string, index: number, by: number): LossExample {
  const shift = (value: TensorValue): TensorValue =>
    float64(
      value.shape,
      numbersOf(value).map((v, i) => (i === index ? v + by : v)),
    );
  if (name === "output") return { ...example, output: shift(example.output) };
  return { ...example, parameters: { ...example.parameters, [name]: shift(example.parameters[name]!) } };
}

/** Slices of a value along an axis, in the order given. */
function taken(value: TensorValue, axis: number, order: readonly number[]): TensorValue {
  const inner = value.shape.slice(axis + 1).reduce((product, extent) => product * extent, 1);
  const outer = value.shape.slice(0, axis).reduce((product, extent) => product * extent, 1);
  const extent = value.shape[axis]!;
  const data = numbersOf(value);
  const result: number[] = [];
  for (let o = 0; o < outer; o++) {
    for (const i of order) result.push(...data.slice((o * extent + i) * inner, (o * extent + i + 1) * inner));
  }
  return float64(
    value.shape.map((size, a) => (a === axis ? order.length : size)),
    result,
  );
}

function numbersOf(value: TensorValue): number[] {
  return Array.from(value.data as Float64Array);
}

/** A float64 constant, for graphs made in tests. */
export const fixed = (shape: readonly number[], data: ArrayLike<number>): Tensor =>
  constant(float64(shape, data));
