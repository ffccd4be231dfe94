import { DataError } from "../../base/errors.js";
import { plainNumbers } from "../column-text.js";
import { withKnownNumbers } from "../known-numbers.js";
import type { RawTable, RawTextColumn } from "../raw-table.js";
import type { DelimitedText } from "./delimited-text.js";
import { type Cells, lacksHeader, type RecordColumn } from "./header.js";

/**
 * The table of delimited text once its cells are taken out. Columns without a header are called `column 1` and so on.
 *
 * @throws {DataError} for equal column names.
 */
export function tableOfText(
  columns: readonly RecordColumn[],
  { index, delimiter, header: set, notes }: Pick<DelimitedText, "index" | "delimiter" | "header" | "notes">,
  source: string,
): RawTable {
  const lacks = set === undefined ? lacksHeader(columns, index.lines.length) : set === "no";
  const first = lacks ? 0 : 1;
  const header = columns.map(({ head }) => (first === 0 ? "" : (head ?? "")));
  const { names, unnamed } = columnNames(header, `${source} line ${index.lines[0]}`);
  const isFound = lacks && set === undefined;
  const found = isFound ? [...notes, `line ${index.lines[0]} is a row, since ${NO_HEADER}`] : notes;
  return {
    source,
    rows: index.lines.length - first,
    columns: names.map((name, c) => columnFrom(name, columns[c]!, first)),
    unit: "line",
    lines: index.lines.subarray(first),
    ...(first === 1 && { unnamed }),
    ...(found.length > 0 && {
      notes: found.map((detail) => ({ column: "", action: "read as written", detail })),
    }),
    delimiter,
  };
}

/** The column of the records from the first or second on. */
function columnFrom(name: string, column: RecordColumn, first: 0 | 1): RawTextColumn {
  const { head, numbers } = column;
  if (numbers === undefined) {
    const { cells } = column;
    return { name, kind: "text", cells: first === 0 ? cells : cells.slice(first) };
  }
  let cells: Cells | undefined;
  const lazy: RawTextColumn = {
    name,
    kind: "text",
    get cells() {
      return (cells ??= first === 0 ? column.cells : column.cells.slice(first));
    },
  };
  if (first === 1) return withKnownNumbers(lazy, numbers);
  const top =
    head === null ? new Float64Array([Number.NaN]) : plainNumbers({ name, kind: "text", cells: [head] });
  if (top === undefined) return lazy;
  const all = new Float64Array(numbers.numbers.length + 1);
  all.set(top);
  all.set(numbers.numbers, 1);
  return withKnownNumbers(lazy, { ...numbers, numbers: all });
}

const NO_HEADER =
  "it has numbers where the rows below have them; columns are called column 1, column 2, ...; set header to yes if that is wrong";

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
