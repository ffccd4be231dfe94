import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRawTable } from "../src/data/sources/index.js";
import { scoreModel } from "../src/evaluation/score-model.js";
import { type Row, load } from "../src/index.js";
import { nodeRuntime } from "../src/runtime/node.js";
import { sharedBudget, trainRowsOf } from "../src/study/budget-of.js";
import { evaluateFile } from "../src/study/commands.js";
import { predictFile } from "../src/study/predict-file.js";
import { fitOptionsOf, specOf, withPlainest } from "../src/study/fit-plan.js";
import { inspectForStudy, planStudy } from "../src/study/plan.js";
import { prepareStudy } from "../src/study/prepare.js";
import { readData } from "../src/study/read-data.js";
import { withDefaults } from "../src/study/schema-complete.js";
import type { StudyOptions } from "../src/study/options.js";
import { fit } from "../src/training/fit.js";

const school = join(process.env["KINDRED_DATA"] ?? "", "school", "data.csv");
const schoolAbsent = !process.env["KINDRED_DATA"] || !existsSync(school);

/** Rows of four tasks over two inputs, in the long layout; one has few rows, one a single label. */
function longRows(): Row[] {
  return Array.from({ length: 240 }, (_, i): Row => {
    const [x, z] = [Math.sin(i * 12.9898), Math.sin(i * 78.233)];
    const site = i < 4 ? "d" : i < 24 ? "c10" : i < 120 ? "c2" : "b";
    const y = site === "d" ? 1 : site === "b" ? 2 * x - z : site === "c2" ? x + z : 3 * x;
    return { x, z, site, y: Math.round(y * 100) / 100, w: Math.round(x * z * 100) / 100 };
  });
}

const LONG = { tasks: { y: { by: "site" }, w: {} } } as const;
const QUICK = { budget: { epochs: 3 }, sharing: { trunk: [8], members: 1 } } as const;

/** A table as comma-separated text. */
function csv(rows: readonly Row[]): string {
  const names = Object.keys(rows[0]!);
  const lines = rows.map((row) => names.map((name) => row[name] ?? "").join(","));
  return `${[names.join(","), ...lines].join("\n")}\n`;
}

let home = "";
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "kindred-layouts-"));
});
afterAll(() => rm(home, { recursive: true }));

