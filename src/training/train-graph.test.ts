import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type TensorValue, evaluate, gradients, input } from "../graph/index.js";
import { parameterCount } from "../model/layout.js";
import type { ModelSpec } from "../model/spec.js";
import { BALANCERS } from "./balancers/index.js";
import { OPTIMIZERS } from "./optimizers/index.js";
import { warmupCosine } from "./schedule.js";
import { stepScalars } from "./step-loop.js";
import { type TrainGraphOptions, batchObjective, trainGraph, trainLayout } from "./train-graph.js";
import { PLAIN } from "../../test/fixtures/plain-model.js";

interface Fixture {
  readonly spec: {
    inputs: number;
    members: number;
    trunk: number[];
    embedding: number;
    tie: number;
    clusters: number;
    width: number;
    priors: { c: number[]; d: number[] };
    labelled: Record<"a" | "b" | "c" | "d", number>;
  };
  readonly options: {
    batch: number;
    steps: number;
    peak: number;
    warmup: number;
    weightDecay: number;
    clip: number;
  };
  readonly encoded: number[][];
  readonly regression: number[][];
  readonly binary: number[];
  readonly multiclass: number[];
  readonly soft: number[][];
  readonly mask: number[][];
  readonly batches: number[][];
  readonly start: number[];
  readonly history: { losses: number[]; present: number[]; norm: number; parameters: number[] }[];
}

// made by bench/fixtures/training-steps.py: the same model written with PyTorch's autograd, in float64
const fixture = JSON.parse(
  readFileSync(new URL("../../test/fixtures/training-steps.json", import.meta.url), "utf8"),
) as Fixture;
const { spec: given, options: settings } = fixture;

const spec: ModelSpec = {
  inputs: given.inputs,
  tasks: [
    { name: "a", coding: { kind: "regression", mean: 0, deviation: 1, labelled: given.labelled.a } },
    { name: "b", coding: { kind: "regression", mean: 0, deviation: 1, labelled: given.labelled.b } },
    {
      name: "c",
      coding: {
        kind: "binary",
        classes: ["no", "yes"],
        classType: "string",
        priors: given.priors.c,
        labelled: given.labelled.c,
      },
    },
    {
      name: "d",
      coding: {
        kind: "multiclass",
        classes: ["x", "y", "z"],
        classType: "string",
        priors: given.priors.d,
        labelled: given.labelled.d,
      },
    },
    { name: "s", coding: { kind: "clustering", clusters: given.clusters, embedding: given.width } },
  ],
  links: [
    { kind: "same-kind", from: "a", to: "b" },
    { kind: "parent-child", from: "c", to: "d" },
  ],
  trunk: given.trunk,
  ...PLAIN,
  members: given.members,
  tie: given.tie,
  embedding: given.embedding,
};
const options: TrainGraphOptions = {
  optimizer: OPTIMIZERS.adamw,
  balancer: BALANCERS.uncertainty,
  batch: settings.batch,
  clip: settings.clip,
  dropout: 0,
  weightDecay: settings.weightDecay,
  dtype: "float64",
};

const doubles = (data: readonly number[], shape: readonly number[]): TensorValue => ({
  dtype: "float64",
  shape,
  data: Float64Array.from(data),
});
const rows = fixture.encoded.length;
const targetRows = fixture.encoded.map((_, i) => [
  ...fixture.regression[i]!,
  fixture.binary[i]!,
  ...fixture.soft[i]!,
  fixture.multiclass[i]!,
]);

function tables(): Record<string, TensorValue> {
  return {
    encoded: doubles(fixture.encoded.flat(), [rows, given.inputs]),
    targets: doubles(targetRows.flat(), [rows, targetRows[0]!.length]),
    mask: doubles(fixture.mask.flat(), [rows, spec.tasks.length]),
  };
}

function runSteps(
  from: number,
  count: number,
  carried: readonly TensorValue[],
  { average = 0 } = {},
): Record<string, TensorValue> {
  const graph = trainGraph(spec, { ...options, average });
  const size = parameterCount(graph.layout);
  const scalars = Array.from({ length: count }, (_, i) => {
    const step = from + i;
    return stepScalars({ ...options, average }, step + 1, warmupCosine(step, settings));
  });
  const feeds: Record<string, TensorValue> = {
    ...tables(),
    batches: {
      dtype: "int32",
      shape: [count, settings.batch],
      data: Int32Array.from(fixture.batches.slice(from, from + count).flat()),
    },
    schedule: doubles(scalars.flat(), [count, graph.scalars]),
    steps: { dtype: "int64", shape: [], data: BigInt64Array.of(BigInt(count)) },
    decay: doubles(
      trainLayout(spec, options.balancer).flatMap(({ shape, decay }) =>
        Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => (decay ? settings.weightDecay : 0)),
      ),
      [size],
    ),
    ...Object.fromEntries(graph.carried.map((name, i) => [name, carried[i]!])),
  };
  return evaluate({ ...graph.outputs }, feeds);
}

