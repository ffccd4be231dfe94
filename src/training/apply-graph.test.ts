import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import type { InputEncoding } from "../data/encoding.js";
import { type TensorValue, readOnnx } from "../graph/index.js";
import { groupOrder, taskGroups } from "../model/groups.js";
import { modelLayout, parameterCount } from "../model/layout.js";
import { encodingOnnx, servingOnnx } from "../model/serving-graph.js";
import type { ModelSpec } from "../model/spec.js";
import { nodeRuntime } from "../runtime/node.js";
import type { Runtime, Values } from "../runtime/runtime.js";
import { applyOnnx } from "./apply-graph.js";
import { floats, labelTables } from "./training-data.js";
import { PLAIN } from "../../test/fixtures/plain-model.js";

const ROWS = 40;
const encoding: InputEncoding = {
  inputs: [
    {
      name: "size",
      type: "numeric",
      fill: 1,
      mean: 0.5,
      deviation: 2,
      indicator: true,
      edges: [-2, 0, 1, 3],
    },
    { name: "colour", type: "category", levels: ["red", "green", ""] },
  ],
  width: 9,
};
const spec: ModelSpec = {
  inputs: encoding.width,
  tasks: [
    { name: "amount", coding: { kind: "regression", mean: 100, deviation: 7, labelled: 9 } },
    {
      name: "flag",
      coding: {
        kind: "binary",
        classes: ["false", "true"],
        classType: "boolean",
        priors: [0.5, 0.5],
        labelled: 9,
      },
    },
    {
      name: "grade",
      coding: {
        kind: "multiclass",
        classes: ["1", "2", "5"],
        classType: "integer",
        priors: [0.2, 0.3, 0.5],
        labelled: 9,
      },
    },
    { name: "other amount", coding: { kind: "regression", mean: -1, deviation: 0.5, labelled: 9 } },
    { name: "group", coding: { kind: "clustering", clusters: 3, embedding: 2 } },
  ],
  links: [{ kind: "parent-child", from: "grade", to: "flag" }],
  trunk: [6, 5],
  ...PLAIN,
  members: 3,
};
const layout = modelLayout(spec);
const random = seededRandom(8, "serving");
const parameters = Float32Array.from({ length: parameterCount(layout) }, () => random.normal() * 0.5);
const raw: Values = {
  size: floats(
    Float32Array.from({ length: ROWS }, (_, row) => (row % 7 === 0 ? Number.NaN : 3 * random.normal())),
    [ROWS],
  ),
  colour: {
    dtype: "string",
    shape: [ROWS],
    data: Array.from({ length: ROWS }, (_, row) => ["red", "green", "", "blue"][row % 4]!),
  },
};

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ workers: 1 });
});
afterAll(() => runtime.close());

async function runOnce(model: Uint8Array, feeds: Values): Promise<Values> {
  const session = await runtime.open(model);
  try {
    return await session.run(feeds);
  } finally {
    await session.close();
  }
}

/** Label tables of the supervised tasks as the training room makes them, and the tasks in the order of the losses. */
function labelled(truth: (row: number) => readonly number[]): {
  values: Values;
  maskOf: readonly string[];
} {
  const groups = taskGroups(spec);
  const truths = Object.fromEntries(
    ["amount", "flag", "grade", "other amount", "group"].map((name, t) => [
      name,
      Float64Array.from({ length: ROWS }, (_, row) => {
        const value = truth(row)[t] ?? Number.NaN;
        const { coding } = spec.tasks[t]!;
        return coding.kind === "regression" ? value * coding.deviation + coding.mean : value;
      }),
    ]),
  );
  const { targets, targetWidth, mask } = labelTables(spec, { rows: ROWS, truths });
  return {
    values: { targets: floats(targets, [ROWS, targetWidth]), mask: floats(mask, [ROWS, spec.tasks.length]) },
    maskOf: groupOrder(groups).map((t) => spec.tasks[t]!.name),
  };
}

