import { DataError } from "../../base/errors.js";
import type { RawTable } from "../raw-table.js";
import { fetchedText, isPattern, literal, shortReason, withDatabase } from "./database.js";
import { tableOfText } from "./delimited-form.js";
import { type DelimitedChoice, type DelimitedText, delimitedText } from "./delimited-text.js";
import type { Cells, RecordColumn } from "./header.js";
import { intern } from "./intern.js";
import { scanCells, scanHeader, scanNumbers } from "./number-scan.js";
import { type RecordIndex, withLineFeeds } from "./record-index.js";
import { withTemporaryFile } from "./temporary-file.js";

const LONGEST = 2 ** 21; // bytes of a record, the database's own default

const NEW_LINE = { "\n": "'\\n'", "\r\n": "'\\r\\n'", "\r": "'\\r'", mixed: "'\\n'" } as const;

/** How delimited text is read. */
export interface DelimitedOptions extends DelimitedChoice {
  /** The file that holds the bytes; a temporary one is made when absent, or when it cannot be read twice (a pipe). */
  readonly file?: string;
}

/**
 * Reads delimited text (RFC 4180, also with `;`, tab or `|`, in any encoding): header, then rows of as many cells.
 *
 * Wholly empty lines are skipped, an empty cell is null, cells are otherwise as written. Lines may end in LF, CRLF or CR,
 * quoted cells may hold line breaks.
 *
 * The database parses; it drops one space before an opening quote. What it cannot tell exactly is counted beforehand
 * by `recordIndex`: the line of a record (it numbers records, not lines, once a cell holds a line break), all cells of a
 * record with too many (it stops at the first, and drops a last empty one in silence), and faults of quoting (its strict
 * mode, which finds them, refuses sound text whose quoted cells hold other line ends than its records; so the mode is off).
 * Where CRs end some lines and LFs others it loses characters in silence, so it is given such text with LFs alone.
 *
 * @throws {DataError} as `delimitedText`, and for equal column names.
 */
export async function readDelimited(
  bytes: Uint8Array,
  source: string,
  { file, ...choice }: DelimitedOptions = {},
): Promise<RawTable> {
  const text = delimitedText(bytes, source, choice);
  const { delimiter, index, rewritten } = text;
  const { columns: numbers, others } = numberColumns(text);
  if (others.length === 0) return tableOfText(numbers, text, source);
  const read = (path: string): Promise<Cells[]> => readCells(path, delimiter, index, others, source);
  const mixed = index.ends === "mixed";
  const path = mixed || rewritten ? undefined : await readableTwice(file);
  const cells = await (path === undefined
    ? withTemporaryFile(mixed ? withLineFeeds(text.bytes, delimiter) : text.bytes, "csv", read)
    : read(path));
  for (const [i, column] of others.entries()) numbers[column] = { head: cells[i]![0]!, cells: cells[i]! };
  return tableOfText(numbers, text, source);
}

/** The columns of plain numbers at their places, whose cells are taken out when asked for; and the places of the others. */
function numberColumns({ bytes, delimiter, index }: DelimitedText): {
  columns: RecordColumn[];
  others: number[];
} {
  const text = { bytes, delimiter, cells: index.cells, records: index.lines.length };
  const heads = scanHeader(text);
  const found = scanNumbers(text);
  const columns: RecordColumn[] = [];
  const others: number[] = [];
  const asked = new Map<number, Cells>();
  const cellsOf = (column: number): Cells => {
    // once a second column is asked for, the others will be
    const all = [...columns.keys()].filter((c) => found[c] && !asked.has(c));
    const wanted = asked.size === 0 ? [column] : all;
    if (!asked.has(column))
      for (const [i, cells] of scanCells(text, wanted).entries()) asked.set(wanted[i]!, cells);
    return asked.get(column)!;
  };
  for (const [c, numbers] of found.entries()) {
    if (numbers === undefined) others.push(c);
    else
      columns[c] = {
        head: heads[c]!,
        numbers,
        get cells() {
          return cellsOf(c);
        },
      };
  }
  return { columns, others };
}

async function readCells(
  path: string,
  delimiter: string,
  { cells, ends, lines, longest }: RecordIndex,
  wanted: readonly number[],
  source: string,
): Promise<Cells[]> {
  const names = Array.from({ length: cells }, (_, c) => `c${c}`);
  const from = `read_csv(${literal(path)}, auto_detect = false, header = false, delim = ${literal(delimiter)},
    quote = '"', escape = '"', strict_mode = false, new_line = ${NEW_LINE[ends]}, null_padding = false, allow_quoted_nulls = false, parallel = false,
    max_line_size = ${Math.max(LONGEST, longest + 2)}, compression = 'none', hive_partitioning = false,
    columns = {${names.map((name) => `${name}: 'VARCHAR'`).join(", ")}})`;
  const emptyLines = cells === 1 ? " WHERE c0 IS NOT NULL" : ""; // a lone "" is '', an empty line is NULL
  const columns = wanted.map((): Cells => []);
  const shared = wanted.map(() => new Map<string, string>());
  await withDatabase(path, async (connection) => {
    const result = await connection.stream(
      `SELECT ${wanted.map((c) => fetchedText(names[c]!)).join(", ")} FROM ${from}${emptyLines}`,
    );
    for (let chunk = await result.fetchChunk(); chunk?.rowCount; chunk = await result.fetchChunk()) {
      for (const [c, column] of columns.entries()) {
        chunk.visitColumnValues(c, (value) => column.push(intern(value as string | null, shared[c]!)));
      }
    }
  }).catch((cause: Error) => {
    throw unreadable(source, shortReason(cause, path), cause);
  });
  const read = columns[0]!.length;
  if (read === lines.length) return columns;
  throw unreadable(source, `the database finds ${read} records where ${lines.length} stand`);
}

async function readableTwice(file?: string): Promise<string | undefined> {
  if (file === undefined || isPattern(file)) return undefined;
  const { stat } = await import("node:fs/promises");
  const { resolve } = await import("node:path");
  return (await stat(file)).isFile() ? resolve(file) : undefined;
}

function unreadable(where: string, reason: string, cause?: Error): DataError {
  const problem = `cannot be read as delimited text: ${reason}`;
  return new DataError({ where, subject: "the file", problem, fix: "Export the table again." }, { cause });
}
