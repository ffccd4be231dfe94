import { DataError } from "../base/errors.js";
import type { TensorValue } from "../graph/tensor.js";
import { feedType, type InputCoding, type InputEncoding } from "./encoding.js";
import { columnOf, isNumberColumn, type Column, type Table } from "./table.js";

/** Tensors by the name of the input that takes them. */
export type Feeds = Readonly<Record<string, TensorValue>>;

/**
 * What a model file takes: for each input a tensor of its name, float32 or float64 `[N]` with NaN where missing, or string
 * `[N]` with the empty string where missing (see `feedType`).
 *
 * @throws {DataError} for an input that the table does not have, or has as strings where numbers are needed or the other
 * way round.
 */
export function rawFeeds(encoding: InputEncoding, table: Table): Feeds {
  const feeds: Record<string, TensorValue> = Object.create(null); // so that a column may be named __proto__
  for (const coding of encoding.inputs) {
    const column = columnOf(table, coding.name);
    if (isNumberColumn(column) === holdsStrings(coding)) {
      throw new DataError({
        where: table.source,
        subject: `column "${coding.name}"`,
        expected: holdsStrings(coding) ? "strings" : "numbers",
        got: column.type,
        fix: "Read the table with the types of the model.",
      });
    }
    feeds[coding.name] = feedOf(column, coding);
  }
  return feeds;
}

/** Whether a table of the model's types holds strings for an input: those of a category also where its levels are numbers. */
const holdsStrings = (coding: InputCoding): boolean =>
  coding.type === "category" || feedType(coding) === "string";

function feedOf(column: Column, coding: InputCoding): TensorValue {
  if (isNumberColumn(column)) {
    const shape = [column.numbers.length];
    return feedType(coding) === "float64"
      ? { dtype: "float64", shape, data: column.numbers }
      : { dtype: "float32", shape, data: new Float32Array(column.numbers) };
  }
  const shape = [column.strings.length];
  if (feedType(coding) === "float64") {
    const data = Float64Array.from(column.strings, (text) => (text === null ? Number.NaN : Number(text)));
    return { dtype: "float64", shape, data };
  }
  return { dtype: "string", shape, data: column.strings.map((text) => text ?? "") };
}

/** The rows `from` to `to - 1` of tensors `[N]`, as tensors of their own. */
export function chunkOfFeeds(feeds: Feeds, from: number, to: number): Feeds {
  const chunk: Record<string, TensorValue> = Object.create(null);
  const shape = [to - from];
  for (const name of Object.keys(feeds)) {
    const { dtype, data } = feeds[name]!;
    chunk[name] = { dtype, shape, data: data.slice(from, to) };
  }
  return chunk;
}
