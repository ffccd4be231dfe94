import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import {
  type Tensor,
  type TensorValue,
  evaluate,
  gradients,
  input,
  reduceSum,
  square,
} from "../graph/index.js";
import { taskDescriptors } from "../relations/task-vectors.js";
import { DESCRIPTOR_WIDTH, type Task } from "../tasks/task-kind.js";
import { taskGroups } from "./groups.js";
import { initialParameters, linkName, modelLayout } from "./layout.js";
import { sizeOf } from "./parameter.js";
import { tiePenalty } from "./losses.js";
import { network } from "./network.js";
import type { ModelSpec } from "./spec.js";
import { PLAIN } from "../../test/fixtures/plain-model.js";

const amount = (name: string): Task => ({
  name,
  coding: { kind: "regression", mean: 0, deviation: 1, labelled: 20 },
});
const binary = (name: string): Task => ({
  name,
  coding: { kind: "binary", classes: ["n", "y"], classType: "string", priors: [0.4, 0.6], labelled: 9 },
});
const three = (name: string): Task => ({
  name,
  coding: {
    kind: "multiclass",
    classes: ["x", "y", "z"],
    classType: "string",
    priors: [0.2, 0.3, 0.5],
    labelled: 9,
  },
});
const base: ModelSpec = {
  inputs: 3,
  tasks: [amount("a")],
  links: [],
  trunk: [4, 5],
  ...PLAIN,
};
const ROWS = 3;

type Values = Readonly<Record<string, Float64Array>>;

/** Random values for every parameter, zero at no place. */
function randomValues(spec: ModelSpec, seed: number): Values {
  const random = seededRandom(seed, "network");
  return Object.fromEntries(
    modelLayout(spec).map(({ name, shape }) => [
      name,
      Float64Array.from({ length: sizeOf(shape) }, () => random.normal()),
    ]),
  );
}
const randomInputs = (spec: ModelSpec, seed: number): Float64Array => {
  const random = seededRandom(seed, "inputs");
  return Float64Array.from({ length: ROWS * spec.inputs }, () => random.normal());
};

function trace(spec: ModelSpec): { traced: ReturnType<typeof network>; parameters: Record<string, Tensor> } {
  const parameters = Object.fromEntries(
    modelLayout(spec).map(({ name, shape }) => [name, input(name, "float64", shape)]),
  );
  return { traced: network(spec, input("encoded", "float64", [ROWS, spec.inputs]), parameters), parameters };
}

const feedsOf = (spec: ModelSpec, values: Values, encoded: Float64Array): Record<string, TensorValue> => ({
  encoded: { dtype: "float64", shape: [ROWS, spec.inputs], data: encoded },
  ...Object.fromEntries(
    modelLayout(spec).map(({ name, shape }) => [
      name,
      { dtype: "float64" as const, shape, data: values[name]! },
    ]),
  ),
});

/** Head outputs by task name, each `[M][R][W]`, as the graph computes them. */
function traced(spec: ModelSpec, values: Values, encoded: Float64Array): Record<string, number[][][]> {
  const groups = trace(spec).traced.groups;
  const found = evaluate(
    Object.fromEntries(groups.map(({ group, output }) => [group.name, output])),
    feedsOf(spec, values, encoded),
  );
  const entries = groups.flatMap(({ group }) =>
    group.tasks.map((t, g) => {
      const data = found[group.name]!.data as Float64Array; // [M, R, G, W]
      const at = (m: number, r: number, w: number): number =>
        data[((m * ROWS + r) * group.tasks.length + g) * group.width + w]!;
      return [spec.tasks[t]!.name, grid(spec.members, ROWS, group.width, at)] as const;
    }),
  );
  return Object.fromEntries(entries);
}

const grid = (
  a: number,
  b: number,
  c: number,
  at: (i: number, j: number, k: number) => number,
): number[][][] =>
  Array.from({ length: a }, (_, i) =>
    Array.from({ length: b }, (__, j) => Array.from({ length: c }, (___, k) => at(i, j, k))),
  );
const product = (
  x: readonly number[],
  weight: Float64Array,
  columns: number,
  offset = 0,
  stride = columns,
): number[] =>
  Array.from({ length: columns }, (_, j) =>
    x.reduce((sum, value, i) => sum + value * weight[i * stride + offset + j]!, 0),
  );
