import { resolve } from "node:path";
import { DataError } from "../../base/errors.js";
import { literal, shortReason, withDatabase } from "../sources/database.js";

/** What a Parquet file says of itself. */
export interface ParquetFacts {
  /** The whole path. */
  readonly path: string;
  /** What messages call the file. */
  readonly name: string;
  readonly rows: number;
  /** Rows of each row group, in order. */
  readonly groups: readonly number[];
  readonly columns: readonly ParquetColumn[];
}

/** A column of a Parquet file. */
export interface ParquetColumn {
  readonly name: string;
  /** The database's type. */
  readonly type: string;
  /** False only where the file says that no value is missing. */
  readonly nullable: boolean;
}

/**
 * Reads a Parquet file's own account of its rows and columns, and none of its rows.
 *
 * @throws {DataError} if it is not a Parquet file, or has no rows.
 */
export async function parquetFacts(source: string): Promise<ParquetFacts> {
  const path = resolve(source);
  return withDatabase(path, async (connection) => {
    try {
      const groups = await connection.runAndReadAll(
        `SELECT any_value(row_group_num_rows)::DOUBLE FROM parquet_metadata(${literal(path)}) GROUP BY row_group_id ORDER BY row_group_id`,
      );
      const described = await connection.runAndReadAll(
        `DESCRIBE SELECT * FROM read_parquet(${literal(path)})`,
      );
      const missing = await connection.runAndReadAll(
        `SELECT path_in_schema, bool_and(coalesce(stats_null_count, -1) = 0) FROM parquet_metadata(${literal(path)}) GROUP BY 1`,
      );
      const full = new Set(
        missing.getRowsJson().flatMap(([column, none]) => (none === true ? [column] : [])),
      );
      const facts = {
        path,
        name: source,
        groups: groups.getRowsJson().map(([rows]) => Number(rows)),
        columns: described.getRowObjectsJson().map((row) => ({
          name: String(row.column_name),
          type: String(row.column_type),
          nullable: !full.has(row.column_name ?? null),
        })),
      };
      const rows = facts.groups.reduce((sum, count) => sum + count, 0);
      if (rows > 0) return { ...facts, rows };
    } catch (cause) {
      const problem = `cannot be read as Parquet: ${shortReason(cause as Error, path)}`;
      throw new DataError(
        { where: source, subject: "the file", problem, fix: "Export the table again." },
        { cause },
      );
    }
    throw new DataError({
      where: source,
      subject: "the table",
      problem: "has no rows",
      fix: "Export it again.",
    });
  });
}
