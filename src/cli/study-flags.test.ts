import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../base/errors.js";
import { DEFAULT_OPTIONS } from "../study/options.js";
import { SETTINGS, defaultAt } from "../study/schema.js";
import { completeStudy } from "../study/schema-complete.js";
import type { PartialStudy } from "../study/schema.js";
import { addStudyFlags, studyFromFlags } from "./study-flags.js";

const parse = (words: readonly string[], file?: PartialStudy): PartialStudy => {
  const command = addStudyFlags(new Command().exitOverride());
  command.parse([...words], { from: "user" });
  return studyFromFlags(command.opts(), "train", file);
};

describe("flags of a study", () => {
  it("set every setting that has one", () => {
    const words =
      "--tasks a,b --ignore c,d --ignore e --type f=category --type g=date --type h=low<mid=<high --category hashing --numbers periodic --frequencies 9 --frequency-scale 0.1 --frequency-width 5 --missing NA,? --decimal , --dates day-first --header no --delimiter tab --charset shift_jis --link a:b --sharing mmoe --sharing-option experts=3 --trunk 64,32 --blocks residual --initializer orthogonal --members 4 --head 16 --tie 0.5 --balance cagrad --balance-option c=0.3 --balance-heads weighted --table-column file --sampling temperature --temperature 3 --split column:part --validation 0.1 --test 0.3 --folds 4 --repeats 2 --duplicates free --stream never --seed 7 --epochs 9 --patience 3 --monitor mean --stopping per-task --batch 32 --optimizer adam --learning-rate 0.01 --weight-decay 0 --warmup 0 --clip 5 --dropout 0 --average 0.9 --refit never";
    expect(completeStudy({ data: "x.csv", ...parse(words.split(" ")) }, "train")).toEqual({
      data: "x.csv",
      tasks: { a: {}, b: {} },
      ignore: ["c", "d", "e"],
      types: { f: "category", g: "date", h: ["low", "mid=", "high"] },
      missing: ["NA", "?"],
      decimal: ",",
      dates: "day-first",
      header: "no",
      delimiter: "tab",
      charset: "shift_jis",
      relations: ["a:b"],
      encoding: {
        category: "hashing",
        normalisation: "standard",
        numbers: "periodic",
        frequencies: 9,
        frequencyScale: 0.1,
        frequencyWidth: 5,
      },
      sharing: {
        architecture: "mmoe",
        options: { experts: 3 },
        trunk: [64, 32],
        blocks: "residual",
        initializer: "orthogonal",
        members: 4,
        head: 16,
        tie: 0.5,
      },
      balance: "cagrad",
      balancing: { options: { c: 0.3 }, heads: "weighted" },
      tableColumn: "file",
      sampling: { policy: "temperature", temperature: 3 },
      split: {
        kind: "column",
        column: "part",
        validation: 0.1,
        test: 0.3,
        folds: 4,
        repeats: 2,
        duplicates: "free",
      },
      budget: {
        epochs: 9,
        patience: 3,
        monitor: "mean",
        stopping: "per-task",
        batch: 32,
        optimizer: "adam",
        learningRate: 0.01,
        weightDecay: 0,
        warmup: 0,
        clip: 5,
        dropout: 0,
        average: 0.9,
        refit: "never",
      },
      stream: "never",
      seed: 7,
    });
  });

  it("show the default of the options, whatever it is, in the help", () => {
    const help = addStudyFlags(new Command()).configureHelp({ helpWidth: 4000 }).helpInformation();
    for (const { flag, path } of SETTINGS) {
      const preset = defaultAt(path);
      if (flag === undefined || (typeof preset !== "number" && typeof preset !== "string")) continue;
      expect(help.split("\n").find((line) => line.includes(`--${flag} `))).toContain(`default: ${preset})`);
    }
  });

  it("have a place in the options for every row of the table but data, tasks and the split's column", () => {
    const without = SETTINGS.filter(({ path }) => defaultAt(path) === undefined).map(({ path }) => path);
    expect(without).toEqual(["data", "tasks", "split.column"]);
    const places = Object.entries(DEFAULT_OPTIONS).flatMap(([key, value]) =>
      key !== "types" && typeof value === "object" && !Array.isArray(value)
        ? Object.keys(value).map((inner) => `${key}.${inner}`)
        : [key],
    );
    expect(
      SETTINGS.map(({ path }) => path)
        .filter((path) => !without.includes(path))
        .sort(),
    ).toEqual(places.sort());
  });

  it("name spellings of missing for all columns or for one, over those of a study file column by column", () => {
    const words = ["--missing", "NA,?", "--missing", "age=-1|999", "--missing", "a,b=."];
    expect(parse(words).missing).toEqual({ "*": ["NA", "?"], age: ["-1", "999"], "a,b": ["."] });
    expect(parse(["--missing", "NA"], { missing: ["-"] }).missing).toEqual(["NA"]);
    expect(parse(["--missing", "age=-1"], { missing: ["-"] }).missing).toEqual({ "*": ["-"], age: ["-1"] });
    expect(parse(["--missing", "age=-1"], { missing: { age: ["9"], x: ["0"] } }).missing).toEqual({
      age: ["-1"],
      x: ["0"],
    });
  });

  it("win over a study file, key by key in groups and types, whole in lists", () => {
    const file: PartialStudy = {
      tasks: { a: {}, b: {} },
      ignore: ["x"],
      types: { y: "date" },
      budget: { epochs: 5, batch: 8 },
      split: { kind: "column", column: "part" },
    };
    expect(parse(["--epochs", "6", "--ignore", "z", "--type", "w=text", "--split", "random"], file)).toEqual({
      tasks: { a: {}, b: {} },
      ignore: ["z"],
      types: { y: "date", w: "text" },
      budget: { epochs: 6, batch: 8 },
      split: { kind: "random" },
    });
  });

  it("name the column of a split after its kind", () => {
    for (const kind of ["group", "time", "column"] as const)
      expect(parse(["--split", `${kind}:a:b`])).toEqual({ split: { kind, column: "a:b" } });
  });

  it("keep a study file's column for the same kind of split only", () => {
    const file: PartialStudy = { split: { kind: "group", column: "person" } };
    expect(parse(["--split", "group"], file).split).toEqual({ kind: "group", column: "person" });
    expect(parse(["--split", "time"], file).split).toEqual({ kind: "time" });
    expect(parse(["--split", "stratified"], file).split).toEqual({ kind: "stratified" });
  });

  it("weigh tasks by numbers from 0 up", () => {
    const given = ["--tasks", "a,b", "--balance", "fixed"];
    expect(parse([...given, "--weight", "a=0.5"])).toMatchObject({ tasks: { a: { weight: 0.5 } } });
    for (const weight of ["a=-1", "a=x", "a="])
      expect(() => parse(["--tasks", "a", "--weight", weight])).toThrow(ConfigError);
    expect(() => parse(["--tasks", "a", "--weight", "c=1"])).toThrow('names "c", which is not a task');
  });

  it.each([
    ["--members", "0"],
    ["--members", "two"],
    ["--epochs", "1.5"],
    ["--epochs", ""],
    ["--validation", "1"],
    ["--dropout", "NaN"],
    ["--balance", "eqal"],
    ["--trunk", "64,"],
    ["--trunk", "64,-1"],
    ["--type", "a=colour"],
    ["--type", "a"],
    ["--split", "column:"],
    ["--split", "group:"],
    ["--split", "random:x"],
    ["--split", "half"],
    ["--weight", "=2"],
  ])("refuse %s %j and name the flag or column", (flag, value) => {
    expect(() => parse([flag, value])).toThrow(ConfigError);
    expect(() => parse([flag, value])).toThrow(/^train: (--|the type of column)/);
  });

  it.each([
    [["--tasks", "a", "--ignore", "a"], "both a task and ignored"],
    [["--tasks", "a", "--split", "column"], "needs the column's name"],
    [
      ["--tasks", "a", "--split", "group"],
      "split by group needs the column's name. Write --split group:NAME",
    ],
    [["--tasks", "a", "--split", "column:a"], "both a task and the column that divides"],
    [["--tasks", "a,b", "--link", "a:c"], '"c" is not a task'],
    [["--tasks", "a,b", "--link", "a"], "parent:child"],
    [["--tasks", "a,b", "--link", "a:b", "--link", "b:a"], "form a cycle: a → b → a"],
    [["--tasks", "a", "--validation", "0.6", "--test", "0.4"], "leaves no row for training"],
    [["--tasks", "a=regression", "--reference", "a=c"], "Only clustering has reference"],
    [["--tasks", "a=clustering:2", "--reference", "a=c", "--ignore", "c"], "both ignored and the reference"],
    [["--tasks", "a,b", "--weight", "b=2"], 'task "b" has a weight, which balance auto does not read'],
    [[], "tasks are missing"],
  ])("are refused together: %j", (words, message) => {
    expect(() => completeStudy({ data: "x.csv", ...parse(words) }, "train")).toThrow(message);
  });
});
