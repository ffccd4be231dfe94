import { ConfigError } from "../base/errors.js";
import {
  type CleaningNote,
  type Column,
  type InspectedTable,
  type RawTable,
  type Table,
  type Finding,
  type Fold,
  type SplitRequest,
  columnOf,
  inspectTable,
  isNumberColumn,
  splitRows,
} from "../data/index.js";
import type { StreamedTable } from "../data/streamed-table.js";
import type { RowSplit } from "../training/training-data.js";
import { checkMethods } from "./check-methods.js";
import { ignoredColumn, refuseUnknownColumns } from "./columns.js";
import { type StudyOptions, inspectOptionsOf, splitColumn } from "./options.js";
import { equalRows } from "./equal-rows.js";
import { foldsOfRows } from "./plan-folds.js";
import { type PreparedTask, learnableTasks, planTasks, targetColumn, taskless } from "./plan-tasks.js";
import { findingLine, studyFindings } from "./study-findings.js";

export type { PreparedTask };

/** What is known of a study before any model is trained. */
export interface PlannedStudy {
  readonly table: InspectedTable;
  readonly tasks: readonly PreparedTask[];
  readonly split: RowSplit;
  /** The divisions of a cross-validation, where one is asked for; `split` is then that of the saved model, without test rows. */
  readonly folds?: readonly Fold[];
  /** Columns used as inputs, before encoding. */
  readonly inputs: readonly string[];
  /** Columns that are no inputs because of what they hold, with the reason. */
  readonly setAside: readonly CleaningNote[];
  /** What was found in the data, the gravest first. */
  readonly findings: readonly Finding[];
  /** The serious findings, one a line. */
  readonly warnings: readonly string[];
  /** Where training rows come from when the table does not fit in memory; `table` then holds some of its rows. */
  readonly streamed?: StreamedTable;
}

/** A table of which only some rows are in memory, and what part each of these is of. */
export interface StreamedPlan {
  readonly source: StreamedTable;
  readonly split: RowSplit;
}

/**
 * Decides what each column is for, what kind each task is and which rows train.
 *
 * @throws {ConfigError} for names that are not in the table; {DataError} for targets and tables that cannot be used.
 */
export function planStudy(
  table: InspectedTable,
  options: StudyOptions,
  streamed?: StreamedPlan,
): PlannedStudy {
  const names = table.columns.map(({ name }) => name);
  refuseUnknownColumns(options, names, table.source);
  checkMethods(options, table.source);
  const asked = planTasks(table, options);
  const candidates = table.columns.filter(({ name }) => !ignoredColumn(options, name));
  const unread = candidates.filter(({ type }) => type === "identifier");
  const inputs = candidates.filter((column) => !unread.includes(column)).map(({ name }) => name);
  const equal = equalRows({ table, tasks: asked, inputs }, options);
  const together = streamed ? undefined : equal.together;
  const { split, folds } = streamed ? { split: streamed.split } : partsFor(table, options, asked, together);
  const { tasks, warnings: left } = learnableTasks(table, asked, split);
  refuseOutputNames(tasks, names, options, table.source);
  const setAside = unread.map(({ name }): CleaningNote => {
    const why = table.profiles.find((profile) => profile.name === name)?.why ?? "";
    const detail = "an identifier, which tells nothing about new rows";
    return { column: name, action: "set aside", detail: why === "" ? detail : `${detail}: ${why}` };
  });
  const findings = studyFindings({ table, tasks, inputs, split, equal: { ...equal, together } }, options);
  const serious = findings.filter(({ severity }) => severity === "serious").map(findingLine);
  const warnings = [...serious, ...taskless(table, asked), ...left];
  const source = streamed && { streamed: streamed.source };
  return { table, tasks, split, ...(folds && { folds }), inputs, setAside, findings, warnings, ...source };
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

function partsFor(
  table: Table,
  options: StudyOptions,
  tasks: readonly PreparedTask[],
  together: Int32Array | undefined,
): Pick<PlannedStudy, "split" | "folds"> {
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
  const request: SplitRequest = {
    rows: table.rows,
    kind,
    seed: options.seed,
    validation,
    test,
    source: table.source,
    ...(kind === "stratified" && { strata: targets.map((task) => targetColumn(table, task)) }),
    ...(column !== undefined && { column: columnOf(table, column) }),
    ...(together && { together }),
  };
  return foldsOfRows(request, options.split) ?? { split: splitRows(request) };
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
  const how = inspectOptionsOf(options);
  const table = inspectTable(raw, how);
  const amounts = table.columns.filter(
    (column) =>
      options.tasks[column.name]?.kind === "regression" &&
      column.type === "identifier" &&
      holdsNumbers(column),
  );
  if (amounts.length === 0) return table;
  return inspectTable(raw, {
    ...how,
    types: { ...Object.fromEntries(amounts.map(({ name }) => [name, "numeric"])), ...options.types },
  });
}

const holdsNumbers = (column: Column): boolean =>
  !isNumberColumn(column) && column.strings.every((text) => text === null || Number.isFinite(Number(text)));
