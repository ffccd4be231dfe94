import { Command } from "commander";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../base/errors.js";
import { flowYaml } from "../study/flow-yaml.js";
import { SETTINGS } from "../study/schema.js";
import type { PartialStudy, Setting } from "../study/schema.js";
import { overlay } from "../study/schema-complete.js";
import { parseStudyFile } from "../study/study-file.js";
import { exampleOf } from "../study/study-file-fixes.js";
import { studyJsonSchema } from "../study/study-file-schema.js";
import { addInit } from "./commands/init.js";
import { addTrain } from "./commands/train.js";
import { addStudyFlags, studyFromFlags } from "./study-flags.js";

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly anyOf?: readonly Schema[];
}

/** Options that have no flag of their own name, and why. */
const OTHERWISE: Readonly<Record<string, { readonly how: string; readonly because: string }>> = {
  data: { how: "<data...>", because: "tables are the arguments" },
  types: {
    how: "--type",
    because: "a flag sets one column's type and is repeated, so it is in the singular",
  },
  relations: { how: "--link", because: "a flag adds one link and is repeated" },
  "sharing.architecture": {
    how: "--sharing",
    because: "the architecture is what sharing is; architecture alone would say nothing",
  },
  "sharing.options": {
    how: "--sharing-option",
    because: "a flag sets one option of the method and is repeated, so it is in the singular",
  },
  "balancing.options": {
    how: "--balance-option",
    because: "a flag sets one option of the method and is repeated, so it is in the singular",
  },
  "balancing.heads": { how: "--balance-heads", because: "heads alone would not say that they are balanced" },
  "sampling.policy": {
    how: "--sampling",
    because: "the policy is what sampling is; policy alone would say nothing",
  },
  "split.kind": { how: "--split", because: "the kind is what a split is; kind alone would say nothing" },
  "split.column": { how: "--split", because: "written with the kind: --split column:NAME" },
  "tasks.*.kind": { how: "--kind", because: "of one task: --kind NAME=KIND" },
  "tasks.*.transform": { how: "--transform", because: "of one task: --transform NAME=TRANSFORM" },
  "tasks.*.weight": { how: "--weight", because: "of one task: --weight NAME=NUMBER" },
  "tasks.*.by": { how: "--by", because: "of one task: --by TASK=COLUMN" },
  "tasks.*.clusters": { how: "--tasks", because: "written with the kind: --tasks NAME=clustering:3" },
  "tasks.*.reference": { how: "--reference", because: "of one task: --reference TASK=COLUMN" },
};

const leaves = (one: Schema, at: readonly string[] = []): string[] => {
  const inner = Object.entries(one.properties ?? {}).flatMap(([key, value]) => leaves(value, [...at, key]));
  const each = [one.additionalProperties, ...(one.anyOf ?? [])].filter((value) => typeof value === "object");
  const below = each.flatMap((value) => {
    const path = value === one.additionalProperties ? [...at, "*"] : at;
    return leaves(value, path).filter((leaf) => leaf !== path.join("."));
  });
  return [...(one.properties === undefined ? [at.join(".")] : []), ...inner, ...below];
};

const paths = leaves(studyJsonSchema() as Schema);
const kebab = (path: string): string =>
  path
    .split(".")
    .at(-1)!
    .replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const helpOf = (add: (program: Command) => void): string => {
  const program = new Command();
  add(program);
  return program.commands[0]!.configureHelp({ helpWidth: 1000 }).helpInformation();
};

const fromFlags = (...words: readonly string[]): PartialStudy => {
  const command = addStudyFlags(new Command().exitOverride());
  command.parse([...words], { from: "user" });
  return overlay({ data: "a" }, studyFromFlags(command.opts(), "train"));
};

const fromFile = (path: string, value: unknown): PartialStudy => {
  const [head, inner] = path.split(".");
  const text = inner === undefined ? flowYaml(value) : `{ ${inner}: ${flowYaml(value)} }`;
  return parseStudyFile(["data: a", "tasks: [parent, child]", `${head}: ${text}`].join("\n"), "s");
};

/** A value of a setting as its flag takes it. */
const asFlag = (value: unknown): string => {
  if (Array.isArray(value)) return value.join(",");
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([key, one]) => `${key}=${one}`)
    .join(",");
};

const plain = SETTINGS.filter(({ path, flag }) => flag !== undefined && path !== "tasks");

