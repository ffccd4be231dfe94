import { type TableData, dataName, rawFromData } from "../data/index.js";
import { type LoadOptions, checkedOptions } from "./check-options.js";
import type { StudyHooks } from "./events.js";
import { inspectForStudy } from "./plan.js";
import { type Study, openStudy, studyOf } from "./study.js";
import type { TaskMap } from "./task-options.js";

/**
 * Loads a table and plans a study over it.
 *
 * @param source a file (CSV, TSV, Parquet, JSON, JSON Lines), rows as objects (an array, a generator, a cursor or stream read
 * asynchronously), or columns by name (arrays and typed arrays of equal length).
 * @throws {DataError} if the table or a target cannot be used; {ConfigError} for options that are out of range
 * or name what is not there.
 * @example
 * const study = await load("students.csv", { tasks: { G3: regression(), passed: classification() } });
 * const model = await study.train();
 * const [first] = await model.predict([{ age: 17, school: "GP" }]);
 */
export async function load<const T extends TaskMap>(
  source: string | TableData,
  options: LoadOptions<T>,
  hooks: StudyHooks = {},
): Promise<Study<T>> {
  const complete = checkedOptions({
    ...options,
    data: typeof source === "string" ? source : dataName(source),
  });
  if (typeof source === "string") return openStudy<T>(complete, hooks);
  return studyOf<T>(inspectForStudy(await rawFromData(source), complete), complete, hooks);
}
