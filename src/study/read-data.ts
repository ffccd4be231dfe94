import type { RawTable } from "../data/index.js";
import { readRawTable } from "../data/sources/index.js";
import { isSeveral, namedSources } from "./data-names.js";
import { joinTables } from "./join-tables.js";
import { type StudyOptions, textOptionsOf } from "./options.js";

/**
 * Reads the table of a study, or its several as one.
 *
 * @throws {DataError} for a table that cannot be read; {ConfigError} as `joinTables`.
 */
export async function readData(
  options: Pick<
    StudyOptions,
    "data" | "tasks" | "split" | "tableColumn" | "header" | "delimiter" | "charset"
  >,
): Promise<RawTable> {
  const { data } = options;
  const how = textOptionsOf(options);
  if (!isSeveral(data)) return readRawTable(data, how);
  const tables = [];
  for (const { name, source } of namedSources(data))
    tables.push({ name, table: await readRawTable(source, how) });
  return joinTables(tables, options);
}
