import { DataError } from "../../base/errors.js";
import { counted } from "../cleaning.js";
import type { RawTable } from "../raw-table.js";
import { type RecordFault, type RecordIndex, recordIndex } from "./record-index.js";

/** Cells of one column of delimited text, the header's first; null for empty ones. */
export type Cells = (string | null)[];

/**
 * The records of delimited text, a header and at least one row of as many cells.
 *
 * @throws {DataError} for empty text, a header without rows, a row with more or fewer cells than the header, a quote that does
 * not end, text after a closing quote.
 */
export function wellFormed(bytes: Uint8Array, delimiter: string, source: string): RecordIndex {
  const index = recordIndex(bytes, delimiter);
  if (index.fault) throw faultError(index.fault, index.cells, source);
  if (index.lines.length < 2) {
    const problem = index.lines.length === 0 ? "is empty" : "has a header but no rows";
    const fix = "Export the table again, with one header line and one line a row.";
    throw new DataError({ where: source, subject: "the file", problem, fix });
  }
  return index;
}

/**
 * The table of delimited text once its cells are taken out.
 *
 * @throws {DataError} for equal column names.
 */
export function tableOfText(columns: readonly Cells[], index: RecordIndex, source: string): RawTable {
  const header = columns.map((cells) => cells[0] ?? "");
  const { names, unnamed } = columnNames(header, `${source} line ${index.lines[0]}`);
  return {
    source,
    rows: index.lines.length - 1,
    columns: names.map((name, c) => ({ name, kind: "text", cells: columns[c]!.slice(1) })),
    unit: "line",
    lines: index.lines.subarray(1),
    unnamed,
  };
}

function columnNames(header: readonly string[], where: string): { names: string[]; unnamed: string[] } {
  const names = header.map((name, i) => name.trim() || `column ${i + 1}`);
  const unnamed = names.filter((_, i) => header[i]!.trim() === "");
  const seen = new Map<string, number>();
  names.forEach((name, i) => {
    const before = seen.get(name);
    if (before !== undefined) {
      throw new DataError({
        where,
        subject: `column name "${name}"`,
        problem: `stands twice, in columns ${before + 1} and ${i + 1}`,
        fix: "Give every column its own name.",
      });
    }
    seen.set(name, i);
  });
  return { names, unnamed };
}

function faultError(fault: RecordFault, expected: number, source: string): DataError {
  const where = `${source} line ${fault.line}`;
  const row = (problem: string, fix: string): DataError =>
    new DataError({ where, subject: "the row", problem, fix });
  switch (fault.kind) {
    case "other cells":
      return row(
        `has ${counted(fault.found, "cell")} where the header has ${expected}`,
        fault.found > expected
          ? "Quote cells that contain the delimiter."
          : "Fill the row up with empty cells.",
      );
    case "endless quote":
      return row(
        "opens a quoted cell that never ends",
        'Close it with ", or write a quote inside a cell twice.',
      );
    case "text after quote":
      return row("has text after a closing quote", "Write a quote inside a quoted cell twice.");
    default:
      return fault satisfies never;
  }
}
