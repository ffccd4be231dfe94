import { ConfigError } from "../base/errors.js";
import { type CleaningNote, counted } from "./cleaning.js";
import { numbersAsText } from "./typed-column.js";
import type { RawColumn, RawNumberColumn, RawTable } from "./raw-table.js";

/** How the united table tells which table a row is from. */
export interface NamedTables {
  /** The column that holds the name of each row's table. */
  readonly column: string;
  /** A name for each table, in order. */
  readonly names: readonly string[];
}

/**
 * Puts tables one after another: their rows in order, their columns united by name in order of appearance. A column that a
 * table does not have is missing in its rows. A column that is text in one table and numbers in another is text, its numbers
 * as they are written; so is a column of numbers here and booleans or dates there. A column without any value takes the kind
 * of the others.
 *
 * Messages about a row go on to name the table it is from, and its line there.
 *
 * @param tables at least one; a single one is given back as it is, unless its rows are named.
 * @param named adds a column of the tables' names, the last one.
 * @throws {ConfigError} if a table has a column of that name already.
 */
export function uniteTables(tables: readonly RawTable[], named?: NamedTables): RawTable {
  const [first] = tables;
  if (first === undefined) throw new RangeError("no table to unite");
  if (named) refuseClash(tables, named.column);
  if (tables.length === 1 && named === undefined) return first;
  const names = [...new Set(tables.flatMap(({ columns }) => columns.map(({ name }) => name)))];
  const source = sourceOf(tables);
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const columns = names.map((name) => united(name, tables, rows));
  const units = new Set(tables.map(({ unit }) => unit));
  const unnamed = [...new Set(tables.flatMap((table) => table.unnamed ?? []))];
  const delimiters = new Set(tables.map(({ delimiter }) => delimiter));
  return {
    source,
    rows,
    columns: named ? [...columns, nameColumn(tables, named)] : columns,
    unit: units.size === 1 ? first.unit : "row",
    parts: partsOf(tables),
    ...(unnamed.length > 0 && { unnamed }),
    ...(delimiters.size === 1 && first.delimiter !== undefined && { delimiter: first.delimiter }),
    notes: [...tables.flatMap(notesOf), ...absences(names, tables)],
  };
}

/** A table's notes; those about the whole of it name it. */
const notesOf = ({ source, notes = [] }: RawTable): readonly CleaningNote[] =>
  notes.map((note) => (note.column === "" ? { ...note, detail: `${source}: ${note.detail}` } : note));

const MOST_NAMED = 3; // tables named one by one

/** `a.csv and b.csv`, or `12 tables, a.csv to l.csv`. */
function sourceOf(tables: readonly RawTable[]): string {
  const sources = tables.map(({ source }) => source);
  if (sources.length === 1) return sources[0]!;
  if (sources.length > MOST_NAMED) return `${sources.length} tables, ${sources[0]!} to ${sources.at(-1)!}`;
  return `${sources.slice(0, -1).join(", ")} and ${sources.at(-1)!}`;
}

function partsOf(tables: readonly RawTable[]): NonNullable<RawTable["parts"]> {
  let from = 0;
  return tables.flatMap((table) => {
    const at = from;
    from += table.rows;
    if (table.parts) return table.parts.map((part) => ({ ...part, from: at + part.from }));
    const { source, rows, unit, lines } = table;
    return [{ source, rows, unit, from: at, ...(lines && { lines }) }];
  });
}

function united(name: string, tables: readonly RawTable[], rows: number): RawColumn {
  const found = tables.map(({ columns }) => columns.find((column) => column.name === name));
  const kinds = new Set(found.flatMap((column) => (column && hasValues(column) ? [column.kind] : [])));
  const [kind = "text"] = kinds;
  if (kinds.size > 1 || kind === "text") return { name, kind: "text", cells: unitedCells(found, tables) };
  const numbers = new Float64Array(rows).fill(Number.NaN);
  let at = 0;
  for (const [t, column] of found.entries()) {
    if (column && column.kind !== "text") numbers.set(column.numbers, at);
    at += tables[t]!.rows;
  }
  return { name, kind, numbers };
}

const hasValues = (column: RawColumn): boolean =>
  column.kind === "text"
    ? column.cells.some((cell) => cell !== null)
    : column.numbers.some((x) => !Number.isNaN(x));

function unitedCells(
  found: readonly (RawColumn | undefined)[],
  tables: readonly RawTable[],
): (string | null)[] {
  return found.flatMap((column, t): readonly (string | null)[] => {
    if (column === undefined) return Array.from({ length: tables[t]!.rows }, () => null);
    return column.kind === "text" ? column.cells : numbersAsText(column satisfies RawNumberColumn);
  });
}

function nameColumn(tables: readonly RawTable[], { column, names }: NamedTables): RawColumn {
  const cells = tables.flatMap(({ rows }, t) => Array.from({ length: rows }, () => names[t]!));
  return { name: column, kind: "text", cells };
}

/** A note for each column that some tables do not have. */
function absences(names: readonly string[], tables: readonly RawTable[]): CleaningNote[] {
  return names.flatMap((column): CleaningNote[] => {
    const lacking = tables.filter(({ columns }) => columns.every(({ name }) => name !== column));
    if (lacking.length === 0) return [];
    const rows = lacking.reduce((sum, table) => sum + table.rows, 0);
    const where =
      lacking.length > MOST_NAMED
        ? `${lacking.length} of ${tables.length} tables`
        : lacking.map(({ source }) => source).join(", ");
    return [{ column, action: "absent", detail: `not in ${where}: missing in ${counted(rows, "row")}` }];
  });
}

function refuseClash(tables: readonly RawTable[], column: string): void {
  const clash = tables.find(({ columns }) => columns.some(({ name }) => name === column));
  if (clash === undefined) return;
  throw new ConfigError({
    where: clash.source,
    subject: `column "${column}"`,
    problem: "has the name under which the tables' names are kept",
    fix: "Keep them under another: set tableColumn (--table-column).",
    setting: ["tableColumn"],
  });
}
