import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRawTable } from "../src/data/sources/index.js";
import { readRun } from "../src/run/index.js";
import type { RunRecord } from "../src/run/record.js";
import { type Outcome, type RunOptions, enter, kindred, leave } from "./cli-run.js";

const PENGUINS = fileURLToPath(new URL("../examples/penguins.csv", import.meta.url));
const SMALL = "--epochs 16 --patience 16 --members 2 --trunk 16 --learning-rate 0.005".split(" ");
const TASKS = ["species", "body_mass_g", "sex", "size"];
const WORDS = [
  "train",
  "penguins.csv",
  "--tasks",
  TASKS.join(","),
  "--link",
  "sex:body_mass_g",
  "--stopping",
  "per-task",
  "--split",
  "column:part",
  ...SMALL,
];

/** The penguins with their parts and a target that says large where it is true of validation and test rows alone. */
async function misleading(): Promise<string> {
  const [head, ...lines] = (await readFile(PENGUINS, "utf8")).trim().split("\n");
  const parts = ["train", "train", "validation", "train", "test"];
  const rows = lines.map((line, row) => {
    const part = parts[row % parts.length]!;
    const large = Number(line.split(",")[4]) > 200; // flipper_length_mm
    return `${line},${(part === "train") === large ? "small" : "large"},${part}`;
  });
  return [`${head},size,part`, ...rows, ""].join("\n");
}

let home = "";
let trained: Outcome;
let record: RunRecord;
const run = (...path: readonly string[]): string => join(home, "runs", ...path);
const train = (name: string, more: readonly string[] = [], kill?: RunOptions["kill"]): Promise<Outcome> =>
  kindred([...WORDS, "--name", name, ...more], {
    cwd: home,
    ...(kill && { kill }),
  });

beforeAll(async () => {
  home = await enter({ "penguins.csv": Buffer.from(await misleading()) });
  trained = await train("own");
  ({ record } = await readRun(run("own")));
});
afterAll(() => leave(home));

describe("stopping task by task on the penguins", () => {
  it("records the epoch of each task, its own best one or that of most tasks, and tells of them", async () => {
    expect(trained.code, trained.err).toBe(0);
    const { bestEpoch, bestEpochs, epochs } = record.training.multi;
    expect(Object.keys(bestEpochs!).toSorted()).toEqual(TASKS.toSorted());
    for (const [task, epoch] of Object.entries(bestEpochs!)) {
      const losses = epochs.map(({ validation }) => validation[task] ?? Number.NaN);
      const own = losses.indexOf(Math.min(...losses)) + 1;
      expect([task, [own, bestEpoch].includes(epoch)]).toEqual([task, true]);
    }
    const distinct = new Set(Object.values(bestEpochs!));
    expect(distinct.size).toBeGreaterThan(1);
    expect(distinct).toContain(bestEpoch);
    const [first, last] = [Math.min(...distinct), Math.max(...distinct)];
    expect(trained.err).toMatch(
      new RegExp(`^ {2}multi-task: best epochs ${first} to ${last} of ${epochs.length}`, "m"),
    );
    const page = await readFile(run("own", "report.html"), "utf8");
    for (const epoch of Object.values(bestEpochs!)) expect(page).toContain(`together best at epoch ${epoch}`);
    for (const single of Object.values(record.training.single)) expect(single.bestEpochs).toBeUndefined();
  });

  it("writes the parameters of each epoch with the tasks that they are for", async () => {
    const { snapshots } = JSON.parse(await readFile(run("own", "checkpoint", "model.json"), "utf8")) as {
      snapshots: readonly { epoch: number; tasks: readonly string[]; file: string }[];
    };
    const epochs = snapshots.flatMap(({ epoch, tasks }) => tasks.map((task) => [task, epoch]));
    expect(Object.fromEntries(epochs)).toEqual(record.training.multi.bestEpochs);
    const files = snapshots.map(({ file }) => file);
    expect((await readdir(run("own", "checkpoint"))).toSorted()).toEqual(["model.json", ...files].toSorted());
    const each = await Promise.all(files.map((file) => readFile(run("own", "checkpoint", file))));
    for (const one of each) expect(one.length).toBe(4 * record.model.parameters);
    expect(new Set(each.map((one) => one.toString("base64"))).size).toBe(each.length);
  });

  it("predicts from the model file what the run predicted of its test rows", async () => {
    const { code } = await kindred(["predict", "runs/own", "penguins.csv", "--out", "again.parquet"], {
      cwd: home,
    });
    expect(code).toBe(0);
    const [kept, again] = [
      await readRawTable(run("own", "predictions.parquet")),
      await readRawTable(join(home, "again.parquet")),
    ];
    const numbers = (table: typeof kept, name: string): ArrayLike<number> => {
      const column = table.columns.find((one) => one.name === name);
      if (column?.kind !== "number") throw new Error(`${name} is ${column?.kind ?? "missing"}`);
      return column.numbers;
    };
    const rows = Array.from(numbers(kept, "row"));
    expect(rows.length).toBeGreaterThan(50);
    for (const [name, digits] of [
      ["body_mass_g", 1], // grams, of some thousands in single precision
      ["species.Adelie", 5],
      ["sex.male", 5],
    ] as const)
      for (const [i, row] of rows.entries())
        expect(numbers(again, name)[row]).toBeCloseTo(numbers(kept, name)[i]!, digits);
  });

  it("ends with the same bytes when it is killed and resumed", async () => {
    const killed = await train("killed", ["--checkpoint-every", "0"], {
      when: /(?:\d\/16 [^]*?){9}/,
      signal: "SIGKILL",
      afterMs: 40,
    });
    expect(killed.code).toBe(null);
    const resumed = await train("killed", ["--resume"]);
    expect(resumed.code, resumed.err).toBe(0);
    const files = (await readdir(run("own", "checkpoint"))).map((file) => join("checkpoint", file));
    for (const file of ["metrics.json", "predictions.parquet", "model.onnx", ...files])
      expect((await readFile(run("killed", file))).equals(await readFile(run("own", file))), file).toBe(true);
  });

  it("is refused in one line under any other name", async () => {
    const { code, err } = await kindred([...WORDS, "--stopping", "per-tsk"], { cwd: home });
    expect([code, err.trim().split("\n").length]).toEqual([2, 1]);
    expect(err).toMatch(/--stopping.*together.*per-task.*per-tsk/);
  });
});
