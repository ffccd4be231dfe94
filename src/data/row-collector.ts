import { DataError } from "../base/errors.js";
import { type Growing, emptyColumn, finishedColumns, pushValue } from "./growing-column.js";
import { listBase } from "./number-lists.js";
import type { RawTable } from "./raw-table.js";

/** Takes rows one by one and makes a table of them. */
export interface RowCollector {
  /** @throws {DataError} for a row that is no object and a value that no column can hold, with the row's number. */
  add(row: unknown): void;
  /** @throws {DataError} for an array of numbers whose columns would have the name of another column. */
  table(): RawTable;
}

/**
 * Collects rows into columns. A row is read and let go.
 *
 * @param only the columns whose values are read; others are there by name alone, without a cell. All when absent.
 */
export function rowCollector(source: string, only?: ReadonlySet<string>): RowCollector {
  const columns = new Map<string, Growing>();
  const wanted = only && new Set([...only].flatMap((name) => [name, listBase(name) ?? name]));
  let rows = 0;
  return {
    add(row) {
      try {
        if (!isRow(row)) throw noObject(row, `${source} row ${rows + 1}`);
        for (const name of Object.keys(row)) {
          let column = columns.get(name);
          if (!column) columns.set(name, (column = emptyColumn(name, wanted?.has(name) !== false)));
          if (column.read) pushValue(column, row[name], rows, source);
        }
      } catch (cause) {
        throw cause instanceof DataError ? cause : unreadable(`${source} row ${rows + 1}`, cause);
      }
      rows += 1;
    },
    table: () => ({
      source,
      rows,
      unit: "row",
      columns: finishedColumns([...columns.values()], rows, source),
    }),
  };
}

const isRow = (row: unknown): row is Readonly<Record<string, unknown>> =>
  typeof row === "object" && row !== null && !Array.isArray(row);

/** The error for an object whose own code fails when it is looked at: a getter, a proxy. */
function unreadable(where: string, cause: unknown): DataError {
  const problem = `cannot be read: ${cause instanceof Error ? cause.message : "it throws"}`;
  return new DataError(
    { where, subject: "the row", problem, fix: "Give plain objects with plain values." },
    { cause },
  );
}

function noObject(row: unknown, where: string): DataError {
  return new DataError({
    where,
    subject: "the row",
    expected: "an object with one property for each column",
    got: Array.isArray(row)
      ? "an array"
      : row === null || row === undefined || typeof row === "boolean" || typeof row === "number"
        ? String(row)
        : `a ${typeof row}`,
  });
}
