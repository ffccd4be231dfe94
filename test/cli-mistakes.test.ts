import { describe, expect, it } from "vitest";
import { enter, everything, kindred, leave, table } from "./cli-run.js";

const FINE = table(60);
const TRAIN = ["train", "data.csv", "--tasks", "label,amount", "--out", "out/run"];

/** A mistake: what it is, the files, the words typed, and what the one line must say. */
type Case = readonly [
  what: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  words: readonly string[],
  says: RegExp,
];

const withData = (data: string | Uint8Array): Readonly<Record<string, string | Uint8Array>> => ({
  "data.csv": data,
});

const DATA: readonly Case[] = [
  ["a file that is not there", { "dota.csv": FINE }, TRAIN, /data\.csv.*does not exist.*dota\.csv/],
  ["an empty file", withData(""), TRAIN, /data\.csv.*is empty/],
  ["a header without rows", withData("x,y,label,amount\n"), TRAIN, /data\.csv.*no (data )?rows?/],
  [
    "a table of one column",
    withData("label\nyes\nno\n"),
    ["train", "data.csv", "--tasks", "label", "--out", "out/run"],
    /one column, "label"/,
  ],
  [
    "a target that is not there",
    withData(FINE),
    ["train", "data.csv", "--tasks", "lable", "--out", "out/run"],
    /"lable".*Did you mean "label"/,
  ],
  [
    "an ignored column that is not there",
    withData(FINE),
    [...TRAIN, "--ignore", "colur"],
    /"colur".*"colour"/,
  ],
  [
    "a typed column that is not there",
    withData(FINE),
    [...TRAIN, "--type", "colur=category"],
    /"colur".*"colour"/,
  ],
  [
    "a target without values",
    withData(table(60, (cells) => ({ ...cells, label: "" }))),
    TRAIN,
    /"label".*(no value|missing)/,
  ],
  [
    "a target that never changes",
    withData(table(60, (cells) => ({ ...cells, label: "yes" }))),
    TRAIN,
    /"label".*same value/,
  ],
  [
    "a class with one example",
    withData(table(60, (cells, i) => ({ ...cells, label: i === 7 ? "maybe" : cells.label }))),
    TRAIN,
    /"label".*"maybe"/,
  ],
  [
    "two columns of one name",
    withData(FINE.replace("x,y,", "x,x,")),
    TRAIN,
    /"x".*(twice|2 times|duplicate|same name)/i,
  ],
  [
    "a row with a cell too many",
    withData(
      FINE.replace(/\n/g, (end, at: number, all: string) =>
        all.slice(0, at).split("\n").length === 8 ? `,extra${end}` : end,
      ),
    ),
    TRAIN,
    /data\.csv line 8.*\b6\b/,
  ],
  [
    "bytes of no known encoding",
    withData(
      Buffer.concat([
        Buffer.from(FINE),
        Buffer.from([0x31, 0x2c, 0x32, 0x2c, 0x81, 0x2c, 0x6e, 0x6f, 0x2c, 0x31, 0x0a]),
      ]),
    ),
    TRAIN,
    /line 62.*UTF-8|UTF-8.*line 62/,
  ],
  [
    "decimal commas and decimal points in one column",
    withData(table(60, (cells, i) => ({ ...cells, x: `"${i < 40 ? cells.x.replace(".", ",") : cells.x}"` }))),
    [...TRAIN, "--type", "x=numeric"],
    /line 42.*column "x" must be a number with a decimal comma/,
  ],
  [
    "infinite values",
    withData(table(60, (cells, i) => ({ ...cells, x: i === 4 ? "inf" : cells.x }))),
    TRAIN,
    /line 6.*"?x"?.*inf/i,
  ],
  [
    "an identifier as a target",
    withData(table(60, (cells, i) => ({ key: `row-${i * 7919}-${i}`, ...cells }))),
    ["train", "data.csv", "--tasks", "key", "--out", "out/run"],
    /"key".*identifier/,
  ],
  [
    "text where an amount was asked for",
    withData(FINE),
    ["train", "data.csv", "--tasks", "colour=regression", "--out", "out/run"],
    /"colour".*numbers for regression/,
  ],
  ["fewer rows than the split needs", withData(table(3)), TRAIN, /data\.csv.*\b3\b/],
  [
    "a split column with other words",
    withData(FINE),
    [...TRAIN, "--split", "column:colour"],
    /"?colour"?.*train/,
  ],
  [
    "a clustering task named like a column",
    withData(FINE),
    ["train", "data.csv", "--tasks", "colour=clustering:3", "--out", "out/run"],
    /"colour".*name of a column/,
  ],
  [
    "a same-kind link between two kinds",
    withData(FINE),
    [...TRAIN, "--link", "label~amount"],
    /label~amount.*same|one kind/,
  ],
  [
    "parent-child links in a circle",
    withData(FINE),
    [...TRAIN, "--link", "label:amount", "--link", "amount:label"],
    /link/,
  ],
];

