import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import { evaluate, input } from "../graph/index.js";
import type { Task } from "../tasks/task-kind.js";
import {
  initialParameters,
  linkName,
  modelLayout,
  parameterCount,
  parameterView,
  unflatten,
} from "./layout.js";
import { sizeOf } from "./parameter.js";
import { TRUNK_INITIALIZERS } from "./initializers.js";
import type { ModelSpec } from "./spec.js";
import { PLAIN } from "../../test/fixtures/plain-model.js";

const CODINGS: readonly Task["coding"][] = [
  { kind: "regression", mean: 0, deviation: 1, labelled: 5 },
  { kind: "binary", classes: ["a", "b"], classType: "string", priors: [0.5, 0.5], labelled: 5 },
  { kind: "multiclass", classes: ["a", "b", "c"], classType: "string", priors: [0.2, 0.3, 0.5], labelled: 5 },
  { kind: "clustering", clusters: 3, embedding: 2 },
];
const specs: fc.Arbitrary<ModelSpec> = fc
  .record({
    inputs: fc.integer({ min: 1, max: 5 }),
    kinds: fc.array(fc.nat(3), { minLength: 1, maxLength: 5 }),
    trunk: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
    initializer: fc.constantFrom(...TRUNK_INITIALIZERS),
    members: fc.integer({ min: 1, max: 3 }),
    adapter: fc.constantFrom("input" as const, "output" as const),
    head: fc.integer({ min: 0, max: 3 }),
    embedding: fc.integer({ min: 1, max: 4 }),
    linked: fc.boolean(),
  })
  .map(({ kinds, linked, ...rest }) => ({
    ...rest,
    tie: 0.1,
    tasks: kinds.map((kind, t) => ({ name: `t${t}`, coding: CODINGS[kind]! })),
    links: linked && kinds.length > 1 ? [{ kind: "parent-child", from: "t0", to: "t1" }] : [],
  }));

describe("the layout of parameters", () => {
  it("gives every tensor a name and a place of its own, and none to spare", () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const layout = modelLayout(spec);
        expect(new Set(layout.map(({ name }) => name)).size).toBe(layout.length);
        const flat = new Float32Array(parameterCount(layout));
        layout.forEach(({ name }, i) => {
          const view = parameterView(layout, flat, name);
          expect(view.every((x) => x === 0)).toBe(true);
          view.fill(i + 1);
        });
        expect(flat.every((x) => x > 0)).toBe(true);
        layout.forEach(({ name, shape }, i) => {
          const view = parameterView(layout, flat, name);
          expect(view).toHaveLength(sizeOf(shape));
          expect(view.every((x) => x === i + 1)).toBe(true);
        });
      }),
      { numRuns: 60 },
    );
  });

  it("is the order in which a graph splits the flat vector", () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const layout = modelLayout(spec);
        const size = parameterCount(layout);
        const flat = Float32Array.from({ length: size }, (_, i) => i);
        const named = unflatten(layout, input("flat", "float32", [size]));
        const found = evaluate(named, { flat: { dtype: "float32", shape: [size], data: flat } });
        for (const { name, shape } of layout) {
          expect(found[name]!.shape).toEqual(shape);
          expect(found[name]!.data).toEqual(parameterView(layout, flat, name));
        }
      }),
      { numRuns: 30 },
    );
  });

  it("has views that write into the flat vector, and none for an unknown name", () => {
    const layout = modelLayout({
      inputs: 2,
      tasks: [{ name: "a", coding: CODINGS[0]! }],
      links: [],
      trunk: [3],
      ...PLAIN,
    });
    const flat = new Float32Array(parameterCount(layout));
    parameterView(layout, flat, "trunk.0.weight")[0] = 5;
    expect(flat[0]).toBe(5);
    expect(() => parameterView(layout, flat, "trunk.9.weight")).toThrow(/trunk\.9\.weight/);
  });

  it("decays weights and nothing else", () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const layout = modelLayout(spec);
        for (const { name, decay } of layout) expect(decay, name).toBe(/\.weight$|\.decoder$/.test(name));
      }),
      { numRuns: 40 },
    );
  });

  it("has one matrix for every parent-child link, of the parent's signal", () => {
    const tasks = CODINGS.map((coding, t) => ({ name: `t${t}`, coding }));
    const link = { kind: "parent-child" as const, from: "t2", to: "t0" };
    const layout = modelLayout({
      inputs: 2,
      tasks,
      links: [link],
      trunk: [3],
      ...PLAIN,
      members: 2,
      head: 4,
    });
    expect(layout.find(({ name }) => name === linkName(link))?.shape).toEqual([2, 3, 4]);
  });
});

describe("the start of the parameters", () => {
  it("depends on the seed and the names alone: a further task leaves the tensors of the others as they were", () => {
    fc.assert(
      fc.property(specs, fc.integer(), (spec, seed) => {
        const more: ModelSpec = {
          ...spec,
          tasks: [
            ...spec.tasks,
            {
              name: "new",
              coding: {
                kind: "multiclass",
                classes: ["a", "b", "c", "d"],
                classType: "string",
                priors: [0.25, 0.25, 0.25, 0.25],
                labelled: 5,
              },
            },
          ],
        };
        const [before, after] = [modelLayout(spec), modelLayout(more)];
        const [start, started] = [
          initialParameters(before, seededRandom(seed)),
          initialParameters(after, seededRandom(seed)),
        ];
        for (const { name } of before) {
          const old = parameterView(before, start, name);
          expect(parameterView(after, started, name).subarray(0, old.length)).toEqual(old); // the embedding of the new task comes last
        }
      }),
      { numRuns: 40 },
    );
  });

  it("gives every task its own head, and members apart their own signs", () => {
    const tasks = ["a", "b"].map((name) => ({ name, coding: CODINGS[0]! }));
    const layout = modelLayout({
      inputs: 9,
      tasks,
      links: [],
      trunk: [5],
      ...PLAIN,
      members: 2,
    });
    const start = initialParameters(layout, seededRandom(1));
    const head = parameterView(layout, start, "heads.regression-1.weight"); // [2, 5, 2]
    expect(new Set(head).size).toBe(20);
    const signs = parameterView(layout, start, "trunk.0.input-scale"); // [2, 1, 9]
    expect(signs.subarray(0, 9)).not.toEqual(signs.subarray(9));
  });
});
