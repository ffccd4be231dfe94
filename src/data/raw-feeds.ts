import { DataError } from "../base/errors.js";
import type { TensorValue } from "../graph/tensor.js";
import type { InputEncoding } from "./encoding.js";
import { columnOf, isNumberColumn, type Column, type Table } from "./table.js";

/** Tensors by the name of the input that takes them. */
export type Feeds = Readonly<Record<string, TensorValue>>;

/**
 * What a model file takes: for each input a tensor of its name, float32 `[N]` with NaN where missing, or string `[N]` with
 * the empty string where missing.
 *
 * @throws {DataError} for an input that the table does not have, or has as strings where numbers are needed or the other
 * way round.
 */
export function rawFeeds(encoding: InputEncoding, table: Table): Feeds {
  const feeds: Record<string, TensorValue> = Object.create(null); // so that a column may be named __proto__
  for (const { name, type } of encoding.inputs) {
    const column = columnOf(table, name);
    if (isNumberColumn(column) === (type === "category")) {
      throw new DataError({
        where: table.source,
        subject: `column "${name}"`,
        expected: type === "category" ? "strings" : "numbers",
        got: column.type,
        fix: "Read the table with the types of the model.",
      });
    }
    feeds[name] = feedOf(column);
  }
  return feeds;
}

function feedOf(column: Column): TensorValue {
  if (isNumberColumn(column)) {
    return { dtype: "float32", shape: [column.numbers.length], data: new Float32Array(column.numbers) };
  }
  const data = column.strings.map((text) => text ?? "");
  return { dtype: "string", shape: [data.length], data };
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
