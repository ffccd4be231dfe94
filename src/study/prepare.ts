import { ConfigError, DataError } from "../base/errors.js";
import { seededRandom } from "../base/random.js";
import {
  type CleaningNote,
  type InputEncoding,
  type Column,
  type InspectedTable,
  type RawTable,
  type Table,
  columnOf,
  copiesOf,
  fitInputEncoding,
  inspectTable,
  isNumberColumn,
  splitBalance,
  splitRows,
} from "../data/index.js";
import type { Runtime } from "../runtime/runtime.js";
import { detectTask } from "../tasks/detect.js";
import { fitTarget } from "../tasks/fit-target.js";
import { kindOf } from "../tasks/index.js";
import { chooseClusters } from "../tasks/k-means.js";
import type { Task, Truth } from "../tasks/task-kind.js";
import { type RowSplit, type TrainingData, takeRows } from "../training/training-data.js";
import { atSetting } from "./at-setting.js";
import { ignoredColumn, refuseUnknownColumns } from "./columns.js";
import { encodeRows } from "./encode-rows.js";
import { type StudyOptions, splitColumn } from "./options.js";
import { unevenParts } from "./uneven-parts.js";

/** A task with how its kind was decided. */
export interface PreparedTask {
  readonly name: string;
  readonly kind: Task["coding"]["kind"];
  readonly because: string;
  readonly reference?: string;
}

/** What is known of a study before any model is trained. */
export interface PlannedStudy {
  readonly table: InspectedTable;
  readonly tasks: readonly PreparedTask[];
  readonly split: RowSplit;
  /** Columns used as inputs, before encoding. */
  readonly inputs: readonly string[];
  /** Columns that are no inputs because of what they hold, with the reason. */
  readonly setAside: readonly CleaningNote[];
  readonly warnings: readonly string[];
}

/** Everything the models read. */
export interface PreparedStudy {
  readonly tasks: readonly Task[];
  readonly encoding: InputEncoding;
  readonly data: TrainingData;
  readonly notes: readonly CleaningNote[];
  readonly warnings: readonly string[];
}

/**
 * Decides what each column is for, what kind each task is and which rows train.
 *
 * @throws {ConfigError} for names that are not in the table; {DataError} for targets and tables that cannot be used.
 */
export function planStudy(table: InspectedTable, options: StudyOptions): PlannedStudy {
  const names = table.columns.map(({ name }) => name);
  refuseUnknownColumns(options, names, table.source);
  const tasks = Object.entries(options.tasks).map(([name, asked]): PreparedTask => {
    if (asked.kind === "clustering") {
      return {
        name,
        kind: "clustering",
        because: "set",
        ...(asked.reference !== undefined && { reference: asked.reference }),
      };
    }
    const column = columnOf(table, name);
    const { kind } = asked;
    const detected = atSetting(["tasks", name], () =>
      detectTask(column, { source: table.source, ...(kind !== undefined && { kind }) }),
    );
    return { name, kind: detected.kind, because: detected.because };
  });
  const split = splitFor(table, options, tasks);
  refuseOutputNames(tasks, names, options, table.source);
  const candidates = table.columns.filter(({ name }) => !ignoredColumn(options, name));
  const unread = candidates.filter(({ type }) => type === "identifier" || type === "text");
  const inputs = candidates.filter((column) => !unread.includes(column)).map(({ name }) => name);
  const setAside = unread.map(({ name, type }): CleaningNote => {
    const why = table.profiles.find((profile) => profile.name === name)?.why ?? "";
    const detail =
      type === "identifier"
        ? "an identifier, which tells nothing about new rows"
        : "free text, which is not read";
    return { column: name, action: "set aside", detail: why === "" ? detail : `${detail}: ${why}` };
  });
  const targets = tasks.filter(({ kind }) => kind !== "clustering").map(({ name }) => name);
  const warnings = copiesOf(table, targets, inputs).map(
    ({ input, target, evidence }) =>
      `Input "${input}" gives the target "${target}" away: ${evidence}. The scores of "${target}" say nothing about new rows; add --ignore ${JSON.stringify(input)} unless it is known when you predict.`,
  );
  return { table, tasks, split, inputs, setAside, warnings };
}

/** A saved model has inputs and outputs under these names; no two may be the same, and predictions are properties of rows. */
function refuseOutputNames(
  tasks: readonly PreparedTask[],
  names: readonly string[],
  options: StudyOptions,
  source: string,
): void {
  const taken = new Set(names.filter((name) => !ignoredColumn(options, name)));
  for (const { name, kind } of tasks) {
    if (name === "__proto__") {
      throw new ConfigError({
        where: source,
        subject: `task "${name}"`,
        problem: "has a name that JavaScript keeps for itself",
        fix: "Rename that column.",
      });
    }
    for (const output of kind === "regression" ? [name] : [name, `${name}_probabilities`]) {
      if (taken.has(output)) {
        throw new ConfigError({
          where: source,
          subject: `task "${name}"`,
          problem: `needs an output "${output}" of the saved model, which another task or an input has already`,
          fix: "Rename that column, or ignore it.",
        });
      }
      taken.add(output);
    }
  }
}