describe("a saved model", () => {
  const bytes = servingOnnx({
    encoding,
    spec,
    layout,
    parameters,
    metadata: { "kindred.note": "kept" },
    doc: "",
  });

  it("predicts from raw columns what the graph of training predicts from encoded rows", async () => {
    const { encoded } = await runOnce(encodingOnnx(encoding), raw);
    expect(encoded!.shape).toEqual([ROWS, encoding.width]);
    const applied = await runOnce(applyOnnx(spec, layout), {
      parameters: floats(parameters, [parameters.length]),
      encoded: encoded!,
      targets: floats(new Float32Array(ROWS * 7), [ROWS, 7]),
      mask: floats(new Float32Array(ROWS * 5), [ROWS, 5]),
    });
    const served = await runOnce(bytes, raw);
    for (const name of ["amount", "other amount"]) expectClose(served[name]!, applied[`predict.${name}`]!);
    for (const name of ["flag", "grade", "group"])
      expectClose(served[`${name}_probabilities`]!, applied[`predict.${name}`]!);
    expect(new Set(applied["predict.amount"]!.data as Float32Array).size).toBeGreaterThan(30); // rows are told apart
  });

  it("predicts a task that keeps another epoch with its parameters, and writes what is equal once", async () => {
    const serve = (own: Float32Array, tasks: readonly string[]): Uint8Array =>
      servingOnnx({
        encoding,
        spec,
        layout,
        parameters,
        further: [{ epoch: 12, tasks, parameters: own }],
        metadata: {},
        doc: "",
      });
    const later = parameters.map((x) => 0.5 * x);
    const own = ["flag", "other amount"];
    const [mixed, first, second] = [
      await runOnce(serve(later, own), raw),
      await runOnce(bytes, raw),
      await runOnce(servingOnnx({ encoding, spec, layout, parameters: later, metadata: {}, doc: "" }), raw),
    ];
    expect(Object.keys(mixed)).toEqual(Object.keys(first));
    for (const [name, found] of Object.entries(mixed)) {
      const isOwn = own.some((task) => name === task || name === `${task}_probabilities`);
      expect(found.data, name).toEqual((isOwn ? second : first)[name]!.data);
    }
    for (const name of ["amount", "other amount", "flag_probabilities", "grade_probabilities"])
      expect(first[name]!.data, name).not.toEqual(second[name]!.data);
    expect(new TextDecoder("latin1").decode(serve(later, own))).toContain("epoch-12.trunk.0/");
    const grown = serve(later, own).length - bytes.length;
    const same = serve(parameters.slice(), own).length - bytes.length; // but for the names of layers
    expect(grown).toBeGreaterThan(4 * 0.9 * parameters.length);
    expect(same).toBeLessThan(0.1 * grown);
  });

  it("is validated by the loss of what its members predict on average", async () => {
    const { encoded } = await runOnce(encodingOnnx(encoding), raw);
    const truth = (row: number): number[] => [(row % 5) - 2, row % 2, row % 3, row / ROWS - 0.5];
    const { values, maskOf } = labelled(truth);
    const applied = await runOnce(applyOnnx(spec, layout), {
      parameters: floats(parameters, [parameters.length]),
      encoded: encoded!,
      ...values,
    });
    const mean = (term: (row: number) => number): number =>
      Array.from({ length: ROWS }, (_, row) => term(row) / ROWS).reduce((sum, x) => sum + x);
    const [amount, flag, grade, other] = ["amount", "flag", "grade", "other amount"].map(
      (name) => applied[`predict.${name}`]!.data as Float32Array,
    );
    const square = (predicted: Float32Array, t: number, center: number, deviation: number): number =>
      mean((row) => (truth(row)[t]! - (predicted[row]! - center) / deviation) ** 2);
    const cross = (shares: Float32Array, t: number, classes: number): number =>
      mean((row) => -Math.log(shares[row * classes + truth(row)[t]!]!));
    const expected: Record<string, number> = {
      amount: square(amount!, 0, 100, 7),
      flag: cross(flag!, 1, 2),
      grade: cross(grade!, 2, 3),
      "other amount": square(other!, 3, -1, 0.5),
    };
    const losses = applied["losses"]!.data as Float32Array;
    for (const [name, loss] of Object.entries(expected))
      expect(losses[maskOf.indexOf(name)], name).toBeCloseTo(loss, 4);
  });

  it("writes labels as the data had them, each the most probable one", async () => {
    const served = await runOnce(bytes, raw);
    const best = (name: string, classes: number): number[] => {
      const data = served[`${name}_probabilities`]!.data as Float32Array;
      return Array.from({ length: ROWS }, (_, row) => {
        const shares = [...data.subarray(row * classes, (row + 1) * classes)];
        expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
        return shares.indexOf(Math.max(...shares));
      });
    };
    expect(served["flag"]!.dtype).toBe("bool");
    expect([...(served["flag"]!.data as Uint8Array)]).toEqual(best("flag", 2));
    expect([...(served["grade"]!.data as BigInt64Array)]).toEqual(
      best("grade", 3).map((k) => [1n, 2n, 5n][k]),
    );
    expect(Array.from(served["group"]!.data as BigInt64Array, Number)).toEqual(best("group", 3));
  });

  it("has the raw columns as inputs and keeps its metadata", () => {
    const { inputs, outputs, metadata } = readOnnx(bytes);
    expect(inputs.map(({ name, dtype }) => [name, dtype])).toEqual([
      ["size", "float32"],
      ["colour", "string"],
    ]);
    expect(outputs.map(({ name }) => name)).toEqual([
      "amount",
      "flag",
      "flag_probabilities",
      "grade",
      "grade_probabilities",
      "other amount",
      "group",
      "group_probabilities",
    ]);
    expect(metadata["kindred.note"]).toBe("kept");
  });
});

function expectClose(found: TensorValue, expected: TensorValue): void {
  expect(found.shape).toEqual(expected.shape);
  const other = expected.data as Float32Array;
  (found.data as Float32Array).forEach((x, i) =>
    expect(Math.abs(x - other[i]!)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(other[i]!))),
  ); // constants may be folded in another order
}
