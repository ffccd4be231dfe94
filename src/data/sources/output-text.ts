import type { OutputColumn } from "../output-column.js";

/** The header of CSV as in RFC 4180, with its CRLF. */
export const csvHeader = (columns: readonly OutputColumn[]): string =>
  `${columns.map(({ name }) => quote(name)).join(",")}\r\n`;

/** Rows of CSV as in RFC 4180, each with a CRLF; missing is an empty cell. */
export function csvRows(columns: readonly OutputColumn[]): string {
  const lines: string[] = [];
  const rows = columns[0]?.values.length ?? 0;
  for (let row = 0; row < rows; row++) {
    const line = columns.map(({ values }) => csvCell(values[row] ?? null)).join(",");
    lines.push(`${line === "" ? '""' : line}\r\n`); // an empty line would be no row
  }
  return lines.join("");
}

/** One JSON object a line; missing is null. */
export function jsonLines(columns: readonly OutputColumn[]): string {
  const keys = columns.map(({ name }) => JSON.stringify(name));
  const rows = columns[0]?.values.length ?? 0;
  const lines: string[] = [];
  for (let row = 0; row < rows; row++) {
    const pairs = columns.map(({ values }, c) => `${keys[c]}:${JSON.stringify(values[row] ?? null)}`);
    lines.push(`{${pairs.join(",")}}\n`);
  }
  return lines.join("");
}

function csvCell(value: string | number | boolean | null): string {
  if (value === null || Number.isNaN(value)) return "";
  return typeof value === "string" ? quote(value) : String(value);
}

const quote = (text: string): string =>
  /[",;\t|\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
