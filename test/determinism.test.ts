import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tableFromRows } from "../src/data/index.js";
import { readRawTable } from "../src/data/sources/index.js";
import { classification, clustering, regression } from "../src/index.js";
import type { ModelSpec } from "../src/model/spec.js";
import { nodeRuntime } from "../src/runtime/node.js";
import type { Runtime, Session } from "../src/runtime/runtime.js";
import { planStudy } from "../src/study/plan.js";
import { prepareStudy } from "../src/study/prepare.js";
import { withDefaults } from "../src/study/schema-complete.js";
import { fit } from "../src/training/fit.js";
import { enter, kindred, leave, row, table } from "./cli-run.js";

const SAME = ["metrics.json", "predictions.parquet", "model.onnx", "model.json"] as const;

describe("two processes", () => {
  let home = "";
  /** Trains a run of this name in a process of its own. */
  const train = async (name: string, seed: number): Promise<void> => {
    const tasks = "label=classification,amount=regression,groups=clustering:3";
    const flags = ["--epochs", "10", "--members", "4", "--trunk", "24", "--seed", String(seed), "--quiet"];
    const words = ["train", "data.csv", "--tasks", tasks, "--link", "label:amount", "--name", name, ...flags];
    const { code, err } = await kindred(words, { cwd: home });
    if (code !== 0) throw new Error(err);
  };
  const bytes = (name: string, file: string) => readFile(join(home, "runs", name, file));

  beforeAll(async () => {
    home = await enter({ "data.csv": table(150) });
    await train("alone", 3);
    await Promise.all([train("in-company", 3), train("other-seed", 4)]);
  });
  afterAll(() => leave(home));

  it.each(SAME)("write the same bytes of %s for the same seed, busy machine or not", async (file) => {
    expect((await bytes("alone", file)).equals(await bytes("in-company", file))).toBe(true);
  });

  it.each(["metrics.json", "predictions.parquet", "model.onnx"])(
    "write other bytes of %s for another seed",
    async (file) => {
      expect((await bytes("alone", file)).equals(await bytes("other-seed", file))).toBe(false);
    },
  );

  it("predict the same test rows with the same values for the same seed, and other rows for another", async () => {
    const read = (name: string) => readRawTable(join(home, "runs", name, "predictions.parquet"));
    const [alone, company, other] = [await read("alone"), await read("in-company"), await read("other-seed")];
    expect(company.columns).toEqual(alone.columns);
    expect(alone.rows).toBe(30);
    const rows = ({ columns }: typeof alone) => columns.find(({ name }) => name === "row");
    expect(rows(alone)).not.toEqual(rows(other));
  });
});

const ROWS = Array.from({ length: 150 }, (_, i) => {
  const { x, y, colour, label, amount } = row(i);
  return { x: Number(x), y: Number(y), colour, label, amount: Number(amount) };
});

/** A runtime on which every step of training takes this much longer, and which notes how many steps each had. */
function slowed(runtime: Runtime, ms: number, steps: number[]): Runtime {
  const slow = (session: Session): Session => ({
    ...bound(session),
    async run(feeds, options) {
      const asked = feeds["steps"];
      const values = await session.run(feeds, options);
      if (asked) {
        steps.push(Number(asked.data[0]));
        await new Promise((resolve) => setTimeout(resolve, ms * Number(asked.data[0])));
      }
      return values;
    },
  });
  const inner = new Map<Session, Session>();
  return {
    kind: runtime.kind,
    version: runtime.version,
    reason: runtime.reason,
    workers: runtime.workers,
    close: () => runtime.close(),
    async open(model, options = {}) {
      const { beside, ...rest } = options;
      const own = beside && inner.get(beside);
      const session = await runtime.open(model, { ...rest, ...(own && { beside: own }) });
      const outer = slow(session);
      inner.set(outer, session);
      return outer;
    },
  };
}

const bound = (session: Session): Session => ({
  inputs: session.inputs,
  outputs: session.outputs,
  run: (feeds, options) => session.run(feeds, options),
  hold: (values) => session.hold(values),
  held: (names) => session.held(names),
  alternate: (second, plan) => session.alternate(second, plan),
  close: () => session.close(),
});

describe("one training", () => {
  it("ends at the same parameters and losses however its steps are cut into slices", async () => {
    const runtime = await nodeRuntime();
    try {
      const tasks = { label: classification(), amount: regression(), groups: clustering({ clusters: 3 }) };
      const options = withDefaults({ data: "rows", tasks, seed: 5 });
      const prepared = await prepareStudy(planStudy(tableFromRows(ROWS), options), options, runtime);
      const spec: ModelSpec = {
        inputs: prepared.encoding.width,
        tasks: prepared.tasks,
        links: [{ kind: "parent-child", from: "label", to: "amount" }],
        trunk: [24],
        initializer: "fan-in-uniform",
        members: 4,
        adapter: "input",
        head: 0,
        tie: 0,
        embedding: 8,
      };
      const how = {
        optimizer: "adamw",
        balancer: "uncertainty",
        epochs: 3,
        patience: 3,
        batch: 8,
        learningRate: 2e-3,
        weightDecay: 3e-4,
        warmup: 0.05,
        clip: 1,
        dropout: 0.1,
        refit: false,
        seed: 5,
      } as const;
      const run = async (ms: number) => {
        const steps: number[] = [];
        const fitted = await fit(spec, prepared.data, how, slowed(runtime, ms, steps));
        return { steps, fitted };
      };
      const [fast, slow] = [await run(0), await run(70)];
      expect(slow.steps.length).toBeGreaterThan(1.5 * fast.steps.length);
      expect(sum(slow.steps)).toBe(sum(fast.steps));
      expect(slow.fitted.parameters).toEqual(fast.fitted.parameters);
      expect(slow.fitted.epochs.map(({ validation }) => validation)).toEqual(
        fast.fitted.epochs.map(({ validation }) => validation),
      );
      expect(slow.fitted.bestEpoch).toBe(fast.fitted.bestEpoch);
    } finally {
      await runtime.close();
    }
  });
});

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