describe.each([
  ["init", helpOf(addInit)],
  ["train", helpOf(addTrain)],
] as const)("options of the study file and of kindred %s", (_, help) => {
  it.each(paths)("%s has its flag", (path) => {
    const how = OTHERWISE[path]?.how ?? `--${kebab(path)}`;
    expect(help).toMatch(new RegExp(`${how.startsWith("--") ? ` ${how} <` : how}`));
  });

  it.each(SETTINGS.filter(({ flag }) => flag !== undefined))(
    "$path is described in the same words",
    (setting) => {
      expect(help).toMatch(new RegExp(` --${setting.flag} <[^\\n]*`));
      expect(help.split("\n").find((line) => line.includes(` --${setting.flag} <`))).toContain(setting.doc);
    },
  );
});

describe("the study file and the flags", () => {
  it("have exceptions only for what there is", () => {
    expect(Object.keys(OTHERWISE).filter((path) => !paths.includes(path))).toEqual([]);
    expect(
      Object.keys(OTHERWISE).filter(
        (path) => OTHERWISE[path]!.how === `--${kebab(path)}` && !path.includes("*"),
      ),
    ).toEqual([]);
  });

  it.each(plain)("mean the same by $path", ({ path, flag, ...rest }) => {
    const value = exampleOf({ path, ...rest });
    const flags = fromFlags("--tasks", "parent,child", `--${flag}`, asFlag(value));
    expect(flags).toEqual(fromFile(path, value));
  });

  it.each<readonly [string, readonly string[], string]>([
    [
      "an option of a method",
      ["--balance", "cagrad", "--balance-option", "c=0.3", "--balance-option", "rescale=1"],
      "balance: cagrad\nbalancing: { options: { c: 0.3, rescale: 1 } }",
    ],
    [
      "an option of a way of sharing",
      ["--sharing", "mmoe", "--sharing-option", "experts=3"],
      "sharing: { architecture: mmoe, options: { experts: 3 } }",
    ],
    ["a column that divides the rows", ["--split", "column:part"], "split: { kind: column, column: part }"],
    [
      "a task's transform",
      ["--transform", "a=log", "--transform", "b=yeo-johnson"],
      "tasks: { a: { transform: log }, b: { transform: yeo-johnson } }",
    ],
    [
      "a task's weight",
      ["--balance", "fixed", "--weight", "a=0.5", "--weight", "b=2"],
      "balance: fixed\ntasks: { a: { weight: 0.5 }, b: { weight: 2 } }",
    ],
    ["a task's kind", ["--kind", "a=regression"], "tasks: { a: { kind: regression }, b: }"],
    [
      "clusters",
      ["--task", "g", "--kind", "g=clustering:3"],
      "tasks: { a: , b: , g: { kind: clustering, clusters: 3 } }",
    ],
    [
      "a reference",
      ["--task", "g", "--kind", "g=clustering", "--reference", "g=c"],
      "tasks: { a: , b: , g: { kind: clustering, reference: c } }",
    ],
  ])("mean the same by %s", (_, words, line) => {
    const lines = line.includes("tasks") ? ["data: a", line] : ["data: a", "tasks: [a, b]", line];
    expect(fromFlags("--tasks", "a,b", ...words)).toEqual(parseStudyFile(lines.join("\n"), "s"));
  });

  it("take and refuse the same numbers", () => {
    const numbers = plain.filter(({ value }) => value.type === "number");
    const given = fc.oneof(
      fc.constantFrom(-1, 0, 1, 2, 0.5, 64, 65, 4096, 100000, 100001, 4294967295, 4294967296),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer({ min: -5, max: 200 }),
    );
    const refused = (act: () => unknown): boolean => {
      try {
        act();
        return false;
      } catch (error) {
        if (error instanceof ConfigError) return true;
        throw error;
      }
    };
    fc.assert(
      fc.property(fc.constantFrom(...numbers), given, (setting: Setting, value) => {
        // a share of 0.9 is refused by the file alone, since it leaves no row beside the default of the other share
        fc.pre(!setting.path.startsWith("split.") || value < 0.5 || value >= 1);
        const byFlag = refused(() => fromFlags(`--${setting.flag}=${value}`));
        expect(refused(() => fromFile(setting.path, value))).toBe(byFlag);
      }),
      { numRuns: 300 },
    );
  });
});
