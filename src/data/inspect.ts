import { ConfigError, DataError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import type { CleaningNote } from "./cleaning.js";
import { checkedNumbers, plainNumbers, readNumbers, textValues, withMissing } from "./column-text.js";
import { decideNumbers, decideText, type TypeDecision } from "./column-type.js";
import { type ColumnProfile, profileOf } from "./profile.js";
import { type RawNumberColumn, type RawTable, type RawTextColumn } from "./raw-table.js";
import { isMissingNumber, writeDate } from "./spellings.js";
import type { Column, ColumnType, NumberColumn, StringColumn, Table } from "./table.js";

/** What a user may say about a table's columns. */
export interface InspectOptions {
  /** Column types set by hand. */
  readonly types?: Readonly<Record<string, ColumnType>>;
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
  for (const rawColumn of raw.columns) {
    const declared = Object.hasOwn(types, rawColumn.name) ? types[rawColumn.name] : undefined;
    const { column, why } =
      rawColumn.kind === "text"
        ? typedText(raw, rawColumn, spellings, declared, cleaning)
        : typedNumbers(raw, rawColumn, spellings, declared, cleaning);
    columns.push(column);
    profiles.push(profileOf(column, why));
  }
  return { source: raw.source, rows: raw.rows, columns, profiles, cleaning };
}

/** A column with a type, and why. */
interface Typed {
  readonly column: Column;
  readonly why: string;
}

function typedText(
  table: RawTable,
  raw: RawTextColumn,
  missing: ReadonlySet<string>,
  declared: ColumnType | undefined,
  cleaning: CleaningNote[],
): Typed {
  const plain = declared ? undefined : plainNumbers(raw, missing);
  if (plain)
    return typedNumbers(
      table,
      { name: raw.name, kind: "number", numbers: plain },
      missing,
      declared,
      cleaning,
    );
  const values = textValues(table, raw, missing, cleaning);
  const decision: TypeDecision = declared ? declaredDecision(declared) : decideText(values, cleaning);
  const { type, why, isMissing } = decision;
  const kept = isMissing ? withMissing(values, isMissing, cleaning) : values;
  const column: Column = isNumberType(type)
    ? { name: raw.name, type, numbers: readNumbers(kept, type) }
    : { name: raw.name, type, strings: kept.cells };
  return { column, why };
}

function typedNumbers(
  table: RawTable,
  raw: RawNumberColumn,
  missing: ReadonlySet<string>,
  declared: ColumnType | undefined,
  cleaning: CleaningNote[],
): Typed {
  const numbers = checkedNumbers(table, raw, missing, cleaning);
  const { type, why } = declared
    ? declaredDecision(declared)
    : raw.kind === "number"
      ? decideNumbers(raw.name, numbers)
      : { type: raw.kind, why: "" };
  const column: Column = isNumberType(type)
    ? { name: raw.name, type, numbers }
    : { name: raw.name, type, strings: numbersAsText({ ...raw, numbers }) };
  return { column, why };
}

function declaredDecision(type: ColumnType): TypeDecision {
  const why = "set by the study";
  return isNumberType(type) ? { type, why, isMissing: isMissingNumber } : { type, why };
}

/** Values of a number column as the strings a category holds; missing is null. */
export function numbersAsText(raw: RawNumberColumn): (string | null)[] {
  const write: Record<RawNumberColumn["kind"], (x: number) => string> = {
    number: String,
    boolean: (x) => (x === 0 ? "false" : "true"),
    date: writeDate,
  };
  return Array.from(raw.numbers, (x) => (Number.isNaN(x) ? null : write[raw.kind](x)));
}

/** True for types whose columns hold numbers. */
export const isNumberType = (type: ColumnType): type is NumberColumn["type"] =>
  !(["category", "identifier", "text"] satisfies StringColumn["type"][] as string[]).includes(type);

function refuseUnknownTypes(raw: RawTable, types: Readonly<Record<string, ColumnType>>): void {
  const names = raw.columns.map(({ name }) => name);
  const unknown = Object.keys(types).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new ConfigError({
    where: raw.source,
    subject: `column "${unknown}"`,
    problem: "has a type in the study but is not in the table",
    fix: didYouMean(unknown, names) ?? `The columns are ${names.slice(0, 20).join(", ")}.`,
    setting: ["types", unknown],
  });
}
