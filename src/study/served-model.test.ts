import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError } from "../base/errors.js";
import { seededRandom } from "../base/random.js";
import { type InputEncoding, tableFromRows } from "../data/index.js";
import { add, input, toOnnx } from "../graph/index.js";
import { modelLayout, parameterCount } from "../model/layout.js";
import { servingOnnx } from "../model/serving-graph.js";
import type { ModelSpec } from "../model/spec.js";
import { nodeRuntime } from "../runtime/node.js";
import type { Runtime } from "../runtime/runtime.js";
import { CARD_KEY, type ModelCard, readCard } from "./model-card.js";
import { serveModel } from "./served-model.js";
import { PLAIN } from "../../test/fixtures/plain-model.js";

const encoding: InputEncoding = {
  inputs: [
    { name: "size", type: "numeric", fill: 1, mean: 0, deviation: 2, indicator: true, edges: [] },
    { name: "colour", type: "category", levels: ["red", "green"] },
  ],
  width: 5,
};
const spec: ModelSpec = {
  inputs: encoding.width,
  tasks: [
    { name: "amount", coding: { kind: "regression", mean: 10, deviation: 3, labelled: 9 } },
    {
      name: "grade",
      coding: {
        kind: "multiclass",
        classes: ["low", "mid", "high"],
        classType: "string",
        priors: [0.3, 0.3, 0.4],
        labelled: 9,
      },
    },
    { name: "group", coding: { kind: "clustering", clusters: 2, embedding: 2 } },
  ],
  links: [],
  trunk: [6],
  ...PLAIN,
  members: 2,
};
const layout = modelLayout(spec);
const random = seededRandom(12, "served");
const parameters = Float32Array.from({ length: parameterCount(layout) }, () => random.normal());
const card: ModelCard = {
  format: 1,
  kindred: "0.0.0",
  seed: 1,
  inputs: encoding.inputs,
  tasks: spec.tasks,
  missing: ["?"],
  links: [],
};
const bytes = servingOnnx({
  encoding,
  spec,
  layout,
  parameters,
  metadata: { [CARD_KEY]: JSON.stringify(card) },
  doc: "",
});

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ workers: 1 });
});
afterAll(() => runtime.close());