const start = (): TensorValue[] => {
  const size = fixture.start.length;
  return [
    doubles(fixture.start, [size]),
    doubles(
      Array.from({ length: size }, () => 0),
      [size],
    ),
    doubles(
      Array.from({ length: size }, () => 0),
      [size],
    ),
  ];
};
const numbers = (value: TensorValue | undefined): number[] => Array.from(value!.data as Float64Array);

describe("the training graph", () => {
  it("takes the same ten steps as an independent implementation with another autodiff", () => {
    const found = runSteps(0, settings.steps, start());
    const tasks = spec.tasks.length;
    fixture.history.forEach((step, i) => {
      const losses = numbers(found["losses"]).slice(i * tasks, (i + 1) * tasks);
      losses.forEach((loss, t) => expect(loss, `step ${i}, task ${t}`).toBeCloseTo(step.losses[t]!, 9));
      expect(numbers(found["present"]).slice(i * tasks, (i + 1) * tasks)).toEqual(step.present);
      expect(numbers(found["gradient-norm"])[i]!, `step ${i}`).toBeCloseTo(step.norm, 8);
    });
    const last = fixture.history.at(-1)!.parameters;
    numbers(found["parameters.next"]).forEach((value, i) =>
      expect(Math.abs(value - last[i]!), `parameter ${i}`).toBeLessThan(1e-9),
    );
  });

  it("gives the same parameters however its steps are cut into runs", () => {
    const whole = runSteps(0, 6, start());
    const first = runSteps(0, 2, start());
    const carried = ["parameters", "m", "v"].map((name) => first[`${name}.next`]!);
    const second = runSteps(2, 4, carried);
    expect(numbers(second["parameters.next"])).toEqual(numbers(whole["parameters.next"]));
  });

  it("carries a moving average of the parameters beside them, which changes no step", () => {
    const decay = 0.6;
    const zeros = doubles(
      fixture.start.map(() => 0),
      [fixture.start.length],
    );
    const whole = runSteps(0, 5, [...start(), zeros], { average: decay });
    expect(numbers(whole["parameters.next"])).toEqual(numbers(runSteps(0, 5, start())["parameters.next"]));
    let expected: readonly number[] = [];
    fixture.history.slice(0, 5).forEach(({ parameters }, i) => {
      const share = Math.max(1 - decay, 1 / (i + 1));
      expected = parameters.map((value, k) => (1 - share) * (expected[k] ?? 0) + share * value);
    });
    numbers(whole["average.next"]).forEach((value, k) => expect(value).toBeCloseTo(expected[k]!, 8));

    const first = runSteps(0, 2, [...start(), zeros], { average: decay });
    const carried = ["parameters", "m", "v", "average"].map((name) => first[`${name}.next`]!);
    const second = runSteps(2, 3, carried, { average: decay });
    expect(numbers(second["average.next"])).toEqual(numbers(whole["average.next"]));
  });

  it("has the gradient that central differences of the whole objective give", () => {
    const untied: ModelSpec = { ...spec, links: spec.links.slice(0, 1) }; // a parent's signal stops the gradient on purpose
    const layout = trainLayout(untied, options.balancer);
    const size = parameterCount(layout);
    const batch = fixture.batches[0]!;
    const part = (table: readonly (readonly number[])[]): number[] =>
      batch.flatMap((row) => [...table[row]!]);
    const inputs = {
      parameters: input("parameters", "float64", [size]),
      encoded: input("encoded", "float64", [batch.length, given.inputs]),
      targets: input("targets", "float64", [batch.length, targetRows[0]!.length]),
      mask: input("mask", "float64", [batch.length, spec.tasks.length]),
    };
    const { total } = batchObjective({ spec: untied, options, layout, dtype: "float64" }, inputs);
    const [gradient] = gradients(total, [inputs.parameters]);
    const at = (values: readonly number[]): Record<string, TensorValue> => ({
      parameters: doubles(values, [size]),
      encoded: doubles(part(fixture.encoded), [batch.length, given.inputs]),
      targets: doubles(part(targetRows), [batch.length, targetRows[0]!.length]),
      mask: doubles(part(fixture.mask), [batch.length, spec.tasks.length]),
    });
    const values = fixture.start.slice(0, size);
    const analytic = numbers(evaluate({ gradient: gradient! }, at(values))["gradient"]);
    const h = 1e-5; // error of a central difference: about h² from the curvature and 1e-16 / h from rounding
    const objective = (moved: number, by: number): number =>
      numbers(
        evaluate({ total }, at(values.map((value, i) => (i === moved ? value + by : value))))["total"],
      )[0]!;
    values.forEach((_, i) => {
      const numeric = (objective(i, h) - objective(i, -h)) / (2 * h);
      expect(Math.abs(numeric - analytic[i]!), `parameter ${i}`).toBeLessThan(
        1e-6 * Math.max(1, Math.abs(numeric)),
      );
    });
  });
});
