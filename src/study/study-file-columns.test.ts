import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readData } from "./read-data.js";
import { inspectForStudy, planStudy } from "./plan.js";
import { completeStudy, overlay } from "./schema-complete.js";
import type { PartialStudy } from "./schema.js";
import { StudyFileError, placeInStudyFile, readStudyFile } from "./study-file.js";

let home = "";
const path = (): string => join(home, "study.yaml");

/** What is said of a study file once its table has been read, with flags laid over it. */
const after = async (lines: readonly string[], flags: PartialStudy = {}): Promise<unknown> => {
  const data = lines.some((line) => line.startsWith("data:")) ? [] : ["data: a.csv"];
  await writeFile(path(), [...data, ...lines].join("\n"));
  const options = completeStudy(overlay(await readStudyFile(path()), flags), "train");
  try {
    planStudy(inspectForStudy(await readData(options), options), options);
  } catch (error) {
    return placeInStudyFile(error, path(), options);
  }
  throw new Error("nothing was refused");
};

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "kindred-columns-"));
  const rows = Array.from(
    { length: 40 },
    (_, i) => `${["red", "blue"][i % 2]},${i * 1.5},k${i * 7},${i % 3},one`,
  );
  await writeFile(join(home, "a.csv"), `colour,amount,key,part,fixed\n${rows.join("\n")}\n`);
});
afterAll(() => rm(home, { recursive: true }));

describe("a study file that does not fit its table", () => {
  it.each<readonly [string, readonly string[], string, string, string]>([
    ["a table", ["data: b.csv", "tasks: [amount]"], "1:7", "b.csv does not exist", "a.csv"],
    ["a target in a list", ["tasks: [amount, color]"], "2:17", "is not a column", '"colour"'],
    ["a target in a map", ["tasks:", "  amuont:"], "3:3", "is not a column", '"amount"'],
    ["an ignored column", ["tasks: [amount]", "ignore: [key, prat]"], "3:15", "is not a column", '"part"'],
    [
      "a column with a type",
      ["tasks: [amount]", "types: { kee: identifier }"],
      "3:10",
      "is not in the table",
      '"key"',
    ],
    [
      "a reference",
      ["tasks: { g: { kind: clustering, reference: colr } }"],
      "2:44",
      "is not a column",
      '"colour"',
    ],
    [
      "a split column",
      ["tasks: [amount]", "split: { kind: column, column: prt }"],
      "3:32",
      "is not a column",
      '"part"',
    ],
    [
      "clusters with a column's name",
      ["tasks: { part: { kind: clustering } }"],
      "2:10",
      "name of a column",
      "a name of its own",
    ],
    [
      "a text as an amount",
      ["tasks: { colour: { kind: regression } }"],
      "2:10",
      "numbers for regression",
      "classification",
    ],
    ["an identifier as a target", ["tasks: [amount, key]"], "2:17", "identifier", "classification"],
    ["a target that never changes", ["tasks: [fixed, amount]"], "2:9", "same value", "another target"],
  ])("%s has its place, what is wrong and a suggestion", async (_, lines, place, says, suggests) => {
    const error = await after(lines);
    expect(error).toBeInstanceOf(StudyFileError);
    const [problem] = (error as StudyFileError).problems;
    expect(problem!.message.slice(path().length)).toMatch(new RegExp(`^:${place} .*${says}`));
    expect(problem!.parts.fix).toContain(suggests);
    expect(problem!.excerpt).toContain("^");
  });

  it("is not blamed for what a flag said", async () => {
    const error = await after(["tasks: [amount]", "ignore: [part]"], { ignore: ["prat"] });
    expect(error).not.toBeInstanceOf(StudyFileError);
    expect(String(error)).toContain('ignored column "prat" is not a column');
  });
});