function splitFor(table: Table, options: StudyOptions, tasks: readonly PreparedTask[]): RowSplit {
  const { kind, validation, test } = options.split;
  const column = splitColumn(options.split);
  const targets = tasks.filter((task) => task.kind !== "clustering");
  if (kind === "stratified" && targets.length === 0) {
    throw new ConfigError({
      where: "split",
      subject: "a stratified split",
      problem: "needs a task with a target column",
      fix: "Use --split random.",
      setting: ["split", "kind"],
    });
  }
  return splitRows({
    rows: table.rows,
    kind,
    seed: options.seed,
    validation,
    test,
    source: table.source,
    ...(kind === "stratified" && { strata: targets.map(({ name }) => columnOf(table, name)) }),
    ...(column !== undefined && { column: columnOf(table, column) }),
  });
}

/**
 * Decides the types of a study's table: those set by hand, and all others by their values. A column of numbers that looks like
 * an identifier but is to be a regression is numeric.
 *
 * @throws {ConfigError} for names that are not in the table; {DataError} as `inspectTable`.
 */
export function inspectForStudy(raw: RawTable, options: StudyOptions): InspectedTable {
  const names = raw.columns.map(({ name }) => name);
  refuseUnknownColumns(options, names, raw.source);
  const { types, missing } = options;
  const table = inspectTable(raw, { types, missing });
  const amounts = table.columns.filter(
    (column) =>
      options.tasks[column.name]?.kind === "regression" &&
      column.type === "identifier" &&
      holdsNumbers(column),
  );
  if (amounts.length === 0) return table;
  return inspectTable(raw, {
    types: { ...Object.fromEntries(amounts.map(({ name }) => [name, "numeric"])), ...types },
    missing,
  });
}

const holdsNumbers = (column: Column): boolean =>
  !isNumberColumn(column) && column.strings.every((text) => text === null || Number.isFinite(Number(text)));

/** Fits encoders and target codings on training rows and encodes all rows, by the very graph the saved model holds. */
export async function prepareStudy(
  plan: PlannedStudy,
  options: StudyOptions,
  runtime: Runtime,
): Promise<PreparedStudy> {
  const { table, split } = plan;
  const { encoding, notes } = fitInputEncoding(table, plan.inputs, split.train);
  const encoded = await encodeRows(table, encoding, runtime);
  const warnings: string[] = [];
  const tasks: Task[] = [];
  const truths = new Map<string, Truth>();
  for (const planned of plan.tasks) {
    if (planned.kind === "clustering") {
      const coding = clusteringCoding(planned.name, options, {
        encoded,
        width: encoding.width,
        rows: split.train,
      });
      tasks.push({ name: planned.name, coding });
      truths.set(
        planned.name,
        planned.reference === undefined
          ? new Float64Array(table.rows).fill(Number.NaN)
          : kindOf(coding).truth(coding, columnOf(table, planned.reference)),
      );
      continue;
    }
    const column = columnOf(table, planned.name);
    const fitted = fitTarget(column, split.train, planned.kind, { source: table.source });
    warnings.push(...fitted.warnings);
    const truth = kindOf(fitted.coding).truth(fitted.coding, column);
    const classes = fitted.coding.kind === "regression" ? undefined : fitted.coding.classes;
    warnings.push(...unevenParts(planned.name, splitBalance(truth, split, classes?.length), classes ?? []));
    tasks.push({ name: planned.name, coding: fitted.coding });
    truths.set(planned.name, truth);
  }
  return {
    tasks,
    encoding,
    notes,
    warnings,
    data: { rows: table.rows, width: encoding.width, encoded, truths: Object.fromEntries(truths), split },
  };
}

const EMBEDDING_WIDTH = 10; // DEC's width of the space in which clusters live
const MOST_CLUSTERS = 10; // the largest number of clusters tried when it is chosen

function clusteringCoding(
  name: string,
  options: StudyOptions,
  { encoded, width, rows }: { encoded: Float32Array; width: number; rows: Int32Array },
): Extract<Task["coding"], { kind: "clustering" }> {
  const asked = options.tasks[name]!.clusters ?? "auto";
  if (asked !== "auto" && asked >= rows.length) {
    throw new DataError({
      where: `task ${name}`,
      subject: "clusters",
      expected: `fewer than the ${rows.length} training rows`,
      got: String(asked),
    });
  }
  const clusters =
    asked === "auto"
      ? chooseClusters({
          data: takeRows(encoded, width, rows),
          rows: rows.length,
          width,
          min: 2,
          max: Math.min(MOST_CLUSTERS, rows.length - 1),
          random: seededRandom(options.seed, `clusters/${name}`),
        }).clusters
      : asked;
  return { kind: "clustering", clusters, embedding: Math.min(EMBEDDING_WIDTH, width) };
}
