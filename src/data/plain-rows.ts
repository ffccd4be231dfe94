import type { InputCoding } from "./encoding.js";
import type { Row } from "./raw-rows.js";
import { isMissingSign, isTooLarge } from "./spellings.js";
import type { Column, Table } from "./table.js";

/** How objects are read as rows of a model's inputs, made once for many calls. */
export type PlainReader = (rows: readonly Row[]) => Table | undefined;

/**
 * Reads objects whose values are of one plain kind in each input: numbers or booleans for a number, strings for a category, or
 * missing. The short way of `rowsToTable`, in one pass and without an object for each value.
 *
 * @param missing spellings of a missing value, as for `rowsToTable`.
 * @returns a function that gives the table of `rowsToTable`, or undefined for rows that the long way has to read or to refuse:
 * other kinds of values, several kinds in one input, numbers too large, an input that no row has.
 */
export function plainReader(
  inputs: readonly InputCoding[],
  missing: readonly string[],
  source = "rows",
): PlainReader {
  const readers = inputs.map((coding) => columnReader(coding, missing));
  return (rows) => {
    if (!rows.every(isObject)) return undefined;
    const columns: Column[] = [];
    for (const read of readers) {
      const column = read(rows);
      if (column === undefined) return undefined;
      columns.push(column);
    }
    return { source, rows: rows.length, columns };
  };
}

type ColumnReader = (rows: readonly Row[]) => Column | undefined;

const isObject = (row: unknown): boolean => typeof row === "object" && row !== null && !Array.isArray(row);

function columnReader(coding: InputCoding, missing: readonly string[]): ColumnReader {
  const { name, type } = coding;
  const isThere = (rows: readonly Row[]): boolean => rows.some((row) => Object.hasOwn(row, name));
  if (type === "category") {
    const levels = new Set(coding.levels);
    const spellings = new Set(missing);
    const isMissing = (text: string): boolean =>
      text === "" || spellings.has(text) || (isMissingSign(text) && !levels.has(text));
    return (rows) => {
      const strings = isThere(rows) ? stringsOf(rows, name, isMissing) : undefined;
      return strings && { name, type, strings };
    };
  }
  const listed = new Set(missing.filter((text) => text.trim() !== "").map(Number));
  listed.delete(Number.NaN);
  return (rows) => {
    const numbers = isThere(rows) ? numbersOf(rows, name, listed) : undefined;
    return numbers && { name, type, numbers };
  };
}

function stringsOf(
  rows: readonly Row[],
  name: string,
  isMissing: (text: string) => boolean,
): (string | null)[] | undefined {
  const strings = Array.from<string | null>({ length: rows.length });
  for (let i = 0; i < rows.length; i++) {
    const value = rows[i]![name];
    if (typeof value === "string") {
      const text = value.trim();
      strings[i] = isMissing(text) ? null : text;
    } else if (value === null || value === undefined) strings[i] = null;
    else return undefined;
  }
  return strings;
}

function numbersOf(
  rows: readonly Row[],
  name: string,
  listed: ReadonlySet<number>,
): Float64Array | undefined {
  const numbers = new Float64Array(rows.length);
  let kind: "number" | "boolean" | undefined;
  for (let i = 0; i < rows.length; i++) {
    const value = rows[i]![name];
    if (value === null || value === undefined || Number.isNaN(value)) {
      numbers[i] = Number.NaN;
      continue;
    }
    const found = typeof value;
    if ((found !== "number" && found !== "boolean") || found !== (kind ??= found)) return undefined;
    const number = Number(value);
    if (isTooLarge(number)) return undefined;
    numbers[i] = found === "number" && listed.has(number) ? Number.NaN : number;
  }
  return numbers;
}
