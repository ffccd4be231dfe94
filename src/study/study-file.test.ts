import * as fc from "fast-check";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DataError } from "../base/errors.js";
import { DEFAULT_OPTIONS } from "./options.js";
import type { StudyOptions, TaskOptions } from "./options.js";
import { COLUMN_TYPES } from "./schema.js";
import { completeStudy } from "./schema-complete.js";
import { StudyFileError, parseStudyFile, readStudyFile } from "./study-file.js";
import { studyJsonSchema } from "./study-file-schema.js";
import { writeStudyFile } from "./study-file-write.js";

const messages = (text: string): string[] => {
  try {
    parseStudyFile(text, "study.yaml");
  } catch (error) {
    if (error instanceof StudyFileError) return error.problems.map(({ message }) => message);
    throw error;
  }
  return [];
};

const study = (...lines: string[]): string => ["data: a.csv", "tasks: [a, b]", ...lines].join("\n");

describe("a study file", () => {
  it("gives every option its default when it says only data and tasks", () => {
    const options = completeStudy(parseStudyFile(study(), "study.yaml"), "train");
    expect(options).toEqual({ ...DEFAULT_OPTIONS, data: "a.csv", tasks: { a: {}, b: {} } });
  });

  it("takes tasks as a map whose values may be empty", () => {
    const text = "data: a.csv\ntasks:\n  a:\n  b: { kind: clustering, clusters: 3, reference: c }\n";
    expect(parseStudyFile(text, "s").tasks).toEqual({
      a: {},
      b: { kind: "clustering", clusters: 3, reference: "c" },
    });
  });

  const cases: readonly [string, string, string][] = [
    [
      "an unknown key, with the nearest",
      study("balanc: equal"),
      'study.yaml:3:1: the key "balanc" is not known. Did you mean "balance" or "balancing"?',
    ],
    [
      "an unknown key of a task",
      "data: a\ntasks:\n  a: { clustrs: 2 }",
      'study.yaml:3:8 tasks.a: the key "clustrs" is not known. Did you mean "clusters"?',
    ],
    [
      "an unknown key of a group",
      study("split: { tst: 0.1 }"),
      'study.yaml:3:10 split: the key "tst" is not known. Did you mean "test"?',
    ],
    [
      "a kind that is misspelt",
      "data: a\ntasks: { a: { kind: regresion } }",
      'study.yaml:2:21 tasks.a.kind: the value must be regression, classification or clustering, got "regresion". Did you mean "regression"?',
    ],
    [
      "a type that is misspelt",
      study("types: { a: categry }"),
      'study.yaml:3:13 types.a: the value must be numeric, ordinal, boolean, category, date, embedding, identifier or text; or a list of its words from the lowest to the highest, got "categry". Did you mean "category" or "date"?',
    ],
    [
      "a number outside its range",
      study("split: { test: 2 }"),
      "study.yaml:3:16 split.test: the value must be a number above 0 and below 1, got 2. Take the line away for the default, 0.2.",
    ],
    [
      "a fraction where a whole number is wanted",
      study("seed: 1.5"),
      "study.yaml:3:7 seed: the value must be a whole number of at least 0 and at most 4294967295, got 1.5. Take the line away for the default, 0.",
    ],
    [
      "auto where it is not allowed",
      study("sharing: { head: auto }"),
      'study.yaml:3:18 sharing.head: the value must be a whole number of at least 0 and at most 4096, got "auto". Take the line away for the default, 0.',
    ],
    [
      "a word that is not auto",
      study("budget: { epochs: many }"),
      'study.yaml:3:19 budget.epochs: the value must be a whole number of at least 1 and at most 100000, or auto, got "many". Take the line away for the default, auto.',
    ],
    [
      "a layer without width",
      study("sharing: { trunk: [64, 0] }"),
      "study.yaml:3:24 sharing.trunk.1: the value must be a whole number of at least 1 and at most 65536, got 0. Write for example trunk: [128, 128].",
    ],
    [
      "a number as a spelling of missing",
      study("missing: [NA, -1]"),
      'study.yaml:3:15 missing.1: the value must be a text, got -1. Put it in quotes: "-1".',
    ],
    [
      "missing data",
      "tasks: [a]",
      "study.yaml:1:1 data: the value is missing. Say the table: CSV, TSV, JSON lines or Parquet; or several, as a list of files or a map from name to file, whose rows come one after another.",
    ],
    [
      "no task at all",
      "data: a\ntasks: []",
      "study.yaml:2:8 tasks: the value must be a list of column names, or a map from column name to settings, got []. Write for example tasks: [price, sold].",
    ],
    [
      "a task named twice",
      "data: a\ntasks: [a, b, a]",
      'study.yaml:2:15 tasks.2: task "a" is named twice. Name it once.',
    ],
    [
      "a key written twice",
      "data: a\ndata: b",
      'study.yaml:2:1: the key "data" is written twice. Keep one of the two.',
    ],
    [
      "an empty file",
      "",
      "study.yaml:1:1: the study must be a map with data and tasks, got nothing. Write data: table.csv and tasks: [price], or let kindred init write a study file from a table.",
    ],
    [
      "a task that is also ignored",
      study("ignore: [c, a]"),
      'study.yaml:3:9 ignore: column "a" is both a task and ignored. Name it under one of the two.',
    ],
    [
      "a link to a task that is not there",
      study('relations: ["a:bb"]'),
      'study.yaml:3:13 relations.0: link "a:bb": "bb" is not a task of this study. Did you mean "b" or "a"? The tasks are a, b.',
    ],
    [
      "shares that leave nothing to train on",
      study("split: { validation: 0.5, test: 0.5 }"),
      "study.yaml:3:33 split.test: split leaves no row for training: validation 0.5 and test 0.5 make 1. Keep their sum below 1.",
    ],
    [
      "a split by a column without its name",
      study("split: { kind: column }"),
      "study.yaml:3:16 split.kind: split by column needs the column's name. Write --split column:NAME, or split: { kind: column, column: NAME } in a study file.",
    ],
  ];
  it.each(cases)("names the place and the mistake of %s", (_, text, message) => {
    expect(messages(text)).toEqual([message]);
  });

  it("reports every mistake, in the order of the file", () => {
    const found = messages(study("seed: -1", "balance: eqal", "colour: red"));
    expect(found.map((message) => message.split(":")[1])).toEqual(["3", "4", "5"]);
  });

  it("puts a caret under the place", () => {
    try {
      parseStudyFile(study("seed: -1"), "study.yaml");
      expect.unreachable();
    } catch (error) {
      expect((error as StudyFileError).problems[0]!.excerpt).toBe("   3 | seed: -1\n     |       ^");
    }
  });

  it("takes a relative data path from its own folder, and says when it is not there", async () => {
    const folder = await mkdtemp(join(tmpdir(), "kindred-study-"));
    try {
      const path = join(folder, "study.yaml");
      await writeFile(path, "data: sub/a.csv\ntasks: [a]\n");
      expect((await readStudyFile(path)).data).toBe(join(folder, "sub", "a.csv"));
      await expect(readStudyFile(join(folder, "other.yaml"))).rejects.toThrow(DataError);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("the JSON Schema", () => {
  it("lists every key, refuses others and tells the defaults", () => {
    const schema = studyJsonSchema() as {
      properties: Record<string, { description?: string }>;
      additionalProperties: boolean;
      required: string[];
    };
    expect(Object.keys(schema.properties)).toEqual([
      "data",
      "tasks",
      "tableColumn",
      "ignore",
      "types",
      "missing",
      "decimal",
      "dates",
      "header",
      "delimiter",
      "charset",
      "relations",
      "encoding",
      "sharing",
      "balance",
      "balancing",
      "sampling",
      "split",
      "stream",
      "seed",
      "budget",
    ]);
    expect(schema.additionalProperties).toBe(false);
    expect(schema.required).toEqual(["data", "tasks"]);
    expect(schema.properties["seed"]!.description).toContain("Default: 0.");
  });
});

describe("a written study file", () => {
  const name = fc
    .string({ minLength: 1, maxLength: 12, unit: "grapheme" })
    .filter((text) => text !== "__proto__"); // the check of study files refuses it as a key
  const task: fc.Arbitrary<TaskOptions> = fc.oneof(
    fc.constant({}),
    fc.constantFrom("regression" as const, "classification" as const).map((kind) => ({ kind })),
    fc.record({
      kind: fc.constant("clustering" as const),
      clusters: fc.oneof(fc.integer({ min: 2, max: 9 }), fc.constant("auto" as const)),
    }),
  );
  const options: fc.Arbitrary<StudyOptions> = fc
    .record({
      data: fc.string({ minLength: 1, unit: "grapheme" }),
      tasks: fc.dictionary(name, task, { minKeys: 1, maxKeys: 4 }),
      types: fc.dictionary(name, fc.constantFrom(...COLUMN_TYPES), { maxKeys: 3 }),
      missing: fc.array(fc.string(), { maxLength: 3 }),
      sharing: fc.record({
        architecture: fc.constantFrom("hard" as const, "mmoe" as const),
        options: fc.constantFrom({}, { experts: 3 }),
        trunk: fc.array(fc.integer({ min: 1, max: 512 }), { minLength: 1, maxLength: 3 }),
        blocks: fc.constantFrom("plain" as const, "residual" as const),
        initializer: fc.constantFrom("fan-in-uniform" as const, "orthogonal" as const),
        members: fc.oneof(fc.constant("auto" as const), fc.integer({ min: 1, max: 64 })),
        head: fc.integer({ min: 0, max: 64 }),
        tie: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      balance: fc.constantFrom("equal" as const, "uncertainty" as const, "nash-mtl" as const),
      balancing: fc.record({
        options: fc.constant({}),
        heads: fc.constantFrom("auto" as const, "own" as const, "weighted" as const),
      }),
      seed: fc.nat(),
    })
    .map((given) => ({ ...DEFAULT_OPTIONS, ...given }));

  it("parses back to the same options, whatever the names", () => {
    fc.assert(
      fc.property(options, fc.string(), (given, remark) => {
        const column = { name: remark, type: "category", role: "input", summary: remark, note: remark };
        const because = Object.fromEntries(Object.keys(given.tasks).map((key) => [key, remark]));
        const text = writeStudyFile(given, {
          rows: 3,
          columns: [column],
          because,
          proposed: false,
          warnings: [remark],
        });
        expect(completeStudy(parseStudyFile(text, "study.yaml"), "train")).toEqual(given);
      }),
      { numRuns: 60 },
    );
  });
});