describe("a long table", () => {
  it("becomes one task for each value of its task column, in natural order, beside wide ones", async () => {
    const study = await load(longRows(), { ...LONG, ...QUICK });
    expect(study.tasks.map(({ name }) => name)).toEqual(["y[b]", "y[c2]", "y[c10]", "w"]);
    expect(study.warnings).toEqual([
      'Left out 1 of the 4 tasks of "y", whose training rows hold no label or one only: "y[d]".',
    ]);
    const model = await study.train();
    expect(model.inputs.map(({ name }) => name)).toEqual(["x", "z"]);
    const { record } = model;
    expect(record.data.columns.map(({ name, role }) => [name, role])).toEqual([
      ["x", "input"],
      ["z", "input"],
      ["site", "task column"],
      ["y", "target"],
      ["w", "target"],
    ]);
    for (const { part, labelled } of record.tasks.slice(0, 3)) {
      const own = longRows().filter(({ site }) => site === part!.value).length;
      expect(labelled.train + labelled.validation + labelled.test).toBe(own);
    }
    await model.close();
  });

  it("trains a task that is absent from most batches", async () => {
    const study = await load(longRows(), {
      ...LONG,
      sharing: QUICK.sharing,
      budget: { epochs: 5, batch: 8 },
    });
    const model = await study.train();
    const { sampling, multi } = model.record.training;
    expect(sampling!.tasks["y[c10]"]!.labelled).toBeLessThan(multi.steps / multi.epochs.length);
    for (const { train } of multi.epochs) expect(Number.isFinite(train["y[c10]"])).toBe(true);
    await model.close();
  });

  it("is predicted by each row's own task where the task column is there, and by all where not", async () => {
    const model = await (
      await load(longRows(), { ...LONG, ...QUICK })
    ).train({
      folder: join(home, "run"),
    });
    const bare = { x: 0.3, z: -0.2 };
    const [all] = await model.predict([bare]);
    expect(Object.keys(all!)).toEqual(["y[b]", "y[c2]", "y[c10]", "w"]);
    const own = await model.predict([{ ...bare, site: "c2" }, { ...bare, site: "new" }, bare]);
    expect(own).toEqual([
      { w: all!.w, y: all!["y[c2]"] },
      { w: all!.w, y: null },
      { w: all!.w, y: null },
    ]);
    const table = join(home, "new.csv");
    const out = join(home, "out.csv");
    await writeFile(table, csv(["b", "c10", "new"].map((site) => ({ ...bare, site }))));
    await predictFile({ model: join(home, "run"), source: table, output: out, format: "csv" });
    const columns = (await readRawTable(out)).columns.map(({ name, ...rest }) => [
      name,
      "cells" in rest ? rest.cells.map((cell) => (cell === null ? null : Number(cell))) : [...rest.numbers],
    ]);
    expect(Object.fromEntries(columns)).toEqual({
      y: [all!["y[b]"], all!["y[c10]"], null],
      w: [all!.w, all!.w, all!.w],
    });
    await writeFile(table, csv(longRows()));
    const scores = await evaluateFile({ model: join(home, "run"), source: table });
    expect(Object.keys(scores)).toEqual(["w", "y", "y[b]", "y[c2]", "y[c10]"]);
    const error = ["y[b]", "y[c2]", "y[c10]"].map((name) => scores[name]!["rmse"]! ** 2);
    const counts = ["b", "c2", "c10"].map((site) => longRows().filter((row) => row["site"] === site).length);
    const squares = counts.reduce((sum, count, t) => sum + count * error[t]!, 0);
    expect(scores["y"]!["rmse"]! ** 2).toBeCloseTo(squares / counts.reduce((a, b) => a + b, 0), 6);
    await model.close();
  });

  it("gives the classes of the whole target to every task, and leaves out one that has a single class", async () => {
    const rows = longRows().map((row) => ({
      ...row,
      y: row["site"] === "c10" ? "no" : Number(row["y"]) > 0 ? "yes" : "no",
    }));
    const model = await (await load(rows, { tasks: { y: { by: "site" } }, ...QUICK })).train();
    expect(model.record.tasks.map(({ name, classes }) => [name, classes])).toEqual([
      ["y[b]", ["no", "yes"]],
      ["y[c2]", ["no", "yes"]],
    ]);
    await model.close();
  });
});

/** Test predictions of the shared model, by task, with small models. */
async function predictions(given: Partial<StudyOptions> & Pick<StudyOptions, "data" | "tasks">): Promise<{
  names: string[];
  values: Float64Array[];
}> {
  const options = withPlainest(
    withDefaults({
      ...given,
      sharing: { ...withDefaults(given).sharing, trunk: [8], members: 1 },
      budget: { ...withDefaults(given).budget, epochs: 1, refit: "never" },
    }),
  );
  const plan = planStudy(inspectForStudy(await readData(options), options), options);
  const runtime = await nodeRuntime({ workers: 1 });
  try {
    const prepared = await prepareStudy(plan, options, runtime);
    const budget = sharedBudget(options, trainRowsOf(prepared));
    const spec = specOf(options, plan.tasks, prepared, budget);
    const fitted = await fit(spec, prepared.data, fitOptionsOf(options, plan.tasks, budget), runtime);
    const scored = await scoreModel(fitted, prepared.data, plan.split.test, runtime);
    return {
      names: scored.map(({ task }) => task.name),
      values: scored.map(({ prediction }) => (prediction as { values: Float64Array }).values),
    };
  } finally {
    await runtime.close();
  }
}

/** The schools as one long table, as one table for each and as one wide table, of the first so many schools. */
async function schoolLayouts(folder: string, most = Infinity) {
  const [header, ...lines] = (await readFile(school, "utf8")).trim().split("\n");
  const names = header!.split(",");
  const cells = lines.map((line) => line.split(","));
  const at = { school: names.indexOf("school"), score: names.indexOf("exam_score") };
  const ids = [...new Set(cells.map((row) => row[at.school]!))]
    .sort((a, b) => Number(a) - Number(b))
    .slice(0, most);
  const sorted = ids.flatMap((id) => cells.filter((row) => row[at.school] === id));
  const inputs = names.flatMap((name, c) =>
    c === at.school || c === at.score || name === "bias" ? [] : [c],
  );
  const write = async (name: string, head: string[], rows: string[][]): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, `${[head, ...rows].map((row) => row.join(",")).join("\n")}\n`);
    return path;
  };
  const of = (row: string[]): string[] => inputs.map((c) => row[c]!);
  const heads = inputs.map((c) => names[c]!);
  const long = await write(
    "long.csv",
    [...heads, "school", "exam_score"],
    sorted.map((row) => [...of(row), row[at.school]!, row[at.score]!]),
  );
  const files: Record<string, string> = {};
  for (const id of ids) {
    const own = sorted.filter((row) => row[at.school] === id);
    files[id] = await write(
      `${id}.csv`,
      [...heads, "exam_score"],
      own.map((row) => [...of(row), row[at.score]!]),
    );
  }
  const wide = await write(
    "wide.csv",
    [...heads, ...ids.map((id) => `exam_score[${id}]`)],
    sorted.map((row) => [...of(row), ...ids.map((id) => (row[at.school] === id ? row[at.score]! : ""))]),
  );
  return { ids, long, files, wide };
}