const relu = (x: number): number => Math.max(0, x);

/** The same outputs, row by row and member by member, from the formulas of the model. */
function byHand(spec: ModelSpec, values: Values, encoded: Float64Array): Record<string, number[][][]> {
  const descriptors = taskDescriptors(spec.tasks);
  const outputs: Record<string, number[][][]> = {};
  const H = spec.trunk.at(-1)!;
  const shared = grid(spec.members, ROWS, 1, () => 0).map((rows, m) =>
    rows.map((_, r) =>
      trunkByHand(spec, values, [...encoded.subarray(r * spec.inputs, (r + 1) * spec.inputs)], m),
    ),
  );
  for (const group of taskGroups(spec)) {
    const [G, prefix, first] = [
      group.tasks.length,
      `heads.${group.name}`,
      spec.head > 0 ? spec.head : group.width,
    ];
    group.tasks.forEach((t, g) => {
      const { name } = spec.tasks[t]!;
      const vector = [
        ...descriptors.subarray(t * DESCRIPTOR_WIDTH, (t + 1) * DESCRIPTOR_WIDTH),
        ...values["tasks.embedding"]!.subarray(t * spec.embedding, (t + 1) * spec.embedding),
      ];
      const gain = product(vector, values["tasks.gain"]!, H).map((x) => 1 + x);
      outputs[name] = shared.map((rows, m) =>
        rows.map((h, r) => {
          const weight = values[`${prefix}.weight`]!.subarray(m * H * G * first, (m + 1) * H * G * first);
          let z = product(
            h.map((x, i) => x * gain[i]!),
            weight,
            first,
            g * first,
            G * first,
          );
          z = z.map((x, j) => x + values[`${prefix}.bias`]![m * G * first + g * first + j]!);
          for (const link of spec.links.filter(({ kind, to }) => kind === "parent-child" && to === name)) {
            const signal = signalByHand(spec, link.from, outputs[link.from]![m]![r]!);
            const matrix = values[linkName(link)]!.subarray(
              m * signal.length * first,
              (m + 1) * signal.length * first,
            );
            z = product(signal, matrix, first).map((x, j) => x + z[j]!);
          }
          if (spec.head === 0) return z;
          const [own, width] = [m * G + g, group.width];
          const last = values[`${prefix}.output.weight`]!.subarray(
            own * first * width,
            (own + 1) * first * width,
          );
          return product(z.map(relu), last, width).map(
            (x, j) => x + values[`${prefix}.output.bias`]![own * width + j]!,
          );
        }),
      );
    });
  }
  return outputs;
}

function trunkByHand(spec: ModelSpec, values: Values, row: readonly number[], m: number): number[] {
  return spec.trunk.reduce<number[]>(
    (h, width, i) => {
      const scaled = (x: readonly number[], key: string): number[] => {
        const scale = values[`trunk.${i}.${key}`];
        return scale ? x.map((value, j) => value * scale[m * x.length + j]!) : [...x];
      };
      const z = scaled(
        product(scaled(h, "input-scale"), values[`trunk.${i}.weight`]!, width),
        "output-scale",
      );
      const bias = values[`trunk.${i}.bias`]!;
      return z.map((x, j) => relu(x + bias[(spec.members > 1 ? m * width : 0) + j]!));
    },
    [...row],
  );
}

function signalByHand(spec: ModelSpec, task: string, output: readonly number[]): number[] {
  const { kind } = spec.tasks.find(({ name }) => name === task)!.coding;
  if (kind === "regression") return [...output];
  if (kind === "binary") return output.map((x) => 1 / (1 + Math.exp(-x)));
  const powers = output.map(Math.exp);
  return powers.map((x) => x / powers.reduce((a, b) => a + b, 0));
}

function expectSame(found: Record<string, number[][][]>, expected: Record<string, number[][][]>): void {
  expect(Object.keys(found).toSorted()).toEqual(Object.keys(expected).toSorted());
  for (const [name, members] of Object.entries(expected)) {
    members.forEach((rows, m) =>
      rows.forEach((row, r) =>
        row.forEach((x, w) =>
          expect(Math.abs(found[name]![m]![r]![w]! - x), `${name} ${m} ${r} ${w}`).toBeLessThan(
            1e-9 * Math.max(1, Math.abs(x)),
          ),
        ),
      ),
    );
  }
}

