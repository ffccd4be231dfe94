import { type TableData, dataName, rawFromData } from "../data/index.js";
import type { ComparisonRecord } from "../run/comparison-record.js";
import { type LoadOptions, checkedOptions } from "./check-options.js";
import { type CompareHow, compareStudy } from "./compare-study.js";
import { inspectForStudy } from "./plan.js";
import type { TaskMap } from "./task-options.js";

/**
 * Compares ways to train one study: every variant with every seed, ranked.
 *
 * @param source a file, rows as objects or columns by name, as `load` takes them.
 * @param options the study that the variants are laid over, as `load` takes them.
 * @throws {ConfigError} for options that do not fit each other; {DataError} as `load`; an abort rejects with the signal's reason.
 * @example
 * const { variants } = await compare(
 *   "students.csv",
 *   { tasks: { G3: regression(), passed: classification() } },
 *   {
 *     variants: [
 *       { name: "equal", settings: { balance: "equal" } },
 *       { name: "pcgrad", settings: { balance: "pcgrad" } },
 *     ],
 *     seeds: 10,
 *   },
 * );
 */
export async function compare<const T extends TaskMap>(
  source: string | TableData,
  options: LoadOptions<T>,
  how: CompareHow,
): Promise<ComparisonRecord> {
  if (typeof source === "string") return compareStudy(checkedOptions({ ...options, data: source }), how);
  const complete = checkedOptions({ ...options, data: dataName(source) });
  return compareStudy(complete, how, inspectForStudy(await rawFromData(source), complete));
}