describe("a served model", () => {
  it("tells its tasks and inputs from its own file", async () => {
    const model = await serveModel(bytes, runtime);
    expect(model.card).toEqual(card);
    expect(model.inputs).toEqual([
      { name: "size", type: "numeric" },
      { name: "colour", type: "category" },
    ]);
    expect(model.tasks.map(({ name, kind, classes }) => [name, kind, classes])).toEqual([
      ["amount", "regression", []],
      ["grade", "multiclass", ["low", "mid", "high"]],
      ["group", "clustering", ["0", "1"]],
    ]);
    await model.close();
  });

  it("predicts a row as a number, a label and a cluster, with probabilities that sum to 1", async () => {
    const model = await serveModel(bytes, runtime);
    const [found] = await model.predict([{ size: 1.5, colour: "green", unrelated: "x" }]);
    await model.close();
    expect(found!["amount"]).toBeTypeOf("number");
    const grade = found!["grade"] as { label: string; probabilities: Record<string, number> };
    const group = found!["group"] as { cluster: number; probabilities: number[] };
    expect(Object.keys(grade.probabilities)).toEqual(["low", "mid", "high"]);
    expect(Object.values(grade.probabilities).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    expect(grade.probabilities[grade.label]).toBe(Math.max(...Object.values(grade.probabilities)));
    expect(group.probabilities[group.cluster]).toBe(Math.max(...group.probabilities));
  });

  it("takes absent cells, null and the study's own spelling of missing for the same", async () => {
    const model = await serveModel(bytes, runtime);
    const rows = [
      { size: 2, colour: "red" },
      { colour: "red" },
      { size: null, colour: "red" },
      { size: "?", colour: "red" },
    ];
    const [known, ...missing] = await model.predict(rows);
    await model.close();
    expect(missing[1]).toEqual(missing[0]);
    expect(missing[2]).toEqual(missing[0]);
    expect(known).not.toEqual(missing[0]);
  });

  it("predicts many rows as it predicts them one by one, in their order, and nothing for none", async () => {
    const model = await serveModel(bytes, runtime);
    const rows = Array.from({ length: 5000 }, (_, row) => ({
      size: row / 100,
      colour: row % 2 === 0 ? "red" : "green",
    }));
    const [amount] = await model.predictTable(tableFromRows(rows)); // more than one run takes
    expect(amount!.values).toHaveLength(5000);
    for (const row of [0, 4095, 4096, 4999]) {
      const [alone] = await model.predict([rows[row]!]);
      expect(alone!["amount"] as number).toBeCloseTo(amount!.values[row]!, 4);
    }
    expect(await model.predict([])).toEqual([]);
    await model.close();
  });

  it("refuses rows without an input, and cells of another type", async () => {
    const model = await serveModel(bytes, runtime);
    await expect(model.predict([{ size: 1 }])).rejects.toThrow(/colour/);
    await expect(model.predict([{ size: "large", colour: "red" }])).rejects.toThrow(DataError);
    await model.close();
  });
});

describe("the card of a model", () => {
  const withCard = (text: string | undefined): Uint8Array => {
    const x = input("x", "float32", [1]);
    return toOnnx({
      name: "other",
      inputs: [x],
      outputs: { y: x },
      ...(text !== undefined && { metadata: { [CARD_KEY]: text } }),
    });
  };

  const changed = (part: object): string =>
    JSON.stringify({
      format: 1,
      inputs: [{ name: "x", type: "numeric" }],
      tasks: [{ name: "y" }],
      missing: [],
      ...part,
    });

  it("is read back as it was written", () => expect(readCard(bytes, "m.onnx")).toEqual(card));

  it.each([
    ["a model of another program", undefined, /m\.onnx: the model was not written by Kindred/],
    [
      "a card of another format",
      '{"format":2,"inputs":[],"tasks":[]}',
      /card must be of format 1, got 2\. Train again/,
    ],
    ["a card without tasks", '{"format":1,"inputs":[]}', /card must be of format 1/],
    ["a card that is no JSON", "{", /card must be of format 1, got none/],
    ["a card of other inputs", changed({ inputs: [] }), /card names other inputs than the model has/],
    [
      "a card of no type",
      changed({ inputs: [{ name: "x", type: null }] }),
      /card gives the input "x" another type than the model has/,
    ],
    [
      "a card of another type",
      changed({ inputs: [{ name: "x", type: "text", words: [] }] }),
      /card gives the input "x" another type than the model has/,
    ],
    ["a card of other tasks", changed({ tasks: [{ name: "x" }] }), /card names other tasks than the model/],
    ["a card whose list is a word", changed({ missing: "?" }), /card has no list of spellings/],
  ])("is refused: %s", (_, text, message) => {
    expect(() => readCard(withCard(text), "m.onnx")).toThrow(DataError);
    expect(() => readCard(withCard(text), "m.onnx")).toThrow(message);
  });

  it("is refused if it names an input twice", () => {
    const [x, z] = [input("x", "float32", [1]), input("z", "float32", [1])];
    const inputs = [1, 2].map(() => ({ name: "x", type: "numeric" }));
    const metadata = { [CARD_KEY]: changed({ inputs }) };
    const twice = toOnnx({ name: "other", inputs: [x, z], outputs: { y: add(x, z) }, metadata });
    expect(() => readCard(twice, "m.onnx")).toThrow(/card names other inputs than the model has/);
  });

  it("is not looked for in bytes that are no model", () => {
    expect(() => readCard(Uint8Array.of(1, 2, 3), "m.onnx")).toThrow(DataError);
  });
});
