import type { Cells, ParitySet } from "./parity-sets.js";

type Format = ParitySet["format"];

/** The end of a raw table's name. */
export function suffixOf(format: Format): string {
  if (format === "jsonl") return ".jsonl";
  return format === "utf-16le tsv" ? ".tsv" : ".csv";
}

/** A raw table of these columns in a format. */
export function rawBytes(columns: readonly string[], rows: readonly Cells[], format: Format = "csv"): Buffer {
  switch (format) {
    case "csv":
      return Buffer.from(delimited(columns, rows, ","));
    case "semicolons":
      return Buffer.from(delimited(columns, rows, ";"));
    case "utf-16le tsv":
      return Buffer.from(delimited(columns, rows, "\t"), "utf16le");
    case "jsonl":
      return Buffer.from(rows.map((row) => `${JSON.stringify(record(columns, row))}\n`).join(""));
    default:
      return format satisfies never;
  }
}

const delimited = (columns: readonly string[], rows: readonly Cells[], delimiter: string): string =>
  [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ""))]
    .map((line) => line.map((text) => `"${text.replaceAll('"', '""')}"`).join(delimiter) + "\n")
    .join("");

/** A row as an object: numbers and booleans as such, `name[0]`, `name[1]` and so on as an array, empty cells null. */
function record(columns: readonly string[], row: Cells): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const column of columns) {
    const list = /^(.+)\[(\d+)\]$/.exec(column);
    const value = valueOf(row[column] ?? "");
    if (list === null) found[column] = value;
    else ((found[list[1]!] ??= []) as unknown[])[Number(list[2])] = typeof value === "number" ? value : null;
  }
  return found;
}

function valueOf(text: string): unknown {
  if (text === "") return null;
  if (text === "true" || text === "false") return text === "true";
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : text;
}
