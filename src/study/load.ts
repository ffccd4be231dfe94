import { type TableData, dataName, rawFromData } from "../data/index.js";
import { readRawTable } from "../data/sources/index.js";
import { type LoadOptions, checkedOptions } from "./check-options.js";
import type { StudyHooks } from "./events.js";
import { joinTables } from "./join-tables.js";
import { textOptionsOf } from "./options.js";
import { inspectForStudy } from "./plan.js";
import { type Study, openStudy, studyOf } from "./study.js";
import { type ListedTable, type TableList, listedNames, listedTables, rawFromListed } from "./table-list.js";
import type { TaskMap } from "./task-options.js";

/**
 * Loads a table and plans a study over it.
 *
 * @param source a file (CSV, TSV, Parquet, JSON, JSON Lines), rows as objects (an array, a generator, a cursor or stream read
 * asynchronously), or columns by name (arrays and typed arrays of equal length); or several tables, as a list of files and lists
 * of rows, or a map from name to file or list of rows, whose rows come one after another.
 * @throws {DataError} if the table or a target cannot be used; {ConfigError} for options that are out of range
 * or name what is not there.
 * @example
 * const study = await load("students.csv", { tasks: { G3: regression(), passed: classification() } });
 * const model = await study.train();
 * const [first] = await model.predict([{ age: 17, school: "GP" }]);
 */
export async function load<const T extends TaskMap>(
  source: string | TableData | TableList,
  options: LoadOptions<T>,
  hooks: StudyHooks = {},
): Promise<Study<T>> {
  const listed = typeof source === "string" ? undefined : listedTables(source);
  if (listed) return loadListed<T>(listed, options, hooks);
  const data = typeof source === "string" ? source : dataName(source as TableData);
  const complete = checkedOptions({ ...options, data });
  if (typeof source === "string") return openStudy<T>(complete, hooks);
  return studyOf<T>(inspectForStudy(await rawFromData(source as TableData), complete), complete, hooks);
}

async function loadListed<T extends TaskMap>(
  listed: readonly ListedTable[],
  options: LoadOptions<T>,
  hooks: StudyHooks,
): Promise<Study<T>> {
  const complete = checkedOptions({ ...options, data: listedNames(listed) });
  const tables = [];
  for (const { name, given } of listed) {
    const table =
      typeof given === "string"
        ? await readRawTable(given, textOptionsOf(complete))
        : await rawFromListed(given, name);
    tables.push({ name, table });
  }
  return studyOf<T>(inspectForStudy(joinTables(tables, complete), complete), complete, hooks);
}
