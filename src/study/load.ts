import { type Row, rawFromRows } from "../data/index.js";
import { checkOptions } from "./check-options.js";
import { DEFAULT_OPTIONS, type StudyOptions } from "./options.js";
import { inspectForStudy } from "./prepare.js";
import { type Study, type StudyHooks, openStudy, studyOf } from "./study.js";
import type { TaskMap } from "./task-options.js";

/** Options of `load`: the tasks, and of everything else only what differs from the defaults. */
export type LoadOptions<T extends TaskMap> = { readonly tasks: T } & {
  readonly [K in keyof Omit<StudyOptions, "data" | "tasks">]?: StudyOptions[K] extends
    | readonly unknown[]
    | string
    | number
    ? StudyOptions[K]
    : Partial<StudyOptions[K]>;
};

/**
 * Loads a table and plans a study over it.
 *
 * @param source a file (CSV, TSV, Parquet, JSON, JSON Lines) or rows as objects.
 * @throws {DataError} if the table or a target cannot be used; {ConfigError} for options that are out of range
 * or name what is not there.
 * @example
 * const study = await load("students.csv", { tasks: { G3: regression(), passed: classification() } });
 * const model = await study.train();
 * const [first] = await model.predict([{ age: 17, school: "GP" }]);
 */
export async function load<const T extends TaskMap>(
  source: string | readonly Row[],
  options: LoadOptions<T>,
  hooks: StudyHooks = {},
): Promise<Study<T>> {
  const complete = completeOptions(typeof source === "string" ? source : "rows", options);
  checkOptions(complete);
  if (typeof source === "string") return openStudy<T>(complete, hooks);
  return studyOf<T>(inspectForStudy(rawFromRows(source), complete), complete, hooks);
}

/** Fills options up with the defaults. */
export function completeOptions<T extends TaskMap>(data: string, options: LoadOptions<T>): StudyOptions {
  return {
    ...DEFAULT_OPTIONS,
    ...options,
    data,
    sharing: { ...DEFAULT_OPTIONS.sharing, ...options.sharing },
    split: { ...DEFAULT_OPTIONS.split, ...options.split },
    budget: { ...DEFAULT_OPTIONS.budget, ...options.budget },
    types: { ...DEFAULT_OPTIONS.types, ...(options.types as StudyOptions["types"]) },
  };
}