describe("the network", () => {
  it("is a plain multilayer perceptron with one member", () => {
    const encoded = randomInputs(base, 1);
    const values: Values = {
      ...randomValues(base, 1),
      "tasks.gain": new Float64Array(sizeOf([DESCRIPTOR_WIDTH + 2, 5])),
    };
    const plain = [0, 1, 2].map((r) => {
      const h1 = product([...encoded.subarray(r * 3, r * 3 + 3)], values["trunk.0.weight"]!, 4).map((x, j) =>
        relu(x + values["trunk.0.bias"]![j]!),
      );
      const h2 = product(h1, values["trunk.1.weight"]!, 5).map((x, j) =>
        relu(x + values["trunk.1.bias"]![j]!),
      );
      return product(h2, values["heads.regression-1.weight"]!, 1).map(
        (x) => x + values["heads.regression-1.bias"]![0]!,
      );
    });
    expectSame(traced(base, values, encoded), { a: [plain] });
  });

  it("computes what its formulas say for any members, adapters, heads and parent links", () => {
    const shapes = fc.record({
      members: fc.integer({ min: 1, max: 3 }),
      adapter: fc.constantFrom("input" as const, "output" as const),
      head: fc.constantFrom(0, 3),
      trunk: fc.constantFrom([4], [4, 5], [7, 5]), // of 7 the inputs are scaled, of 4 the weights
      tasks: fc.shuffledSubarray([amount("a"), binary("b"), three("c"), amount("d"), binary("e")], {
        minLength: 1,
      }),
      linked: fc.boolean(),
      seed: fc.nat(1000),
    });
    fc.assert(
      fc.property(shapes, ({ linked, seed, ...shape }) => {
        const [first, second, third] = shape.tasks.map(({ name }) => name);
        const chain = [
          [first, second],
          [first, third],
          [second, third],
        ].filter(([from, to]) => linked && from && to);
        const spec: ModelSpec = {
          ...base,
          ...shape,
          links: chain.map(([from, to]) => ({ kind: "parent-child", from: from!, to: to! })),
        };
        const [values, encoded] = [randomValues(spec, seed), randomInputs(spec, seed)];
        expectSame(traced(spec, values, encoded), byHand(spec, values, encoded));
      }),
      { numRuns: 40 },
    );
  });

  it("starts with task gains that change nothing, whatever the task vectors are", () => {
    const spec: ModelSpec = { ...base, tasks: [amount("a"), binary("b")], members: 2 };
    const start = Object.fromEntries(
      modelLayout(spec).map((parameter) => [
        parameter.name,
        Float64Array.from(initialParameters([parameter], seededRandom(1))),
      ]),
    );
    expect(start["tasks.gain"]!.every((x) => x === 0)).toBe(true);
    const encoded = randomInputs(spec, 2);
    const elsewhere = { ...start, "tasks.embedding": start["tasks.embedding"]!.map((x) => 5 - x) };
    expect(traced(spec, elsewhere, encoded)).toEqual(traced(spec, start, encoded));
  });

  it("gives members that start apart different outputs, from one set of shared weights", () => {
    for (const adapter of ["input", "output"] as const) {
      const spec: ModelSpec = { ...base, members: 2, adapter };
      const values = randomValues(spec, 3);
      const [one, two] = traced(spec, values, randomInputs(spec, 3))["a"]!;
      expect(one).not.toEqual(two);
    }
  });
});

