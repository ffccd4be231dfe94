import { rmSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { row } from "../../test/cli-run.js";
import type { StudyEvent } from "./events.js";
import type { TrainInto } from "./kept-run.js";
import { load } from "./load.js";
import { openModel } from "./model.js";
import { classification, regression } from "./task-options.js";

const ROWS = Array.from({ length: 120 }, (_, i) => {
  const { x, y, label, amount } = row(i);
  return { x: Number(x), y: Number(y), label, amount: Number(amount) };
});
const options = {
  tasks: { label: classification(), amount: regression() },
  sharing: { trunk: [8], members: 1 },
  budget: { epochs: 6, patience: 6, refit: "never" },
} as const;

let root = "";
let home = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-kept-"));
  home = join(root, "run");
});
afterEach(() => rm(root, { recursive: true, force: true }));

type Given = Parameters<typeof load>[1];

/** Trains into the folder until the shared model has ended `until` epochs, or to the end. */
async function train(into: TrainInto, until = Infinity, how: Given = options): Promise<string[]> {
  const notices: string[] = [];
  const controller = new AbortController();
  const onEvent = (event: StudyEvent): void => {
    if (event.type === "notice") notices.push(event.text);
    if (event.type === "epoch" && event.model === "multi-task" && event.validation && event.epoch >= until)
      controller.abort();
  };
  const study = await load(ROWS, how);
  const model = await study.train({ folder: home, onEvent, signal: controller.signal, ...into });
  await model.close();
  return notices;
}

describe("a study trained from a program", () => {
  it("goes on after an abort and ends with the same files", async () => {
    await expect(train({}, 3)).rejects.toThrow(/abort/i);
    expect(await readdir(home)).toEqual(["checkpoint"]);
    const call = `load(…).train({ folder: ${JSON.stringify(home)}, resume: true })`;
    await expect(openModel(home)).rejects.toThrow(
      `run ${home}: training is not finished. Go on with ${call}.`,
    );
    await expect(train({})).rejects.toThrow(`holds an unfinished run. Go on with ${call}. Or choose`);

    const notices = await train({ resume: true });
    expect(notices.filter((text) => text.startsWith("Resumed; "))).toHaveLength(1);
    const kept = await readFile(join(home, "model.onnx"));
    const metrics = await readFile(join(home, "metrics.json"), "utf8");
    await train({ overwrite: true });
    expect((await readFile(join(home, "model.onnx"))).equals(kept)).toBe(true);
    expect(await readFile(join(home, "metrics.json"), "utf8")).toBe(metrics);
    expect((await readdir(join(home, "checkpoint"))).sort()).toEqual(["model.json", "parameters.bin"]);
    expect(await readdir(root)).toEqual(["run"]);
  });

  it("writes into model.json the card of model.onnx, also how numbers are written", async () => {
    const rows = ROWS.map((one) => ({ ...one, x: one.x.toFixed(3).replace(".", ",") }));
    const study = await load(rows, { ...options, budget: { epochs: 1 } });
    await (await study.train({ folder: home })).close();
    const model = await openModel(home);
    await model.close();
    expect(model.card.readings).toMatchObject({ x: { numbers: { decimal: "," } } });
    expect(JSON.parse(await readFile(join(home, "model.json"), "utf8"))).toEqual(
      JSON.parse(JSON.stringify(model.card)),
    );
  });

  it("says so when there is nothing to resume, and trains", async () => {
    expect(await train({ resume: true })).toContain(
      `There is nothing to resume in ${home}: training starts anew.`,
    );
    await expect(train({ resume: true })).rejects.toThrow(/already holds a run/);
  });

  it("refuses to go on with other options and keeps what there is", async () => {
    await expect(train({}, 3)).rejects.toThrow(/abort/i);
    const before = await readdir(join(home, "checkpoint"));
    const other = { ...options, budget: { ...options.budget, epochs: 7 } };
    await expect(train({ resume: true }, Infinity, other)).rejects.toThrow(
      /budget\.epochs \(6 then, 7 now\)/,
    );
    expect(await readdir(join(home, "checkpoint"))).toEqual(before);
  });

  it("leaves nothing behind when training cannot go on from where it stopped", async () => {
    const wild = {
      ...options,
      budget: { ...options.budget, learningRate: 1, optimizer: "sgd", clip: 1e30 },
    } as const;
    const far = ROWS.map((cells) => ({ ...cells, amount: cells.amount * 1e30 }));
    const study = await load(far, wild);
    const failed = study.train({ folder: home, checkpointSeconds: 0 }).then(
      () => "trained",
      (error: unknown) => (error as Error).message,
    );
    expect([await failed, await readdir(root)]).toEqual([expect.stringContaining("not finite"), []]);
  });

  it("is trained to the end where its state cannot be kept, and says so once", async () => {
    const notices: string[] = [];
    let gone = false;
    const study = await load(ROWS, options);
    const model = await study.train({
      folder: home,
      checkpointSeconds: 0,
      onEvent: (event) => {
        if (event.type === "notice") notices.push(event.text);
        if (event.type !== "epoch" || gone) return;
        gone = true;
        rmSync(home, { recursive: true, maxRetries: 20, retryDelay: 5 }); // a checkpoint may be on its way
      },
    });
    await model.close();
    expect(notices.filter((text) => text.includes("cannot be kept"))).toHaveLength(1);
    expect(await readdir(home)).toContain("model.onnx");
  });
});
