/**
 * Trains Kindred on real tables with the splits of the floors measured there, and compares every target with the linear floor
 * and the boosted trees of the same split.
 *
 * Usage: npx tsx bench/floors.ts [SET …] [--seed N] [--OPTION=VALUE …]   (KINDRED_DATA names the folder of the sets)
 * Options of a study may be overridden for all sets as JSON: --options '{"sharing":{"members":1}}'.
 * The metric is that of the floors: RRMSE (lower), ROC AUC (higher) or accuracy (higher) on test rows.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { nowMs } from "../src/base/clock.js";
import { type Row, isNumberColumn } from "../src/data/index.js";
import { readTable } from "../src/data/sources/index.js";
import { load } from "../src/study/load.js";
import type { TaskOptions } from "../src/study/options.js";

const SETS = [
  "student_performance",
  "penguins",
  "german_credit",
  "ames_housing",
  "mulan_enb",
  "mulan_jura",
  "adult",
];
/** Targets where not all of a set's are taken. */
const TARGETS: Readonly<Record<string, readonly string[]>> = {
  student_performance: ["G3", "passed", "romantic", "Walc"],
};
const SPLIT = "kindred split";

interface Manifest {
  readonly targets: readonly { readonly name: string; readonly type: string }[];
  readonly idColumns?: readonly string[];
  readonly ignoreColumns?: readonly string[];
}

interface Floor {
  readonly metric: string;
  readonly linear: number;
  readonly trees: number;
}

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string", default: "0" },
    options: { type: "string", default: "{}" },
    validation: { type: "boolean", default: false },
  },
});
const folder = process.env["KINDRED_DATA"] ?? "../shared/data";
let [reached, total] = [0, 0];
for (const set of positionals.length > 0 ? positionals : SETS) {
  const started = nowMs();
  const floors = readFloors(set);
  const rows = await rowsWithSplit(set);
  const manifest = JSON.parse(readFileSync(join(folder, set, "tasks.json"), "utf8")) as Manifest;
  const wanted = TARGETS[set] ?? manifest.targets.map(({ name }) => name);
  const tasks = Object.fromEntries(
    manifest.targets
      .filter(({ name }) => wanted.includes(name))
      .map(({ name, type }): [string, TaskOptions] => [
        name,
        { kind: type === "regression" ? "regression" : "classification" },
      ]),
  );
  const ignore = [
    ...manifest.targets.map(({ name }) => name).filter((name) => !wanted.includes(name)),
    ...(manifest.ignoreColumns ?? []),
    ...(manifest.idColumns ?? []).filter((name) => name !== "split"),
  ];
  const options = JSON.parse(flags.options) as Record<string, never>;
  const study = await load(rows, {
    tasks,
    ignore,
    split: { kind: "column", column: SPLIT },
    seed: Number(flags.seed),
    ...options,
  });
  const model = await study.train();
  const seconds = (nowMs() - started) / 1000;
  const { evaluation, training } = model.record;
  console.log(
    `\n${set}: ${seconds.toFixed(1)} s, best epoch ${training.multi.bestEpoch} of ${training.multi.epochs.length}, Δm ${evaluation.deltaM.percent.toFixed(1)} %`,
  );
  if (flags.validation) {
    const best = training.multi.epochs[training.multi.bestEpoch - 1]!;
    console.log(`  validation losses ${JSON.stringify(best.validation)}`);
  }
  for (const { task, multi, single, verdict } of evaluation.tasks) {
    const floor = floors[task]!;
    const value = (scores: Readonly<Record<string, number | null>>): number =>
      floor.metric === "RRMSE"
        ? scores["rmse"]! / meanError(rows, task)
        : scores[floor.metric === "AUC" ? "roc-auc" : "accuracy"]!;
    const [ours, alone] = [value(multi), value(single)];
    const good = floor.metric === "RRMSE" ? round(ours) <= floor.linear : round(ours) >= floor.linear;
    total += 1;
    reached += good ? 1 : 0;
    console.log(
      `  ${good ? "ok " : "LOW"} ${task.padEnd(18)} ${floor.metric.padEnd(8)} together ${ours.toFixed(3)}  alone ${alone.toFixed(3)}  linear ${floor.linear.toFixed(3)}  trees ${floor.trees.toFixed(3)}  ${verdict}`,
    );
  }
  await model.close();
}
console.log(`\n${reached} of ${total} targets at or above the linear floor`);

function round(x: number): number {
  return Math.round(x * 1000) / 1000;
}

/** Root mean squared error on test rows of predicting the mean of all other labelled rows. */
function meanError(rows: readonly Row[], task: string): number {
  const of = (part: "train" | "test"): number[] =>
    rows.filter((row) => row[SPLIT] === part && row[task] !== null).map((row) => row[task] as number);
  const [train, test] = [of("train"), of("test")];
  const mean = train.reduce((sum, y) => sum + y, 0) / train.length;
  return Math.sqrt(test.reduce((sum, y) => sum + (y - mean) ** 2, 0) / test.length);
}

async function rowsWithSplit(set: string): Promise<Row[]> {
  const table = await readTable(join(folder, set, "data.csv"));
  const official = table.columns.find(({ name }) => name === "split");
  return Array.from({ length: table.rows }, (_, i) => {
    const cells = table.columns
      .filter((column) => column !== official)
      .map((column): [string, unknown] => {
        if (!isNumberColumn(column)) return [column.name, column.strings[i]];
        return [column.name, Number.isNaN(column.numbers[i]) ? null : column.numbers[i]];
      });
    const hashed = (Math.imul(i, 2654435761) >>> 0) / 4294967296 < 0.2 ? "test" : "train";
    return Object.fromEntries([
      ...cells,
      [SPLIT, official && !isNumberColumn(official) ? official.strings[i] : hashed],
    ]);
  });
}

function readFloors(set: string): Record<string, Floor> {
  const text = readFileSync(join(folder, "BASELINES.md"), "utf8");
  const section = text.split(/^## /m).find((part) => part.startsWith(`${set}\n`))!;
  const lines = section.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| target"));
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, , metric, , linear, trees] = line.split("|").map((cell) => cell.trim());
      return [name!, { metric: metric!, linear: Number(linear), trees: Number(trees) }];
    }),
  );
}
