import type { RawTable } from "../raw-table.js";
import { tableOfText } from "./delimited-form.js";
import { type DelimitedChoice, delimitedText } from "./delimited-text.js";
import type { Cells } from "./header.js";

/**
 * Reads delimited text that is in memory, where there is no database: the same table as `readDelimited` gives for a file of it.
 *
 * @param given RFC 4180, also with `;`, tab or `|`: a header, then rows of as many cells; as text, or as bytes in any encoding.
 * @throws {DataError} as `readDelimited`.
 */
export function rawFromText(
  given: string | Uint8Array,
  source = "text",
  choice: DelimitedChoice = {},
): RawTable {
  const bytes = typeof given === "string" ? new TextEncoder().encode(given) : given;
  const text = delimitedText(
    bytes,
    source,
    typeof given === "string" ? { ...choice, encoding: "utf-8" } : choice,
  );
  const whole = typeof given === "string" && !text.rewritten ? given : new TextDecoder().decode(text.bytes);
  return tableOfText(
    cellsOf(whole, text.delimiter, text.index.cells).map((cells) => ({ head: cells[0] ?? null, cells })),
    text,
    source,
  );
}

/** All cells by column, of text whose form is known to be sound. */
function cellsOf(text: string, delimiter: string, count: number): Cells[] {
  const columns = Array.from({ length: count }, (): Cells => []);
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  while (at < text.length) {
    if (isBreak(text[at])) {
      at += 1;
      continue;
    }
    for (const [c, column] of columns.entries()) {
      const { cell, end } = cellAt(text, c === 0 ? at : at + 1, delimiter);
      column.push(cell === "" ? null : cell);
      at = end;
    }
  }
  return columns;
}

/** One cell from its first character to where its delimiter, its line or the text ends. */
function cellAt(text: string, from: number, delimiter: string): { cell: string; end: number } {
  const quote = text[from] === " " && delimiter !== " " ? from + 1 : from; // as the database, which drops one space before a quote
  if (text[quote] !== '"') {
    let end = from;
    while (end < text.length && text[end] !== delimiter && !isBreak(text[end])) end += 1;
    return { cell: text.slice(from, end), end };
  }
  let end = text.indexOf('"', quote + 1);
  while (text[end + 1] === '"') end = text.indexOf('"', end + 2);
  return { cell: text.slice(quote + 1, end).replaceAll('""', '"'), end: end + 1 };
}

const isBreak = (character: string | undefined): boolean => character === "\n" || character === "\r";
