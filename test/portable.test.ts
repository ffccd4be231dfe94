import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as ort from "onnxruntime-web";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enter, kindred, leave } from "./cli-run.js";

const PENGUINS = fileURLToPath(new URL("../examples/penguins.csv", import.meta.url));
const QUICK = ["--epochs", "12", "--patience", "5", "--members", "4", "--trunk", "32"];
const TOLERANCE = 1e-5; // relative: float32 sums in another order

const INPUTS = {
  island: ["Torgersen", "Biscoe", "Dream", "", "Atlantis", "Biscoe"],
  bill_length_mm: [39.1, 47.5, 50.1, 44, Number.NaN, Number.NaN],
  bill_depth_mm: [18.7, 14.2, 19.4, Number.NaN, 17, Number.NaN],
  flipper_length_mm: [181, 217, 197, 200, 1e6, Number.NaN],
} as const;
const ROWS = INPUTS.island.length;

let home = "";
beforeAll(async () => {
  home = await enter();
  const cell = (value: string | number): string => (Number.isNaN(value) ? "" : String(value));
  const lines = INPUTS.island.map((_, i) => Object.values(INPUTS).map((column) => cell(column[i]!)));
  const text = [Object.keys(INPUTS), ...lines].map((line) => `${line.join(",")}\n`).join("");
  await writeFile(join(home, "new.csv"), text);
});
afterAll(() => leave(home));

/** Trains on the penguins into a folder and gives what the command printed. */
async function train(
  name: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ out: string; err: string }> {
  const tasks = ["--tasks", "species,sex,body_mass_g,groups=clustering:3", "--link", "species:sex"];
  const { code, out, err } = await kindred(["train", PENGUINS, ...tasks, "--name", name, ...QUICK], {
    cwd: home,
    env,
  });
  if (code !== 0) throw new Error(err);
  return { out, err };
}

/** Rows that `kindred predict` gives for the new rows. */
async function predict(
  name: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Record<string, string | number>[]> {
  const words = ["predict", `runs/${name}`, "new.csv", "--format", "jsonl"];
  const { code, out, err } = await kindred(words, { cwd: home, env });
  expect([code, err]).toEqual([0, ""]);
  return out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, string | number>);
}

const near = (value: number) =>
  expect.closeTo(value, -Math.log10(2 * TOLERANCE * Math.max(1, Math.abs(value))));

describe("the model file alone, in onnxruntime-web on raw columns", () => {
  let session: ort.InferenceSession;
  let outputs: ort.InferenceSession.OnnxValueMapType;
  let expected: Awaited<ReturnType<typeof predict>>;
  beforeAll(async () => {
    await train("model");
    expected = await predict("model");
    ort.env.wasm.numThreads = 1;
    session = await ort.InferenceSession.create(await readFile(join(home, "runs/model/model.onnx")));
    const feeds = Object.entries(INPUTS).map(([name, values]) => [
      name,
      typeof values[0] === "string"
        ? new ort.Tensor("string", [...values] as string[], [ROWS])
        : new ort.Tensor("float32", Float32Array.from(values as readonly number[]), [ROWS]),
    ]);
    outputs = await session.run(Object.fromEntries(feeds) as Record<string, ort.Tensor>);
  });
  afterAll(() => session.release());

  it("asks for the table's columns and gives every task, with probabilities where there are classes", () => {
    expect([...session.inputNames].sort()).toEqual(Object.keys(INPUTS).sort());
    const classified = ["groups", "sex", "species"];
    const names = ["body_mass_g", ...classified, ...classified.map((task) => `${task}_probabilities`)];
    expect([...session.outputNames].sort()).toEqual(names.sort());
  });

  it("gives the numbers of kindred predict", () => {
    const values = [...(outputs["body_mass_g"]!.data as Float32Array)];
    expect(values).toEqual(expected.map((row) => near(row["body_mass_g"] as number)));
    expect(new Set(values).size).toBe(ROWS);
  });

  it.each([
    ["species", ["Adelie", "Chinstrap", "Gentoo"]],
    ["sex", ["female", "male"]],
    ["groups", ["0", "1", "2"]],
  ])("gives the labels and every probability of kindred predict for %s", (task, classes) => {
    const { data, dims } = outputs[`${task}_probabilities`]!;
    expect(dims).toEqual([ROWS, classes.length]);
    const shares = expected.flatMap((row) => classes.map((name) => row[`${task}.${name}`] as number));
    expect([...(data as Float32Array)]).toEqual(shares.map(near));
    const labels = Array.from(outputs[task]!.data as ArrayLike<string | bigint>, String);
    expect(labels).toEqual(expected.map((row) => String(row[task])));
  });
});

describe("KINDRED_RUNTIME=wasm", () => {
  it("trains and predicts, and says in one line that it runs on WebAssembly", async () => {
    const env = { KINDRED_RUNTIME: "wasm" };
    const { out, err } = await train("wasm", env);
    expect(err.split("\n").filter((line) => line.includes("WebAssembly"))).toEqual([
      expect.stringMatching(
        /^Note +WebAssembly was asked for: onnxruntime-web [\d.]+ \(KINDRED_RUNTIME=wasm\)$/,
      ),
    ]);
    expect(err).not.toMatch(/Warning/);
    expect(out).toMatch(/^species +multiclass/m);
    const [own, native] = [await predict("wasm", env), await predict("wasm")];
    expect(own).toHaveLength(ROWS);
    for (const [i, row] of own.entries()) {
      const wanted = Object.entries(native[i]!).map(([name, value]) => [
        name,
        typeof value === "number" ? near(value) : value,
      ]);
      expect(row).toEqual(Object.fromEntries(wanted));
    }
  });
});
