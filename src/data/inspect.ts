import { ConfigError, DataError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import type { CleaningNote } from "./cleaning.js";
import { type ColumnReading, decimalContext } from "./column-reading.js";
import type { DateOrder } from "./date-reading.js";
import { embeddingNames } from "./embedding-names.js";
import { columnsWithMissing, missingIn, type MissingSpellings } from "./missing.js";
import { type ColumnProfile, profileOf } from "./profile.js";
import type { RawColumn, RawTable } from "./raw-table.js";
import type { Column, ColumnType, Table } from "./table.js";
import { settingFor, type TypeSettings, unmatchedSetting } from "./type-settings.js";
import { typedColumn } from "./typed-column.js";

/** What a user may say about a table's columns. */
export interface InspectOptions {
  /** Column types set by hand; a `*` in a name that no column has stands for any letters. */
  readonly types?: TypeSettings;
  /** Spellings of a missing value beside the empty cell, for all columns or by column. */
  readonly missing?: MissingSpellings;
  /** The decimal mark of all columns of text; found by column when absent. */
  readonly decimal?: "." | ",";
  /** Which of day and month comes first in dates whose values leave that open; found by column when absent. */
  readonly dates?: DateOrder;
  /** How columns are read, where that is known: by a model, for its inputs and targets. */
  readonly readings?: Readonly<Record<string, ColumnReading>>;
}

/** A typed table with what was found out about it. */
export interface InspectedTable extends Table {
  readonly profiles: readonly ColumnProfile[];
  readonly cleaning: readonly CleaningNote[];
  /** How columns of text were read, by name; those that are plain are left out. */
  readonly readings: Readonly<Record<string, ColumnReading>>;
}

/**
 * Decides the type of every column from all its values and reads them.
 *
 * @throws {DataError} for a table of one column, infinite values, and values that a declared type cannot hold; {ConfigError}
 * for a type or missing spellings set for a column that is not there.
 */
export function inspectTable(
  raw: RawTable,
  { types = {}, missing = [], decimal, dates, readings = {} }: InspectOptions = {},
): InspectedTable {
  const names = raw.columns.map(({ name }) => name);
  refuseUnknown(raw, names, unmatchedSetting(names, types), { setting: "types", has: "a type" });
  const spelled = columnsWithMissing(missing).find((name) => !names.includes(name));
  refuseUnknown(raw, names, spelled, { setting: "missing", has: "spellings of a missing value" });
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
  const decimals = decimalContext(raw, missing, {
    ...(decimal && { decimal }),
    ...(dates && { dates }),
  });
  const found: Record<string, ColumnReading> = Object.create(null); // so that a column may be named __proto__
  const columns: Column[] = [];
  const profiles: ColumnProfile[] = [];
  const vectors = embeddingNames(raw.columns);
  for (const rawColumn of raw.columns) {
    const { name } = rawColumn;
    const set = settingFor(name, types);
    const vector = set === undefined ? vectors.get(name) : undefined;
    const declared = vector ? "embedding" : set;
    const reading = Object.hasOwn(readings, name) ? readings[name] : undefined;
    const own = { missing: missingIn(missing, name), declared, reading };
    const typed = typedColumn(rawColumn, { table: raw, cleaning, decimals, ...own });
    if (typed.reading) found[name] = typed.reading;
    const why = vector ? `one of the ${vector.length} numbers of the list "${vector.list}"` : typed.why;
    columns.push(typed.column);
    profiles.push(profileOf(typed.column, why));
  }
  return { source: raw.source, rows: raw.rows, columns, profiles, cleaning, readings: found };
}

/**
 * Reads one column of a table by a type that is known.
 *
 * @throws {DataError} for a value that cannot be read as that type, with its line.
 */
export function columnAs(
  raw: RawTable,
  column: RawColumn,
  type: ColumnType,
  { missing = [], readings = {} }: Pick<InspectOptions, "missing" | "readings">,
): Column {
  const { name } = column;
  return typedColumn(column, {
    table: raw,
    cleaning: [],
    decimals: decimalContext({ ...raw, columns: [column] }, missing),
    missing: missingIn(missing, name),
    declared: type,
    reading: Object.hasOwn(readings, name) ? readings[name] : undefined,
  }).column;
}

function refuseUnknown(
  raw: RawTable,
  names: readonly string[],
  unknown: string | undefined,
  { setting, has }: { readonly setting: string; readonly has: string },
): void {
  if (unknown === undefined) return;
  throw new ConfigError({
    where: raw.source,
    subject: `column "${unknown}"`,
    problem: `has ${has} in the study but is not in the table`,
    fix: didYouMean(unknown, names) ?? `The columns are ${names.slice(0, 20).join(", ")}.`,
    setting: [setting, unknown],
  });
}
