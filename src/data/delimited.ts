import { DataError } from "../base/errors.js";
import { counted } from "./cleaning.js";
import type { RawTable } from "./raw-table.js";

const DELIMITERS = [",", ";", "\t", "|"] as const;
const QUOTE = 34;
const RETURN = 13;
const FEED = 10;
const INTERNED = 5000; // distinct cells after which a column is no category and sharing its cells saves nothing

/** How delimited text is read. */
export interface DelimitedOptions {
  /** One character; found from the header when absent. */
  readonly delimiter?: string;
}

/**
 * Reads delimited text (RFC 4180, also with `;`, tab or `|`): header, then rows of as many cells.
 *
 * Wholly empty lines are skipped, an empty cell is null, cells are otherwise as written. Lines may end in LF, CRLF or CR,
 * quoted cells may hold line breaks.
 *
 * @throws {DataError} for empty text, a header without rows, equal column names, a row with more or fewer cells than the
 * header, a quote that does not end.
 */
export function readDelimited(text: string, source: string, { delimiter }: DelimitedOptions = {}): RawTable {
  const scanner = new Scanner(text, source, delimiter ?? sniff(text));
  const header = scanner.nextRow();
  if (!header)
    throw new DataError({ where: source, subject: "the file", problem: "is empty", fix: EXPORT_AGAIN });
  const { names, unnamed } = columnNames(header, `${source} line ${scanner.rowLine}`);
  const cells: (string | null)[][] = names.map(() => []);
  const shared = names.map(() => new Map<string, string>());
  const lines: number[] = [];
  for (let row = scanner.nextRow(); row; row = scanner.nextRow()) {
    if (row.length !== names.length) throw ragged(source, scanner.rowLine, names.length, row.length);
    lines.push(scanner.rowLine);
    for (let c = 0; c < row.length; c++) cells[c]!.push(intern(row[c]!, shared[c]!));
  }
  if (lines.length === 0) {
    throw new DataError({
      where: source,
      subject: "the file",
      problem: "has a header but no rows",
      fix: EXPORT_AGAIN,
    });
  }
  return {
    source,
    rows: lines.length,
    columns: names.map((name, c) => ({ name, kind: "text", cells: cells[c]! })),
    unit: "line",
    lines: Int32Array.from(lines),
    unnamed,
  };
}

const EXPORT_AGAIN = "Export the table again, with one header line and one line a row.";

/** Reads row by row; the state is where it stands in the text. */
class Scanner {
  readonly #text: string;
  readonly #source: string;
  readonly #delimiter: number;
  #at: number;
  #line = 1;
  /** Line on which the row last read began. */
  rowLine = 1;

  constructor(text: string, source: string, delimiter: string) {
    this.#text = text;
    this.#source = source;
    this.#delimiter = delimiter.charCodeAt(0);
    this.#at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  }

  nextRow(): string[] | undefined {
    while (this.#at < this.#text.length && this.#atBreak()) this.#skipBreak();
    if (this.#at >= this.#text.length) return undefined;
    this.rowLine = this.#line;
    const row: string[] = [];
    for (;;) {
      row.push(this.#text.charCodeAt(this.#at) === QUOTE ? this.#quoted() : this.#plain());
      if (this.#at >= this.#text.length) return row;
      if (this.#atBreak()) {
        this.#skipBreak();
        return row;
      }
      this.#at++; // the delimiter
    }
  }

  #plain(): string {
    const start = this.#at;
    const { length } = this.#text;
    while (this.#at < length) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === this.#delimiter || code === FEED || code === RETURN) break;
      this.#at++;
    }
    return this.#text.slice(start, this.#at);
  }

  #quoted(): string {
    const opened = this.#line;
    let cell = "";
    let start = ++this.#at;
    for (;;) {
      const end = this.#text.indexOf('"', start);
      if (end < 0)
        throw this.#quoteError(
          opened,
          "opens a quoted cell that never ends",
          'Close it with ", or write a quote inside a cell twice.',
        );
      cell += this.#text.slice(start, end);
      if (this.#text.charCodeAt(end + 1) !== QUOTE) {
        this.#at = end + 1;
        break;
      }
      cell += '"';
      start = end + 2;
    }
    this.#line += breaksIn(cell);
    const code = this.#text.charCodeAt(this.#at);
    if (this.#at < this.#text.length && code !== this.#delimiter && code !== FEED && code !== RETURN) {
      throw this.#quoteError(
        this.#line,
        "has text after a closing quote",
        "Write a quote inside a quoted cell twice.",
      );
    }
    return cell;
  }

  #quoteError(line: number, problem: string, fix: string): DataError {
    return new DataError({ where: `${this.#source} line ${line}`, subject: "the row", problem, fix });
  }

  #atBreak(): boolean {
    const code = this.#text.charCodeAt(this.#at);
    return code === FEED || code === RETURN;
  }

  #skipBreak(): void {
    if (this.#text.charCodeAt(this.#at) === RETURN && this.#text.charCodeAt(this.#at + 1) === FEED)
      this.#at++;
    this.#at++;
    this.#line++;
  }
}

function breaksIn(cell: string): number {
  return cell.match(/\r\n|\r|\n/g)?.length ?? 0;
}

/** The delimiter that occurs most often outside quotes in the first line; the comma when none does. */
function sniff(text: string): string {
  const counts = new Map<string, number>();
  let quoted = false;
  let seen = false;
  for (const character of headOf(text)) {
    if (character === '"') quoted = !quoted;
    if (quoted) continue;
    const lineBreak = character === "\n" || character === "\r";
    if (lineBreak && seen) break;
    seen ||= !lineBreak;
    counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  const count = (delimiter: string): number => counts.get(delimiter) ?? 0;
  return DELIMITERS.reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}

const headOf = (text: string): string => text.slice(0, 1_000_000); // a header longer than this is not one

function intern(cell: string, shared: Map<string, string>): string | null {
  if (cell === "") return null;
  if (shared.size >= INTERNED) return cell;
  const known = shared.get(cell);
  if (known !== undefined) return known;
  shared.set(cell, cell);
  return cell;
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

function ragged(source: string, line: number, expected: number, found: number): DataError {
  return new DataError({
    where: `${source} line ${line}`,
    subject: "the row",
    problem: `has ${counted(found, "cell")} where the header has ${expected}`,
    fix: found > expected ? "Quote cells that contain the delimiter." : "Fill the row up with empty cells.",
  });
}
