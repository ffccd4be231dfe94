import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ComparisonRecord } from "../src/run/comparison-record.js";
import { type Outcome, enter, expectRefusal, kindred, leave } from "./cli-run.js";

const PENGUINS = fileURLToPath(new URL("../examples/penguins.csv", import.meta.url));
const WORDS =
  "compare penguins.csv --tasks species,sex,body_mass_g --balance equal,cagrad:c=0.3 --seeds 2 --epochs 3 --members 1 --trunk 16".split(
    " ",
  );

let home: string;
let first: Outcome;

beforeAll(async () => {
  home = await enter({ "penguins.csv": await readFile(PENGUINS) });
  first = await kindred(WORDS, { cwd: home });
});

afterAll(() => leave(home));

describe("compare", () => {
  it("prints the ranking, every task and where the page is", async () => {
    expect(first.code).toBe(0);
    expect(first.err).toMatch(/^Training {2}2 variants with 2 seeds/m);
    expect(first.err).toMatch(/^ {2}10 of 10 trained$/m);
    expect(first.out).toMatch(/^variant +mean rank +Δm +p \(Holm\) +ms\/step +seconds$/m);
    for (const name of ["equal", "cagrad:c=0.3", "species", "sex", "body_mass_g"])
      expect(first.out).toMatch(new RegExp(`^${name} +`, "m"));
    expect(first.out).toContain("Report  runs/penguins-compare/compare.html");
    const folder = join(home, "runs", "penguins-compare");
    const record = JSON.parse(await readFile(join(folder, "compare.json"), "utf8")) as ComparisonRecord;
    expect(record.variants.map(({ name }) => name).toSorted()).toEqual(["cagrad:c=0.3", "equal"]);
    const ranks = record.variants.map(({ meanRank }) => meanRank);
    expect(ranks[0]! + ranks[1]!).toBeCloseTo(3, 10);
    expect(await readFile(join(folder, "compare.html"), "utf8")).toContain("cagrad:c=0.3");
  });

  it("trains nothing a second time and prints the same tables", async () => {
    const again = await kindred(WORDS, { cwd: home });
    expect(again.err).toContain("10 of 10 trainings are kept from before.");
    expect(again.err).not.toMatch(/ trained$/m);
    expect(again.out).toBe(first.out);
  });

  it("writes events and the result as JSON lines", async () => {
    const { code, out, err } = await kindred([...WORDS, "--json"], { cwd: home });
    expect([code, err]).toEqual([0, ""]);
    const lines = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly type: string; readonly record?: ComparisonRecord });
    expect(lines.at(-1)).toMatchObject({ type: "result", folder: join("runs", "penguins-compare") });
    expect(lines.at(-1)!.record!.seeds).toEqual([0, 1]);
  });

  it("refuses mistakes in one line before any training", async () => {
    const refusedBy = (words: readonly string[], message: RegExp): Promise<void> =>
      expectRefusal(words, home, message);
    const begin = ["compare", "penguins.csv", "--tasks", "species,sex"];
    await refusedBy([...begin, "--balance", "equal,mgda"], /holds the comparison of another study/);
    await refusedBy([...begin, "--balance", "equal"], /variants must be at least two/);
    await refusedBy(begin, /variants must be at least two/);
    await refusedBy([...begin, "--balance", "equal,cagrd"], /Did you mean "cagrad"/);
    await refusedBy([...begin, "--balance", "equal,mgda", "--seeds", "0"], /--seeds must be a whole number/);
  });
});
