import { DataError } from "../../base/errors.js";
import { identifier, literal, shortReason, withDatabase } from "../sources/database.js";
import type { ParquetColumn, ParquetFacts } from "./parquet-facts.js";

/** How a column of a file becomes a column of numbers: values as such, or the place of each in a list of levels. */
export interface StreamColumn {
  readonly name: string;
  /** As a `RawColumn` of the whole table would have it. */
  readonly kind: "number" | "boolean" | "date" | "text";
  /** An SQL expression of type DOUBLE, NaN where missing. */
  readonly sql: string;
  /** For text: what the numbers stand for, in ascending order. */
  readonly levels?: readonly string[];
  /** What makes the type that `sql` reads with. */
  readonly setup?: string;
}

const NUMBERS = /^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\))$/;
const STRINGS = /^(?:VARCHAR|UUID|TIME|ENUM\(.*\))$/;

/** What a file's column is before its type is decided; undefined for nested and unknown types. */
export function streamKind({ type }: ParquetColumn): StreamColumn["kind"] | undefined {
  if (NUMBERS.test(type)) return "number";
  if (type === "BOOLEAN") return "boolean";
  if (/^(?:DATE|TIMESTAMP.*)$/.test(type)) return "date";
  return STRINGS.test(type) ? "text" : undefined;
}

const MISSING = "'nan'::DOUBLE";
const MOST_LISTED = 64; // levels that are searched one after another

/** Numbers, booleans as 0 and 1, dates as days since 1970-01-01. */
export function numberColumn(column: ParquetColumn, kind: "number" | "boolean" | "date"): StreamColumn {
  const { name, type, nullable } = column;
  const value = identifier(name);
  const sql = {
    number: type === "DOUBLE" ? value : `CAST(${value} AS DOUBLE)`,
    boolean: `CAST(CAST(${value} AS INTEGER) AS DOUBLE)`,
    date: `epoch(${value}) / 86400`,
  }[kind];
  return { name, kind, sql: nullable ? `coalesce(${sql}, ${MISSING})` : sql };
}

/** A value as text: numbers in double precision, written the shortest way. */
function levelText(column: ParquetColumn): string {
  const kind = streamKind(column);
  if (kind === undefined || kind === "text") return `CAST(${identifier(column.name)} AS VARCHAR)`;
  return `CAST(${numberColumn({ ...column, nullable: false }, kind).sql} AS VARCHAR)`;
}

/** Values as the places of what `levelText` writes in `levels`. */
export function levelColumn(column: ParquetColumn, levels: readonly string[], index: number): StreamColumn {
  const { name } = column;
  const kind = streamKind(column) ?? "text";
  if (levels.length === 0) return { name, kind, sql: MISSING, levels };
  if (kind === "text" && levels.length <= MOST_LISTED) {
    // looked up once for each text of a page's dictionary, where an ENUM is made anew for every row
    const place = `list_position([${levels.map(literal).join(", ")}], ${levelText(column)}) - 1`;
    return { name, kind, sql: `coalesce(CAST(${place} AS DOUBLE), ${MISSING})`, levels };
  }
  const type = `levels_${index}`;
  const code = `enum_code(TRY_CAST(${levelText(column)} AS ${type}))`;
  return {
    name,
    kind,
    sql: `coalesce(CAST(${code} AS DOUBLE), ${MISSING})`,
    levels,
    setup: `CREATE TYPE ${type} AS ENUM (${levels.map(literal).join(", ")})`,
  };
}

/**
 * How chosen columns of a file are streamed. Levels of text columns are read from all rows.
 *
 * @param asLevels number columns of which levels are wanted too.
 * @param mostLevels text columns with more distinct values are left out, and named in `tooMany`.
 * @throws {DataError} if the file cannot be read.
 */
export async function streamColumns(
  { path, name: source, columns }: ParquetFacts,
  names: readonly string[],
  mostLevels: number,
  asLevels: readonly string[] = [],
): Promise<{ readonly columns: readonly StreamColumn[]; readonly tooMany: readonly string[] }> {
  const found: StreamColumn[] = [];
  const tooMany: string[] = [];
  await withDatabase(path, async (connection) => {
    for (const [index, column] of columns.entries()) {
      const kind = streamKind(column);
      if (kind === undefined || !names.includes(column.name)) continue;
      if (kind !== "text" && !asLevels.includes(column.name)) {
        found.push(numberColumn(column, kind));
        continue;
      }
      const text = levelText(column);
      const sql = `SELECT DISTINCT ${text} FROM read_parquet(${literal(path)}) WHERE ${text} IS NOT NULL LIMIT ${mostLevels + 1}`;
      try {
        const read = await connection.runAndReadAll(sql);
        const levels = read
          .getRowsJson()
          .map(([level]) => String(level))
          .sort();
        if (levels.length > mostLevels) tooMany.push(column.name);
        else found.push(levelColumn(column, levels, index));
      } catch (cause) {
        const problem = `cannot be read as Parquet: ${shortReason(cause as Error, path)}`;
        const fix = "Export the table again.";
        throw new DataError({ where: source, subject: "the file", problem, fix }, { cause });
      }
    }
  });
  return { columns: found, tooMany };
}
