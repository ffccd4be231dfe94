import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PLAIN } from "../../test/fixtures/plain-model.js";
import { seededRandom } from "../base/random.js";
import { evaluate, input } from "../graph/index.js";
import { initialParameters, modelLayout, unflatten } from "../model/layout.js";
import { network } from "../model/network.js";
import type { SharingSlug } from "../model/sharing/index.js";
import type { ModelSpec } from "../model/spec.js";
import { nodeRuntime } from "../runtime/node.js";
import type { Runtime } from "../runtime/runtime.js";
import { floats } from "../training/training-data.js";
import { mixturesOf } from "./mixtures.js";

const [ROWS, WIDTH] = [9, 3];
const TEST = Int32Array.of(1, 4, 7, 8);

const modelOf = (architecture: SharingSlug, options = {}): ModelSpec => ({
  ...PLAIN,
  inputs: WIDTH,
  trunk: [4, 5],
  members: 2,
  tasks: ["a", "b", "c"].map((name) => ({
    name,
    coding: { kind: "regression", mean: 0, deviation: 1, labelled: 20 },
  })),
  links: [],
  sharing: { architecture, options },
});

describe("the weights with which a model mixes", () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await nodeRuntime({ workers: 1 });
  });
  afterAll(() => runtime.close());

  async function found(spec: ModelSpec) {
    const random = seededRandom(3, "mixtures");
    const layout = modelLayout(spec);
    const parameters = initialParameters(layout, random).map((x) => x + 0.5 * random.normal());
    const encoded = Float32Array.from({ length: ROWS * WIDTH }, () => random.normal());
    const split = { train: Int32Array.of(0, 2), validation: Int32Array.of(3, 5, 6), test: TEST };
    const data = { rows: ROWS, width: WIDTH, encoded, truths: {}, split };
    return {
      layout,
      parameters,
      encoded,
      mixtures: await mixturesOf({ spec, layout, parameters }, data, runtime),
    };
  }

  it("are means over members and test rows, for each task by its name", async () => {
    const spec = modelOf("ple", { levels: 2 });
    const { layout, parameters, encoded, mixtures } = await found(spec);
    expect(mixtures.map(({ name }) => name)).toEqual(["level 1", "level 1, shared", "level 2"]);
    expect(mixtures[0]).toMatchObject({ readers: ["a", "b", "c"] });
    expect(mixtures[1]).toMatchObject({ readers: ["all tasks"] });

    const flat = input("flat", "float32", [parameters.length]);
    const { gates } = network(spec, input("x", "float32", [ROWS, WIDTH]), unflatten(layout, flat));
    const weights = Object.fromEntries(Object.entries(gates).map(([name, gate]) => [name, gate.weights]));
    const values = evaluate(weights, {
      flat: floats(parameters, [parameters.length]),
      x: floats(encoded, [ROWS, WIDTH]),
    });
    for (const mixture of mixtures) {
      const { shape, data } = values[mixture.name]!;
      const [readers, members, , choices] = shape as readonly [number, number, number, number];
      expect(mixture.weights.map(({ length }) => length)).toEqual(Array(readers).fill(choices));
      for (let g = 0; g < readers; g++)
        for (let e = 0; e < choices; e++) {
          let sum = 0;
          for (let m = 0; m < members; m++)
            for (const row of TEST)
              sum += (data as Float32Array)[((g * members + m) * ROWS + row) * choices + e]!;
          expect(mixture.weights[g]![e]).toBeCloseTo(sum / members / TEST.length, 5);
        }
    }
  });

  it("are the tree that was found, one branch for each reader", async () => {
    const { mixtures } = await found(modelOf("learning-to-branch"));
    expect(mixtures.map(({ name }) => name)).toEqual(["layer 2", "tasks"]);
    for (const { weights } of mixtures)
      for (const line of weights) expect(line.toSorted()).toEqual([0, 0, 1]);
    expect(mixtures[1]).toMatchObject({
      readers: ["a", "b", "c"],
      choices: ["branch 1", "branch 2", "branch 3"],
    });
  });

  it("are none where tasks mix nothing", async () => {
    expect((await found(modelOf("hard"))).mixtures).toEqual([]);
  });
});
