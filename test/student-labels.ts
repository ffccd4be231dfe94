import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { seededRandom } from "../src/base/random.js";
import { columnOf, type Row, tableFromRows } from "../src/data/index.js";
import { readRawTable } from "../src/data/sources/index.js";
import { scoreModel } from "../src/evaluation/score-model.js";
import { classification, regression } from "../src/index.js";
import type { Runtime } from "../src/runtime/runtime.js";
import type { BudgetOptions } from "../src/study/options.js";
import { type PlannedStudy, planStudy } from "../src/study/plan.js";
import { withDefaults } from "../src/study/schema-complete.js";
import { type TrainedPlan, trainPlan } from "../src/study/train-plan.js";
import { kindOf } from "../src/tasks/index.js";
import type { TaskCoding, Truth } from "../src/tasks/task-kind.js";
import type { Fitted } from "../src/training/fitted.js";

const FILE = resolve(process.env["KINDRED_DATA"] ?? "../shared/data", "student_performance", "data.csv");

/** Whether the table of students is missing. */
export const studentsAbsent = !existsSync(FILE);

/** What the table of students is asked for. */
export const STUDENT_TASKS = {
  G1: regression(),
  G2: regression(),
  G3: regression(),
  passed: classification(),
  romantic: classification(),
  Walc: classification(),
} as const;

/** Its tasks by name. */
export const STUDENT_NAMES = Object.keys(STUDENT_TASKS) as readonly (keyof typeof STUDENT_TASKS)[];

/** The students as written, a cell without text as null. */
export async function readStudents(): Promise<Row[]> {
  const { rows, columns } = await readRawTable(FILE);
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(
      columns.map((column) => [
        column.name,
        column.kind === "text" ? column.cells[row] : column.numbers[row],
      ]),
    ),
  );
}

/**
 * Takes labels away at random, each with probability `share` in [0, 1], for every task by itself. What is taken at a share is
 * taken at every larger share too.
 */
export function withoutLabels(
  rows: readonly Row[],
  tasks: readonly string[],
  share: number,
  seed: number,
): Row[] {
  const streams = tasks.map((name) => ({ name, random: seededRandom(seed, `labels/${name}`) }));
  return rows.map((row) => {
    const taken = streams.filter(({ random }) => random.uniform() < share);
    return { ...row, ...Object.fromEntries(taken.map(({ name }) => [name, null])) };
  });
}

/** A study of students, trained. */
export interface TrainedStudents extends TrainedPlan {
  readonly plan: PlannedStudy;
}

/** Trains small models on the students. */
export async function trainStudents(
  rows: readonly Row[],
  runtime: Runtime,
  { seed, budget }: { readonly seed: number; readonly budget: Partial<BudgetOptions> },
): Promise<TrainedStudents> {
  const options = withDefaults({
    data: "students",
    tasks: STUDENT_TASKS,
    ignore: ["Dalc"], // nearly repeats Walc
    sharing: { members: 4, trunk: [64] },
    budget,
    seed,
  });
  const plan = planStudy(tableFromRows(rows), options);
  const place = { runtime, host: { node: "none", platform: "none" }, name: "students" };
  return { plan, ...(await trainPlan(plan, options, place, {})) };
}

/**
 * What predictions of test rows are worth beside the best constant of the training labels, by task, judged by all labels there
 * are: 1 − SSE / SST about the training mean, or 1 − log loss / log loss of the training shares. 0 is the constant's, 1 is
 * perfect.
 */
export async function skills(
  { prepared }: TrainedStudents,
  fitted: Fitted,
  complete: readonly Row[],
  runtime: Runtime,
): Promise<Record<string, number>> {
  const table = tableFromRows(complete);
  const truths = Object.fromEntries(
    prepared.tasks.map(({ name, coding }) => [name, kindOf(coding).truth(coding, columnOf(table, name))]),
  );
  const { data } = prepared;
  const scored = await scoreModel(fitted, { ...data, truths }, data.split.test, runtime);
  return Object.fromEntries(
    scored.map(({ task: { name, coding }, truth, metrics }) => [
      name,
      1 -
        (coding.kind === "regression" ? metrics["rmse"]! ** 2 : metrics["log-loss"]!) /
          ofConstant(coding, truth),
    ]),
  );
}

/** Mean squared error of the training mean, or log loss of the training shares. */
function ofConstant(coding: TaskCoding, truth: Truth): number {
  const known = truth.filter((label) => !Number.isNaN(label));
  const mean = (loss: (label: number) => number): number =>
    known.reduce((sum, label) => sum + loss(label) / known.length, 0);
  if (coding.kind === "regression") return mean((label) => (label - coding.mean) ** 2);
  if (coding.kind === "clustering") throw new TypeError("clusters have no labels");
  return mean((label) => -Math.log(coding.priors[label]!));
}