describe("a parent link", () => {
  const spec: ModelSpec = {
    ...base,
    tasks: [binary("parent"), amount("child")],
    links: [{ kind: "parent-child", from: "parent", to: "child" }],
  };
  const values = randomValues(spec, 4);
  const encoded = randomInputs(spec, 4);

  it("feeds the child", () => {
    const before = traced(spec, values, encoded);
    const bias = "heads.binary-1.bias";
    const after = traced(spec, { ...values, [bias]: values[bias]!.map((x) => x + 1) }, encoded);
    expect(after["child"]).not.toEqual(before["child"]);
  });

  it("does not let the child's loss bend the parent's head, and does train the link", () => {
    const { traced: graph, parameters } = trace(spec);
    const child = graph.groups.find(({ group }) => group.tasks.includes(1))!.output;
    const names = [
      "heads.binary-1.weight",
      "heads.binary-1.bias",
      "links.parent:child.weight",
      "trunk.0.weight",
    ];
    const found = gradients(
      reduceSum(square(child), [0, 1, 2, 3]),
      names.map((name) => parameters[name]!),
    );
    const size = evaluate(
      Object.fromEntries(names.map((name, i) => [name, found[i]!])),
      feedsOf(spec, values, encoded),
    );
    const largest = (name: string): number =>
      Math.max(...Array.from(size[name]!.data as Float64Array, Math.abs));
    expect(largest("heads.binary-1.weight")).toBe(0);
    expect(largest("heads.binary-1.bias")).toBe(0);
    expect(largest("links.parent:child.weight")).toBeGreaterThan(0);
    expect(largest("trunk.0.weight")).toBeGreaterThan(0);
  });

  it("does not let the parent's way reach the trunk either: only the child's own head does", () => {
    const { traced: graph, parameters } = trace(spec);
    const child = graph.groups.find(({ group }) => group.tasks.includes(1))!.output;
    const [gradient] = gradients(reduceSum(child, [0, 1, 2, 3]), [parameters["trunk.0.weight"]!]);
    const deaf = {
      ...values,
      "heads.regression-1.level1.weight": values["heads.regression-1.level1.weight"]!.map(() => 0),
    };
    const found = evaluate({ gradient: gradient! }, feedsOf(spec, deaf, encoded))["gradient"]!
      .data as Float64Array;
    expect(found.every((x) => x === 0)).toBe(true);
  });
});

describe("the same-kind penalty", () => {
  const penaltyOf = (spec: ModelSpec, values: Values): number => {
    const parameters = Object.fromEntries(
      modelLayout(spec).map(({ name, shape }) => [name, input(name, "float64", shape)]),
    );
    return (
      evaluate({ penalty: tiePenalty(spec, parameters)! }, feedsOf(spec, values, randomInputs(spec, 1)))[
        "penalty"
      ]!.data as Float64Array
    )[0]!;
  };
  const tied: ModelSpec = {
    ...base,
    tasks: [three("a"), amount("b"), three("c")],
    members: 2,
    tie: 0.3,
    links: [{ kind: "same-kind", from: "a", to: "c" }],
  };

  it("is the squared distance of the two heads, averaged over members, and of the embeddings", () => {
    const values = randomValues(tied, 5);
    const [H, W, M] = [5, 3, 2];
    const distance = (name: string, rows: number): number => {
      let sum = 0;
      for (let row = 0; row < rows; row++)
        for (let w = 0; w < W; w++)
          sum += (values[name]![row * 2 * W + w]! - values[name]![row * 2 * W + W + w]!) ** 2;
      return sum;
    };
    const heads = (distance("heads.multiclass-3.weight", M * H) + distance("heads.multiclass-3.bias", M)) / M;
    const e = values["tasks.embedding"]!;
    expect(penaltyOf(tied, values)).toBeCloseTo(
      0.3 * (heads + (e[0]! - e[4]!) ** 2 + (e[1]! - e[5]!) ** 2),
      9,
    );
  });

  it("counts the second layer of deep heads too, and is 0 for heads that agree", () => {
    const deep: ModelSpec = { ...tied, head: 2 };
    const equal = Object.fromEntries(
      modelLayout(deep).map(({ name, shape }) => [name, new Float64Array(sizeOf(shape)).fill(2)]),
    );
    expect(penaltyOf(deep, equal)).toBe(0);
    const last = Float64Array.from(equal["heads.multiclass-3.output.weight"]!);
    last[0] = 4; // of member 0 and task a
    expect(penaltyOf(deep, { ...equal, "heads.multiclass-3.output.weight": last })).toBeCloseTo(
      (0.3 * 4) / 2,
      12,
    );
  });

  it("is absent without same-kind links", () => {
    expect(tiePenalty({ ...tied, links: [] }, {})).toBeUndefined();
  });
});
