import { Command } from "commander";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parseStudyFile } from "../../study/study-file.js";
import { addInit } from "./init.js";

let home = "";
let lines: readonly string[] = [];

const init = async (...words: readonly string[]): Promise<string> => {
  const out = join(home, "study.yaml");
  const program = new Command();
  addInit(program);
  const written = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
  const noted = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  try {
    const all = ["init", join(home, "data.csv"), "--out", out, "--force", ...words];
    await program.parseAsync(all, { from: "user" });
  } finally {
    written.mockRestore();
    noted.mockRestore();
  }
  return readFile(out, "utf8");
};

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "kindred-init-"));
  const rows = Array.from({ length: 60 }, (_, i) => {
    const words = `a remark of several words, number ${i * 31}, for row ${i}`;
    const day = `2024-01-${String(1 + (i % 28)).padStart(2, "0")}`;
    return [
      `k-${i * 7919}`,
      i % 5,
      i % 2 === 0,
      day,
      "same",
      `"${words}"`,
      (i * 0.37).toFixed(2),
      "bca"[i % 3],
    ];
  });
  const text = ["key,level,flag,day,fixed,remark,amount,class", ...rows.map((row) => row.join(","))].join(
    "\n",
  );
  await writeFile(join(home, "data.csv"), `${text}\n`);
  lines = (await init()).split("\n");
});
afterAll(() => rm(home, { recursive: true }));

describe("the study file that init writes", () => {
  it.each([
    ["key", "identifier", "names rows"],
    ["level", "ordinal", "5 distinct whole numbers"],
    ["flag", "boolean", "two values"],
    ["day", "date", "ISO dates"],
    ["fixed", "category", "words, 1 distinct value"],
    ["remark", "text", "free text"],
    ["amount", "numeric", "numbers, 60 distinct values"],
    ["class", "category", "words, 3 distinct values"],
  ])("tells the type of %s, %s, and why", (name, type, why) => {
    const line = lines.find((one) => one.startsWith(`#   ${name} `));
    expect(line).toMatch(new RegExp(`^#   ${name} +${type} .*${why}`));
  });

  it("says what is set aside and why, and nothing else there", () => {
    const at = lines.findIndex((line) => line.startsWith("# Set aside"));
    expect(lines.slice(at + 1, lines.indexOf("", at))).toEqual([
      "#   key: identifiers are never inputs",
      "#   fixed: one value only",
    ]);
  });

  it("says of each proposed target why its kind and why it", () => {
    expect(lines).toContain(
      "  amount: { kind: regression } # 60 distinct numbers; proposed as the last column of amounts",
    );
    expect(lines).toContain(
      "  class: { kind: classification } # 3 labels; proposed as the last column of classes",
    );
  });

  it("does not speak of proposals where the tasks were named", async () => {
    const text = await init("--tasks", "class");
    expect(text).toContain("  class: { kind: classification } # 3 labels\n");
    expect(text).not.toContain("propos");
  });

  it("begins with a word on the JSON Schema, and parses", () => {
    expect(lines[0]).toMatch(/^# (yaml-language-server: \$schema=\.|An editor can check this file)/);
    expect(Object.keys(parseStudyFile(lines.join("\n"), "study.yaml").tasks ?? {})).toEqual([
      "amount",
      "class",
    ]);
  });
});