const reason = schoolAbsent ? " (skipped: no school under KINDRED_DATA)" : "";

describe.skipIf(schoolAbsent)(`schools${reason}`, () => {
  it("give the same bytes, all 139, as one long table, as one table a school and as one wide table", async () => {
    const { ids, long, files, wide } = await schoolLayouts(home);
    const fromLong = await predictions({ data: long, tasks: { exam_score: { by: "school" } } });
    const fromFiles = await predictions({ data: files, tasks: { exam_score: { by: "table" } } });
    const fromWide = await predictions({
      data: wide,
      tasks: Object.fromEntries(ids.map((id) => [`exam_score[${id}]`, { kind: "regression" as const }])),
    });
    expect(fromLong.names).toHaveLength(139);
    expect(fromLong.names).toEqual(ids.map((id) => `exam_score[${id}]`));
    expect(new Set(fromLong.values.map((values) => values[0])).size).toBeGreaterThan(100);
    expect(fromFiles).toEqual(fromLong);
    expect(fromWide).toEqual(fromLong);
  }, 240_000);

  it("give the same predictions of raw rows by the saved models of all three layouts", async () => {
    const folder = await mkdtemp(join(home, "twelve-"));
    const { ids, long, files, wide } = await schoolLayouts(folder, 12);
    const layouts = {
      long: [long, { exam_score: { by: "school" } }],
      files: [files, { exam_score: { by: "table" } }],
      wide: [
        wide,
        Object.fromEntries(ids.map((id) => [`exam_score[${id}]`, { kind: "regression" as const }])),
      ],
    } as const;
    const predicted: Record<string, Record<string, readonly (number | null)[]>> = {};
    const rows = (await readFile(long, "utf8")).trim().split("\n");
    const school = rows.slice(1).map((row) => row.split(",").at(-2)!);
    const byTable = join(folder, "by-table.csv");
    await writeFile(byTable, `${[rows[0]!.replace("school,", "table,"), ...rows.slice(1)].join("\n")}\n`);
    const raw = { long, files: byTable, wide };
    for (const layout of ["long", "files", "wide"] as const) {
      const [data, tasks] = layouts[layout];
      const run = join(folder, layout);
      const study = await load(data, { tasks, budget: { epochs: 2 }, sharing: QUICK.sharing });
      await (await study.train({ folder: run })).close();
      const out = join(folder, `${layout}.parquet`);
      await predictFile({
        model: join(run, "model.onnx"),
        source: raw[layout],
        output: out,
        format: "parquet",
      });
      const columns = (await readRawTable(out)).columns.map(({ name, ...rest }) => [
        name,
        "numbers" in rest ? [...rest.numbers] : [],
      ]);
      predicted[layout] = Object.fromEntries(columns) as Record<string, number[]>;
    }
    expect(Object.keys(predicted["long"]!)).toEqual(["exam_score"]);
    expect(Object.keys(predicted["files"]!)).toEqual(["exam_score"]);
    expect(Object.keys(predicted["wide"]!)).toEqual(ids.map((id) => `exam_score[${id}]`));
    school.forEach((id, row) => {
      const own = predicted["long"]!["exam_score"]![row]!;
      expect(Number.isFinite(own)).toBe(true);
      for (const other of [predicted["files"]!["exam_score"]!, predicted["wide"]![`exam_score[${id}]`]!])
        expect(Math.abs(other[row]! - own)).toBeLessThanOrEqual(1e-6 * Math.abs(own));
    });
  }, 240_000);
});
