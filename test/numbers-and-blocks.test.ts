import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runOnnx } from "../src/graph/checks.contract.js";
import type { RunRecord } from "../src/run/record.js";
import { enter, kindred, leave } from "./cli-run.js";

const PENGUINS = fileURLToPath(new URL("../examples/penguins.csv", import.meta.url));
const WORDS = ["train", "penguins.csv", "--tasks", "species,body_mass_g", "--ignore", "sex", "--out", "run"];
const SETTINGS = [
  "--numbers",
  "periodic",
  "--frequencies",
  "5",
  "--frequency-width",
  "3",
  "--blocks",
  "residual",
];
const QUICK = ["--epochs", "4", "--members", "2", "--trunk", "16,16", "--quiet"];

let home: string;
let trained: Awaited<ReturnType<typeof kindred>>;
beforeAll(async () => {
  home = await enter({ "penguins.csv": await readFile(PENGUINS) });
  trained = await kindred([...WORDS, ...SETTINGS, ...QUICK], { cwd: home });
});
afterAll(() => leave(home));

/** Lines of a CSV without quotes, cell by cell. */
const cellsOf = (text: string): string[][] =>
  text
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.split(","));

describe("a study of periodic numbers and residual blocks", () => {
  it("trains, and its record says what it is", async () => {
    expect([trained.code, trained.err]).toEqual([0, ""]);
    const record = JSON.parse(await readFile(join(home, "run", "record.json"), "utf8")) as RunRecord;
    expect(record.model).toMatchObject({ numbers: "periodic", blocks: "residual", trunk: [16, 16] });
    const features = record.model.inputs.map(({ name, features: count }) => [name, count]);
    expect(Object.fromEntries(features)).toMatchObject({
      // itself and a mark of missing values
      bill_length_mm: 2,
      bill_depth_mm: 2,
      flipper_length_mm: 2,
    });
    expect(await readFile(join(home, "run", "report.html"), "utf8")).toMatch(
      /of residual blocks.*periodic features/s,
    );
  });

  it("predicts what ONNX Runtime alone makes of the model file", async () => {
    const { code, out } = await kindred(["predict", "run", "penguins.csv"], { cwd: home });
    expect(code).toBe(0);
    const [header, ...predicted] = cellsOf(out);
    const [names, ...rows] = cellsOf(await readFile(PENGUINS, "utf8"));
    const column = (name: string): string[] => rows.map((row) => row[names!.indexOf(name)]!);
    const number = (name: string) => ({
      dtype: "float32" as const,
      shape: [rows.length],
      data: Float32Array.from(column(name), (cell) =>
        cell === "" || cell === "NA" ? Number.NaN : Number(cell),
      ),
    });
    const found = await runOnnx(await readFile(join(home, "run", "model.onnx")), {
      island: { dtype: "string", shape: [rows.length], data: column("island") },
      bill_length_mm: number("bill_length_mm"),
      bill_depth_mm: number("bill_depth_mm"),
      flipper_length_mm: number("flipper_length_mm"),
    });
    const told = (name: string): string[] => predicted.map((row) => row[header!.indexOf(name)]!);
    expect(told("species")).toEqual(found["species"]!.data);
    told("body_mass_g").forEach((text, i) => {
      const mass = Number(found["body_mass_g"]!.data[i]);
      expect(Math.abs(Number(text) - mass)).toBeLessThan(1e-5 * Math.abs(mass)); // rows go in other numbers at once
    });
  });

  it.each([
    ["--numbers", "wavy", /--numbers must be piecewise, periodic or auto, got "wavy"/],
    ["--frequencies", "0", /--frequencies must be a whole number.*at least 1.*got "0"/],
    ["--frequency-scale", "0", /--frequency-scale must be a number above 0.*got "0"/],
    ["--blocks", "resid", /--blocks must be plain or residual, got "resid".*Did you mean "residual"/],
  ])("refuses %s %s in one line", async (flag, value, says) => {
    const { code, err } = await kindred([...WORDS, flag, value], { cwd: home });
    expect(code).toBe(2);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    expect(err).toMatch(says);
  });
});