const OPTIONS: readonly Case[] = [
  ["a command that is misspelt", {}, ["trian"], /'trian'.*train/],
  ["an option that is misspelt", withData(FINE), [...TRAIN, "--seeed", "1"], /'--seeed'.*--seed/],
  ["a number out of range", withData(FINE), [...TRAIN, "--dropout", "1"], /--dropout.*below 1.*"1"/],
  [
    "a task that is ignored",
    withData(FINE),
    [...TRAIN, "--ignore", "label"],
    /"label".*both a task and ignored/,
  ],
  ["a target named twice", withData(FINE), ["train", "data.csv", "--tasks", "label,label"], /"label".*twice/],
  ["a split column without a name", withData(FINE), [...TRAIN, "--split", "column"], /column's name/],
  [
    "shares without rows to train on",
    withData(FINE),
    [...TRAIN, "--validation", "0.5", "--test", "0.5"],
    /no row for training/,
  ],
  ["a link to an unknown task", withData(FINE), [...TRAIN, "--link", "label:amuont"], /"amuont".*"amount"/],
  ["two places for the run", withData(FINE), [...TRAIN, "--name", "run"], /--out and --name/],
  ["no tasks", withData(FINE), ["train", "data.csv"], /tasks are missing.*--tasks/],
  [
    "a study file with a mistake",
    { ...withData(FINE), "study.yaml": "data: data.csv\ntasks: [label]\nsplit: { tset: 0.1 }\n" },
    ["train", "study.yaml"],
    /study\.yaml:3:10 split: the key "tset".*"test"/,
  ],
  ["a study file that is not there", {}, ["train", "study.yaml"], /study\.yaml.*does not exist/],
  [
    "an output folder under a file",
    withData(FINE),
    ["train", "data.csv", "--tasks", "label", "--out", "data.csv/run"],
    /data\.csv\/run.*not a folder/,
  ],
  [
    "an output folder that is no run",
    withData(FINE),
    ["train", "data.csv", "--tasks", "label", "--out", "."],
    /not a Kindred run/,
  ],
  [
    "a study file that would be replaced",
    { ...withData(FINE), "study.yaml": "x" },
    ["init", "data.csv"],
    /study\.yaml is already there.*--force/,
  ],
];

const MODELS: readonly Case[] = [
  [
    "a model that is not there",
    withData(FINE),
    ["predict", "runs/none", "data.csv"],
    /runs\/none.*(does not exist|is not there)/,
  ],
  ["a folder that is no run", withData(FINE), ["predict", ".", "data.csv"], /not a complete Kindred run/],
  [
    "a file that is no model",
    { ...withData(FINE), "model.onnx": "not a model" },
    ["predict", "model.onnx", "data.csv"],
    /model\.onnx: the model must be a whole ONNX model/,
  ],
  [
    "an output format that does not exist",
    withData(FINE),
    ["predict", "runs/none", "data.csv", "--format", "xls"],
    /xls.*csv, jsonl, parquet/,
  ],
  ["a run to evaluate that is not there", {}, ["evaluate", "runs/none"], /runs\/none.*does not exist/],
  ["a run to export that is not there", {}, ["export", "runs/none"], /runs\/none.*does not exist/],
];

describe.each([
  ["data", DATA],
  ["options", OPTIONS],
  ["models", MODELS],
] as const)("mistakes in %s", (_, cases) => {
  it.concurrent.each(cases)(
    "%s: one line, exit code 2, nothing left behind",
    async (_what, files, words, says) => {
      const cwd = await enter(files);
      try {
        const { code, out, err } = await kindred(words, { cwd });
        const last = err.trimEnd().split("\n").at(-1)!;
        expect(last).toMatch(/^kindred: /);
        expect(last).toMatch(says);
        expect(err.split("\n").filter((line) => line.startsWith("kindred: "))).toHaveLength(1);
        expect(err).not.toMatch(/^\s+at /m);
        expect(out).toBe("");
        expect(code).toBe(2);
        expect(await everything(cwd)).toEqual(Object.keys(files).sort());
      } finally {
        await leave(cwd);
      }
    },
  );
});
