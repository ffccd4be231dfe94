import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import { groupOrder, taskGroups } from "../model/groups.js";
import { initialParameters, modelLayout } from "../model/layout.js";
import type { ModelSpec } from "../model/spec.js";
import { nodeRuntime } from "../runtime/node.js";
import type { Runtime, Session } from "../runtime/runtime.js";
import { openApplier } from "./applier.js";
import { type TrainingData, labelTables } from "./training-data.js";
import { PLAIN } from "../../test/fixtures/plain-model.js";

const ROWS = 150;
const [M, WIDE] = [3, 48_000]; // three members of 48 000 units leave room for the smallest chunk, 64 rows

const spec: ModelSpec = {
  inputs: 2,
  tasks: [
    { name: "a", coding: { kind: "regression", mean: 5, deviation: 2, labelled: 9 } },
    {
      name: "k",
      coding: {
        kind: "multiclass",
        classes: ["x", "y", "z"],
        classType: "string",
        priors: [0.2, 0.3, 0.5],
        labelled: 9,
      },
    },
    { name: "none", coding: { kind: "regression", mean: 0, deviation: 1, labelled: 9 } },
    { name: "s", coding: { kind: "clustering", clusters: 2, embedding: 2 } },
  ],
  links: [],
  trunk: [4],
  ...PLAIN,
  members: M,
  adapter: "output",
};

const random = seededRandom(5, "applier");
const data: TrainingData = {
  rows: ROWS,
  width: 2,
  encoded: Float32Array.from({ length: ROWS * 2 }, () => random.normal()),
  truths: {
    a: Float64Array.from({ length: ROWS }, (_, row) => (row % 3 === 0 ? Number.NaN : 5 + random.normal())),
    k: Float64Array.from({ length: ROWS }, (_, row) => (row < 100 ? Number.NaN : row % 3)), // the first chunk has no label
    none: new Float64Array(ROWS).fill(Number.NaN),
    s: new Float64Array(ROWS).fill(Number.NaN),
  },
  split: { train: new Int32Array(0), validation: new Int32Array(0), test: new Int32Array(0) },
};
const FETCH = ["predict.a", "predict.k", "predict.s", "output.clustering-2to2"];

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ workers: 1 });
});
afterAll(() => runtime.close());

/** A runtime that counts the rows of every run. */
function counting(inner: Runtime, seen: number[]): Runtime {
  return {
    ...inner,
    workers: inner.workers,
    close: () => inner.close(),
    open: async (model, options): Promise<Session> => {
      const session = await inner.open(model, options);
      return {
        inputs: session.inputs,
        outputs: session.outputs,
        run: (feeds, runOptions) => {
          seen.push(feeds["encoded"]!.shape[0]!);
          return session.run(feeds, runOptions);
        },
        hold: (values) => session.hold(values),
        held: (names) => session.held(names),
        alternate: (second, plan) => session.alternate(second, plan),
        close: () => session.close(),
      };
    },
  };
}

