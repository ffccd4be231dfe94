import { DataError } from "../../base/errors.js";
import type { RawColumn } from "../raw-table.js";
import { fetchedText, identifier } from "./database.js";

/** How one column of a relation is fetched. */
export interface Field {
  /** The column's name in the database. */
  readonly own: string;
  /** Its name in the table. */
  readonly name: string;
  /** `list` for arrays of numbers, of which the lengths are fetched first. */
  readonly kind: RawColumn["kind"] | "list";
  readonly sql: string;
}

const NUMBER = String.raw`(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\([\d, ]+\))`;
const NUMBERS = new RegExp(`^${NUMBER}$`);
const LISTS = new RegExp(String.raw`^(?:${NUMBER}|BOOLEAN)\[\d*\]$`);
const DATES = /^(?:DATE|TIMESTAMP.*)$/;
const TEXTS = /^(?:VARCHAR|UUID|TIME|TIME WITH TIME ZONE|ENUM\(.*\)|"NULL"|NULL)$/s;

/**
 * How the columns of a relation are fetched.
 *
 * @param own their names in the database; `names` those in the table.
 * @throws {DataError} that names all columns which are neither strings, numbers, booleans, dates nor arrays of numbers.
 */
export function fieldsOf(
  own: readonly string[],
  names: readonly string[],
  types: readonly string[],
  source: string,
): Field[] {
  const fields = own.map((column, i) => field(column, names[i]!, types[i]!));
  const refused = fields.flatMap((found, i) => (found === undefined ? [i] : []));
  const [first] = refused;
  if (first === undefined) return fields.filter((found) => found !== undefined);
  const type = types[first]!;
  throw new DataError({
    where: source,
    subject: `${refused.length === 1 ? "column" : "columns"} ${refused.map((i) => `"${names[i]!}"`).join(", ")}`,
    expected: "strings, numbers, booleans, dates or arrays of numbers",
    got: type.length > 60 ? `${type.slice(0, 59)}…` : type,
    fix: /^(?:STRUCT|MAP|UNION|JSON|.*\[\d*\]$)/s.test(type)
      ? "Flatten nested values into columns of their own."
      : "Convert or leave out the column.",
  });
}

function field(own: string, name: string, type: string): Field | undefined {
  const column = identifier(own);
  const as = (kind: Field["kind"], sql: string): Field => ({ own, name, kind, sql });
  if (NUMBERS.test(type)) return as("number", `CAST(${column} AS DOUBLE)`);
  if (type === "BOOLEAN") return as("boolean", `CAST(CAST(${column} AS INTEGER) AS DOUBLE)`);
  if (DATES.test(type)) return as("date", `epoch(${column}) / 86400`);
  if (LISTS.test(type)) return as("list", `CAST(len(${column}) AS DOUBLE)`);
  if (type === "JSON") return as("text", fetchedText(`(${column} ->> '$')`));
  return TEXTS.test(type) ? as("text", fetchedText(`CAST(${column} AS VARCHAR)`)) : undefined;
}
