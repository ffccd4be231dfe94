import { DataError } from "../base/errors.js";
import type { TensorValue } from "../graph/tensor.js";
import type { InputEncoding } from "./encoding.js";
import { columnOf, isNumberColumn, type Column, type Table } from "./table.js";

/** Feeds of the rows `from` to `to - 1`. */
export type FeedsOf = (from: number, to: number) => Record<string, TensorValue>;

/**
 * What a model file takes: for each input a tensor of its name, float32 `[N]` with NaN where missing, or string `[N]` with
 * the empty string where missing. Columns are looked up once, so that many chunks of a table cost no more than one.
 *
 * @throws {DataError} for an input that the table does not have, or has as strings where numbers are needed or the other
 * way round.
 */
export function rawFeeds(encoding: InputEncoding, table: Table): FeedsOf {
  const columns = encoding.inputs.map(({ name, type }): [string, Column] => {
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
    return [name, column];
  });
  // not by assignment, which loses a column named __proto__
  return (from, to) => Object.fromEntries(columns.map(([name, column]) => [name, feed(column, from, to)]));
}

function feed(column: Column, from: number, to: number): TensorValue {
  const shape = [to - from];
  if (isNumberColumn(column)) {
    return { dtype: "float32", shape, data: Float32Array.from(column.numbers.subarray(from, to)) };
  }
  const data = Array.from<string>({ length: to - from });
  for (let row = from; row < to; row++) data[row - from] = column.strings[row] ?? "";
  return { dtype: "string", shape, data };
}
