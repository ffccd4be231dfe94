import { ConfigError } from "../base/errors.js";
import { type RawTable, uniteTables } from "../data/index.js";
import { splitColumn, type StudyOptions } from "./options.js";

/** A table read, with the name its rows know it by. */
export interface NamedTable {
  readonly name: string;
  readonly table: RawTable;
}

/**
 * The one table of a study over several: rows one after another, columns united by name. Where the study reads the column of
 * the tables' names, as a task column or for its split, each row has its table's name there.
 *
 * @throws {ConfigError} if a table has a column of that name already, or two tables have one name.
 */
export function joinTables(
  tables: readonly NamedTable[],
  options: Pick<StudyOptions, "tasks" | "split" | "tableColumn">,
): RawTable {
  const { tableColumn: column, tasks, split } = options;
  const isRead = Object.values(tasks).some(({ by }) => by === column) || splitColumn(split) === column;
  const names = tables.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (isRead && twice !== undefined) {
    throw new ConfigError({
      where: "data",
      subject: `two tables`,
      problem: `have one name, "${twice}"`,
      fix: "Give each a name of its own: data: { first: a/x.csv, second: b/x.csv } in a study file.",
      setting: ["data"],
    });
  }
  return uniteTables(
    tables.map(({ table }) => table),
    isRead ? { column, names } : undefined,
  );
}
