import { ConfigError, DataError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import type { CleaningNote } from "./cleaning.js";
import { embeddingNames } from "./embedding-names.js";
import { type ColumnProfile, profileOf } from "./profile.js";
import type { RawTable } from "./raw-table.js";
import type { Column, Table } from "./table.js";
import { settingFor, type TypeSettings, unmatchedSetting } from "./type-settings.js";
import { typedColumn } from "./typed-column.js";

/** What a user may say about a table's columns. */
export interface InspectOptions {
  /** Column types set by hand; a `*` in a name that no column has stands for any letters. */
  readonly types?: TypeSettings;
  /** Spellings of a missing value beside the empty cell. */
  readonly missing?: readonly string[];
}

/** A typed table with what was found out about it. */
export interface InspectedTable extends Table {
  readonly profiles: readonly ColumnProfile[];
  readonly cleaning: readonly CleaningNote[];
}

/**
 * Decides the type of every column from all its values and reads them.
 *
 * @throws {DataError} for a table of one column, infinite values, decimal commas, and values that a declared type cannot
 * hold; {ConfigError} for a type set for a column that is not there.
 */
export function inspectTable(
  raw: RawTable,
  { types = {}, missing = [] }: InspectOptions = {},
): InspectedTable {
  refuseUnknownTypes(raw, types);
  if (raw.columns.length < 2) {
    throw new DataError({
      where: raw.source,
      subject: "the table",
      problem: `has one column, "${raw.columns[0]?.name ?? ""}", where inputs and tasks need at least two`,
      fix: "Check that its cells are divided by commas, semicolons, tabs or bars.",
    });
  }
  const cleaning: CleaningNote[] = (raw.unnamed ?? []).map((column) => ({
    column,
    action: "named",
    detail: "had no name in the header",
  }));
  cleaning.push(...(raw.notes ?? []));
  const spellings = new Set(missing);
  const columns: Column[] = [];
  const profiles: ColumnProfile[] = [];
  const vectors = embeddingNames(raw.columns);
  for (const rawColumn of raw.columns) {
    const { name } = rawColumn;
    const set = settingFor(name, types);
    const vector = set === undefined ? vectors.get(name) : undefined;
    const declared = vector ? "embedding" : set;
    const typed = typedColumn(rawColumn, { table: raw, missing: spellings, declared, cleaning });
    const why = vector ? `one of the ${vector.length} numbers of the list "${vector.list}"` : typed.why;
    columns.push(typed.column);
    profiles.push(profileOf(typed.column, why));
  }
  return { source: raw.source, rows: raw.rows, columns, profiles, cleaning };
}

function refuseUnknownTypes(raw: RawTable, types: TypeSettings): void {
  const names = raw.columns.map(({ name }) => name);
  const unknown = unmatchedSetting(names, types);
  if (unknown === undefined) return;
  throw new ConfigError({
    where: raw.source,
    subject: `column "${unknown}"`,
    problem: "has a type in the study but is not in the table",
    fix: didYouMean(unknown, names) ?? `The columns are ${names.slice(0, 20).join(", ")}.`,
    setting: ["types", unknown],
  });
}
