import type { RawTable } from "../raw-table.js";
import { isMissingNumber } from "../spellings.js";
import { scanCells, scanColumns, scanHeader } from "./column-scan.js";
import { tableOfText } from "./delimited-form.js";
import { type DelimitedChoice, type DelimitedText, delimitedText } from "./delimited-text.js";
import type { Cells, RecordColumn } from "./header.js";

/**
 * Reads delimited text (RFC 4180, also with `;`, tab or `|`, in any encoding): header, then rows of as many cells.
 *
 * Wholly empty lines are skipped, an empty cell is null, cells are otherwise as written, but for one space before an opening
 * quote. Lines may end in LF, CRLF or CR, quoted cells may hold line breaks. Columns of numbers are read from the bytes; their
 * cells are taken out when they are asked for.
 *
 * @throws {DataError} as `delimitedText`, and for equal column names.
 */
export function readDelimited(bytes: Uint8Array, source: string, choice: DelimitedChoice = {}): RawTable {
  const text = delimitedText(bytes, source, choice);
  return tableOfText(columnsOf(text), text, source);
}

function columnsOf({ bytes, delimiter, index }: DelimitedText): RecordColumn[] {
  const text = { bytes, delimiter, cells: index.cells, records: index.lines.length };
  const heads = scanHeader(text);
  const found = scanColumns(text);
  const taken = new Map<number, Cells>();
  const isLikely = found.map(({ numbers }) => !numbers || ![...numbers.others.keys()].every(isMissingNumber));
  let isFirst = true;
  const cellsOf = (column: number): Cells => {
    if (!taken.has(column)) {
      // those of words among numbers will all be asked for, and all others once a second one is
      const wanted = [...found.keys()].filter(
        (c) =>
          found[c]!.cells === undefined &&
          !taken.has(c) &&
          (isLikely[column] ? isLikely[c]! : !isFirst || c === column),
      );
      isFirst &&= isLikely[column]!;
      for (const [i, cells] of scanCells(text, wanted).entries()) taken.set(wanted[i]!, cells);
    }
    return taken.get(column)!;
  };
  return found.map(({ numbers, cells }, c) => ({
    head: heads[c]!,
    ...(numbers && { numbers }),
    get cells() {
      return cells ?? cellsOf(c);
    },
  }));
}
