import { type TableData, dataName, rawFromData } from "../data/index.js";
import type { ParetoRecord } from "../run/pareto-record.js";
import { type LoadOptions, checkedOptions } from "./check-options.js";
import { type ParetoHow, paretoStudy } from "./pareto-study.js";
import { inspectForStudy } from "./plan.js";
import type { TaskMap } from "./task-options.js";

/**
 * Traces the Pareto front of two or three tasks: a shared model for each of several preferences, spread evenly.
 *
 * @param source a file, rows as objects or columns by name, as `load` takes them.
 * @param options the study, as `load` takes it; `balance` is one of `fixed`, `stch` and `epo`, by default `fixed`.
 * @throws {ConfigError} for options that do not fit; {DataError} as `load`; an abort rejects with the signal's reason.
 * @example
 * const { points, hypervolume } = await pareto(
 *   "houses.csv",
 *   { tasks: { price: regression(), days: regression() }, balance: "epo" },
 *   { points: 9, seeds: 3 },
 * );
 */
export async function pareto<const T extends TaskMap>(
  source: string | TableData,
  options: LoadOptions<T>,
  how: ParetoHow = {},
): Promise<ParetoRecord> {
  if (typeof source === "string") return paretoStudy(checkedOptions({ ...options, data: source }), how);
  const complete = checkedOptions({ ...options, data: dataName(source) });
  return paretoStudy(complete, how, inspectForStudy(await rawFromData(source), complete));
}
