import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { Model, RowPrediction, Study, TaskMap, TrainedModel } from "../src/index.js";
import { classification, clustering, load, openModel, regression } from "../src/index.js";

// The compiler is the judge of what is expected here: in `npm run check`, and below in the tests of this file itself.

/** Calls of the library as a user writes them; only their types are looked at. */
const written = {
  study: () =>
    load("penguins.csv", {
      tasks: {
        body_mass_g: regression(),
        sex: classification<"male" | "female">(),
        species: classification(),
        groups: clustering({ clusters: 3 }),
      },
      budget: { epochs: 20 },
    }),
  rows: () => load([{ x: 1, y: 2 }], { tasks: { y: regression() } }),
  opened: () => openModel<{ y: ReturnType<typeof regression> }>("runs/demo"),
  untold: () => openModel("runs/demo"),
};

type Tasks = Awaited<ReturnType<typeof written.study>> extends Study<infer T> ? T : never;
type Row = RowPrediction<Tasks>;

describe("the type of a prediction", () => {
  it("has the tasks' names and no other", () => {
    expectTypeOf<keyof Row>().toEqualTypeOf<"body_mass_g" | "sex" | "species" | "groups">();
    // @ts-expect-error a task that was not asked for is not predicted
    expectTypeOf<Row["bodymass"]>();
  });

  it("is a number for a regression", () => {
    expectTypeOf<Row["body_mass_g"]>().toEqualTypeOf<number>();
    // @ts-expect-error a number has no label
    expectTypeOf<Row["body_mass_g"]["label"]>();
  });

  it("is one of the told labels with a probability for each, for a classification", () => {
    expectTypeOf<Row["sex"]["label"]>().toEqualTypeOf<"male" | "female">();
    expectTypeOf<Row["sex"]["probabilities"]>().toEqualTypeOf<Readonly<Record<"male" | "female", number>>>();
    expectTypeOf<Row["sex"]["probabilities"]["male"]>().toEqualTypeOf<number>();
    // @ts-expect-error a label that was not told has no probability
    expectTypeOf<Row["sex"]["probabilities"]["males"]>();
    // @ts-expect-error a classification has no cluster
    expectTypeOf<Row["sex"]["cluster"]>();
  });

  it("is text where no labels were told", () => {
    expectTypeOf<Row["species"]["label"]>().toEqualTypeOf<string>();
    expectTypeOf<Row["species"]["probabilities"]>().toEqualTypeOf<Readonly<Record<string, number>>>();
  });

  it("is a cluster's number with a probability for each, for a clustering", () => {
    expectTypeOf<Row["groups"]["cluster"]>().toEqualTypeOf<number>();
    expectTypeOf<Row["groups"]["probabilities"]>().toEqualTypeOf<readonly number[]>();
    // @ts-expect-error a clustering has no label
    expectTypeOf<Row["groups"]["label"]>();
  });

  it("follows the tasks through load, train and predict", () => {
    type Loaded = Awaited<ReturnType<typeof written.study>>;
    type Trained = Awaited<ReturnType<Loaded["train"]>>;
    expectTypeOf<Trained>().toEqualTypeOf<TrainedModel<Tasks>>();
    expectTypeOf<Awaited<ReturnType<Trained["predict"]>>>().toEqualTypeOf<Row[]>();

    type OfRows = Awaited<ReturnType<Awaited<ReturnType<typeof written.rows>>["train"]>>;
    type FromRows = Awaited<ReturnType<OfRows["predict"]>>[number];
    expectTypeOf<keyof FromRows>().toEqualTypeOf<"y">();
    expectTypeOf<FromRows["y"]>().toEqualTypeOf<number>();
  });

  it("of an opened model is what the caller says it is, else all that a task may give", () => {
    type Opened = Awaited<ReturnType<typeof written.opened>>;
    type Told = Awaited<ReturnType<Opened["predict"]>>[number];
    expectTypeOf<Told["y"]>().toEqualTypeOf<number>();

    type Untold = Awaited<ReturnType<typeof written.untold>>;
    expectTypeOf<Untold>().toEqualTypeOf<Model<TaskMap>>();
    type Anything = Awaited<ReturnType<Untold["predict"]>>[number];
    expectTypeOf<number>().toExtend<Anything[string]>();
    expectTypeOf<Anything[string]>().not.toEqualTypeOf<number>();
    expectTypeOf<Anything[string]>().not.toBeAny();
  });
});

describe("the options of load", () => {
  it("take what a study has and nothing else", () => {
    const wrong = {
      // @ts-expect-error there is no such setting
      setting: () => load("a.csv", { tasks: { y: regression() }, epochs: 3 }),
      // @ts-expect-error there is no such balancer
      balance: () => load("a.csv", { tasks: { y: regression() }, balance: "even" }),
      // @ts-expect-error a seed is a number
      seed: () => load("a.csv", { tasks: { y: regression() }, seed: "7" }),
      // @ts-expect-error a reference belongs to a clustering by its name
      clusters: () => load("a.csv", { tasks: { y: clustering({ reference: 3 }) } }),
      // @ts-expect-error tasks are not optional
      nothing: () => load("a.csv", {}),
    };
    expectTypeOf(wrong).toBeObject();
  });
});

/** Messages of the compiler about this file, with the text of one source file changed. */
function complaints(change?: {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}): string[] {
  const here = fileURLToPath(import.meta.url);
  const config = fileURLToPath(new URL("../tsconfig.json", import.meta.url));
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(config, ts.sys.readFile).config,
    ts.sys,
    dirname(config),
  );
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, language) => {
    if (change === undefined || !name.endsWith(change.file)) return getSourceFile(name, language);
    const text = readFileSync(name, "utf8");
    if (!text.includes(change.from)) throw new Error(`${change.file} does not hold ${change.from}`);
    return ts.createSourceFile(name, text.replace(change.from, change.to), language);
  };
  const program = ts.createProgram([here], options, host);
  return program
    .getSemanticDiagnostics(program.getSourceFile(here))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
}

describe("the compiler", () => {
  it("agrees with every line of this file", () => {
    expect(complaints()).toEqual([]);
  });

  it.each([
    { from: "readonly label: L;", to: "readonly label: string;" },
    { from: "? number\n", to: "? unknown\n" },
    { from: "readonly cluster: number;", to: "readonly cluster: any;" },
  ])("would find out if a prediction had $to", ({ from, to }) => {
    expect(complaints({ file: "src/study/task-options.ts", from, to })).not.toEqual([]);
  });
});
