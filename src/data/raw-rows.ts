import { DataError } from "../base/errors.js";
import { inspectTable, type InspectedTable, type InspectOptions } from "./inspect.js";
import type { RawColumn, RawTable } from "./raw-table.js";

/** One row of a table as an object: strings, numbers, booleans, dates; null, undefined and NaN are missing. */
export type Row = Readonly<Record<string, unknown>>;

const DAY_MS = 86_400_000;

/**
 * Typed table from an array of objects, with the same inference as a file.
 *
 * @throws {DataError} as `inspectTable`, and for values that are objects.
 */
export function tableFromRows(
  rows: readonly Row[],
  options: InspectOptions & { readonly source?: string } = {},
): InspectedTable {
  return inspectTable(rawFromRows(rows, options.source), options);
}

/**
 * Raw table from an array of objects. Columns are all keys, in order of appearance.
 *
 * @param only the columns whose values are read; others are there by name alone, without a cell. All when absent.
 * @throws {DataError} for no rows, rows that are no objects, and values that are objects.
 */
export function rawFromRows(rows: readonly Row[], source = "rows", only?: ReadonlySet<string>): RawTable {
  if (rows.length === 0) throw new DataError({ where: source, subject: "the table", problem: "has no rows" });
  const names = new Set<string>();
  rows.forEach((row, i) => {
    if (typeof row !== "object" || row === null || Array.isArray(row)) {
      throw new DataError({
        where: `${source} row ${i + 1}`,
        subject: "the row",
        expected: "an object with one property for each column",
        got: Array.isArray(row) ? "an array" : String(row),
      });
    }
    for (const name of Object.keys(row)) names.add(name);
  });
  return {
    source,
    rows: rows.length,
    unit: "row",
    columns: [...names].map((name) => {
      const values = only?.has(name) === false ? [] : rows.map((row) => row[name]);
      return rawColumn(name, values, source);
    }),
  };
}

function rawColumn(name: string, values: readonly unknown[], source: string): RawColumn {
  const kinds = new Set<Kind>();
  values.forEach((value, i) => {
    const kind = kindOf(value);
    if (kind === "other") {
      throw new DataError({
        where: `${source} row ${i + 1}`,
        subject: `column "${name}"`,
        expected: "a string, number, boolean or date",
        got: Array.isArray(value) ? "an array" : typeof value === "object" ? "an object" : typeof value,
        fix: "Flatten nested values into columns of their own.",
      });
    }
    if (kind !== "missing") kinds.add(kind);
  });
  const [kind] = kinds;
  if (kinds.size === 1 && kind !== "text" && kind !== undefined) {
    return {
      name,
      kind: kind as "number" | "boolean" | "date",
      numbers: Float64Array.from(values, toNumber),
    };
  }
  return { name, kind: "text", cells: values.map(toText) };
}

type Kind = "missing" | "number" | "boolean" | "date" | "text" | "other";

function kindOf(value: unknown): Kind {
  if (value === null || value === undefined || Number.isNaN(value)) return "missing";
  if (typeof value === "number" || typeof value === "bigint") return "number";
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "string") return "text";
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "missing" : "date";
  return "other";
}

function toNumber(value: unknown): number {
  if (kindOf(value) === "missing") return Number.NaN;
  return value instanceof Date ? value.getTime() / DAY_MS : Number(value);
}

function toText(value: unknown): string | null {
  if (kindOf(value) === "missing" || value === "") return null;
  return value instanceof Date ? value.toISOString() : String(value);
}
