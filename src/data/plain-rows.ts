import type { TensorValue } from "../graph/tensor.js";
import { carriedText } from "./carried-text.js";
import { missingSpelling } from "./coded-table.js";
import { feedType, type InputCoding } from "./encoding.js";
import { listedNumbers, missingIn, type MissingSpellings } from "./missing.js";
import type { Feeds } from "./raw-feeds.js";
import type { Row } from "./raw-rows.js";
import { isTooLarge } from "./spellings.js";

/** Reads objects as what a model takes, or leaves them to `rowsToTable`. */
export type PlainReader = (rows: readonly Row[]) => Feeds | undefined;

/**
 * Makes, once for a model, the short way from objects to tensors: one pass, and no object for a value. It is for rows whose
 * values are of one plain kind in each input: numbers or booleans for a number, strings for a category or a text, or missing.
 *
 * @param missing spellings of a missing value, as for `rowsToTable`.
 * @returns a function that gives the feeds of `rawFeeds` for the table of `rowsToTable`, or undefined for rows that the long way
 * has to read or to refuse: other kinds of values, several kinds in one input, numbers too large, an input that no row has.
 */
export function plainReader(inputs: readonly InputCoding[], missing: MissingSpellings): PlainReader {
  const readers = inputs.map((coding) => ({
    name: coding.name,
    read: columnReader(coding, missingIn(missing, coding.name)),
  }));
  return (rows) => {
    for (const row of rows) if (!isObject(row)) return undefined;
    const feeds: Record<string, TensorValue> = Object.create(null); // so that a column may be named __proto__
    for (const { name, read } of readers) {
      const value = read(rows);
      if (value === undefined) return undefined;
      feeds[name] = value;
    }
    return feeds;
  };
}

type ColumnReader = (rows: readonly Row[]) => TensorValue | undefined;

const isObject = (row: unknown): boolean => typeof row === "object" && row !== null && !Array.isArray(row);

function columnReader(coding: InputCoding, missing: ReadonlySet<string>): ColumnReader {
  const { name } = coding;
  const type = feedType(coding);
  if (type !== "string") {
    const listed = new Set(listedNumbers(missing).keys());
    return (rows) => numbersOf(rows, name, type, listed);
  }
  const isSpelling = missingSpelling(coding);
  const isMissing = (text: string): boolean => missing.has(text) || isSpelling(text);
  return (rows) => stringsOf(rows, name, isMissing);
}

function stringsOf(
  rows: readonly Row[],
  name: string,
  isMissing: (text: string) => boolean,
): TensorValue | undefined {
  const data: string[] = [];
  let found = false;
  for (const row of rows) {
    const value = row[name];
    if (typeof value === "string") {
      const text = value.trim();
      data.push(isMissing(text) ? "" : carriedText(text));
      found = true;
    } else if (value === null || value === undefined) data.push("");
    else return undefined;
  }
  return found || isThere(rows, name) ? { dtype: "string", shape: [rows.length], data } : undefined;
}

function numbersOf(
  rows: readonly Row[],
  name: string,
  dtype: "float32" | "float64",
  listed: ReadonlySet<number>,
): TensorValue | undefined {
  const data = (dtype === "float64" ? new Float64Array(rows.length) : new Float32Array(rows.length)).fill(
    Number.NaN,
  );
  let kind: "number" | "boolean" | undefined;
  for (let i = 0; i < rows.length; i++) {
    const value = rows[i]![name];
    if (value === null || value === undefined || Number.isNaN(value)) continue;
    const found = typeof value;
    if ((found !== "number" && found !== "boolean") || found !== (kind ??= found)) return undefined;
    if (listed.has(value as number)) continue; // a boolean is not listed
    data[i] = Number(value);
    if (!Number.isFinite(data[i]) || isTooLarge(data[i]!)) return undefined;
  }
  return kind !== undefined || isThere(rows, name) ? { dtype, shape: [rows.length], data } : undefined;
}

const isThere = (rows: readonly Row[], name: string): boolean => rows.some((row) => Object.hasOwn(row, name));