describe("the applier", () => {
  const layout = modelLayout(spec);
  const parameters = initialParameters(layout, seededRandom(1));
  const rows = Int32Array.from({ length: ROWS }, (_, i) => (i * 7) % ROWS); // every row once, out of order
  const ordered = Int32Array.from({ length: ROWS }, (_, i) => i);

  it("gives the same losses and outputs in small chunks as in one", async () => {
    const wide: ModelSpec = { ...spec, trunk: [WIDE] };
    const wideLayout = modelLayout(wide);
    const start = initialParameters(wideLayout, seededRandom(1));
    const seen: number[] = [];
    const applier = await openApplier(counting(runtime, seen), wide, wideLayout, data);
    const tables = labelTables(wide, data);
    const inChunks = await applier.apply(start, ordered, tables, FETCH);
    expect(seen).toEqual([64, 64, 22]);
    const parts = await Promise.all(
      [0, 1, 2, 3, 4].map((i) => applier.apply(start, ordered.subarray(i * 30, (i + 1) * 30), tables, FETCH)),
    );
    await applier.close();

    const labelled = [0, 1, 2, 3, 4].map(
      (i) => [...ordered.subarray(i * 30, (i + 1) * 30)].filter((row) => row % 3 !== 0).length,
    );
    const mean =
      parts.reduce((sum, part, i) => sum + part.losses["a"]! * labelled[i]!, 0) /
      labelled.reduce((a, b) => a + b, 0);
    expect(inChunks.losses["a"]).toBeCloseTo(mean, 4);
    for (const name of ["predict.a", "predict.k", "predict.s"])
      expect([...inChunks.outputs[name]!]).toEqual(parts.flatMap((part) => [...part.outputs[name]!]));
    const width = 2;
    const byMember = Array.from({ length: M }, (_, m) =>
      parts.flatMap((part) => [
        ...part.outputs["output.clustering-2to2"]!.subarray(m * 30 * width, (m + 1) * 30 * width),
      ]),
    );
    expect([...inChunks.outputs["output.clustering-2to2"]!]).toEqual(byMember.flat());
  });

  it("gives outputs in the order of the rows asked for, and losses that do not depend on it", async () => {
    const applier = await openApplier(runtime, spec, layout, data);
    const tables = labelTables(spec, data);
    const straight = await applier.apply(parameters, ordered, tables, FETCH);
    const mixed = await applier.apply(parameters, rows, tables, FETCH);
    await applier.close();
    rows.forEach((row, i) => {
      expect(mixed.outputs["predict.a"]![i]).toBeCloseTo(straight.outputs["predict.a"]![row]!, 5);
      for (let k = 0; k < 3; k++)
        expect(mixed.outputs["predict.k"]![i * 3 + k]).toBeCloseTo(
          straight.outputs["predict.k"]![row * 3 + k]!,
          5,
        );
    });
    expect(mixed.losses["a"]).toBeCloseTo(straight.losses["a"]!, 5);
    expect(mixed.losses["k"]).toBeCloseTo(straight.losses["k"]!, 5);
  });

  it("has no loss, rather than 0, for a task without labels, and nothing at all for no rows", async () => {
    const applier = await openApplier(runtime, spec, layout, data);
    const tables = labelTables(spec, data);
    const found = await applier.apply(parameters, ordered, tables);
    const nothing = await applier.apply(parameters, new Int32Array(0), tables, FETCH);
    await applier.close();
    expect(Object.keys(found.losses).toSorted()).toEqual(["a", "k", "none", "s"]);
    expect(found.losses["none"]).toBeNaN();
    expect(found.losses["k"]).toBeGreaterThan(0);
    expect(nothing.losses["a"]).toBeNaN();
    for (const name of FETCH) expect(nothing.outputs[name]).toHaveLength(0);
  });

  it("tells each task's loss in each row: that of the row alone, and its mean over labelled rows that of all", async () => {
    const applier = await openApplier(runtime, spec, layout, data, { rowLosses: true });
    const tables = labelTables(spec, data);
    const { losses, outputs } = await applier.apply(parameters, rows, tables, ["rowLosses"]);
    const order = groupOrder(taskGroups(spec)).map((t) => spec.tasks[t]!.name);
    const found = outputs["rowLosses"]!;
    expect(found).toHaveLength(ROWS * order.length);
    for (const [i, row] of rows.entries()) {
      const alone = await applier.apply(parameters, rows.subarray(i, i + 1), tables);
      for (const [t, name] of order.entries()) {
        const has = !Number.isNaN(data.truths[name]![row]!);
        const own = found[i * order.length + t]!;
        if (has) expect(own).toBeCloseTo(alone.losses[name]!, 5);
        else expect(own).toBe(0);
      }
    }
    await applier.close();
    for (const name of ["a", "k"]) {
      const t = order.indexOf(name);
      const labelled = [...rows.entries()].filter(([, row]) => !Number.isNaN(data.truths[name]![row]!));
      const sum = labelled.reduce((total, [i]) => total + found[i * order.length + t]!, 0);
      expect(sum / labelled.length).toBeCloseTo(losses[name]!, 5);
    }
  });
});
