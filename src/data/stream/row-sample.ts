import { DataError } from "../../base/errors.js";
import type { RawColumn, RawTable } from "../raw-table.js";
import { identifier, literal, shortReason, withDatabase } from "../sources/database.js";
import { numberColumn, streamKind } from "./column-sql.js";
import type { ParquetColumn, ParquetFacts } from "./parquet-facts.js";

/**
 * Reads chosen rows of a Parquet file whole, as `readRawTable` would give them.
 *
 * @param rows their numbers, ascending.
 * @param names columns, in the file's order.
 * @throws {DataError} if the file cannot be read.
 */
export async function readRows(
  { path, name: source, columns }: ParquetFacts,
  rows: Int32Array,
  names: readonly string[],
): Promise<RawTable> {
  const chosen = columns.filter(({ name }) => names.includes(name));
  const readers = chosen.map((column) => columnReader(column, rows.length));
  try {
    await withDatabase(path, async (connection) => {
      await connection.run("CREATE TABLE chosen_rows (row_number BIGINT)");
      const appender = await connection.createAppender("chosen_rows");
      for (const row of rows) {
        appender.appendBigInt(BigInt(row));
        appender.endRow();
      }
      appender.closeSync();
      const select = readers.map(({ sql }) => sql).join(", ");
      const result = await connection.stream(
        `SELECT ${select} FROM read_parquet(${literal(path)}, file_row_number = true) WHERE file_row_number IN (SELECT row_number FROM chosen_rows) ORDER BY file_row_number`,
      );
      let at = 0;
      for (
        let chunk = await result.fetchChunk();
        chunk && chunk.rowCount > 0;
        chunk = await result.fetchChunk()
      ) {
        for (const [i, reader] of readers.entries()) reader.take(chunk.getColumnValues(i), at);
        at += chunk.rowCount;
      }
    });
  } catch (cause) {
    const problem = `cannot be read as Parquet: ${shortReason(cause as Error, path)}`;
    throw new DataError(
      { where: source, subject: "the file", problem, fix: "Export the table again." },
      { cause },
    );
  }
  return { source, rows: rows.length, columns: readers.map(({ column }) => column), unit: "row" };
}

/** How a column is fetched, and where its values go. */
interface ColumnReader {
  readonly sql: string;
  readonly column: RawColumn;
  take(values: readonly unknown[], at: number): void;
}

function columnReader(column: ParquetColumn, rows: number): ColumnReader {
  const { name } = column;
  const kind = streamKind(column);
  if (kind === undefined || kind === "text") {
    const cells = Array.from({ length: rows }, (): string | null => null);
    const take = (values: readonly unknown[], at: number): void =>
      values.forEach((value, i) => (cells[at + i] = value === null || value === "" ? null : String(value)));
    return { sql: `CAST(${identifier(name)} AS VARCHAR)`, column: { name, kind: "text", cells }, take };
  }
  const numbers = new Float64Array(rows);
  const take = (values: readonly unknown[], at: number): void =>
    values.forEach((value, i) => (numbers[at + i] = Number(value)));
  return { sql: numberColumn(column, kind).sql, column: { name, kind, numbers }, take };
}
