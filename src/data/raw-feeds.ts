import type { TensorValue } from "../graph/tensor.js";
import type { InputEncoding } from "./encoding.js";
import { columnOf, isNumberColumn, type Table } from "./table.js";
import { DataError } from "../base/errors.js";

/**
 * What a model file takes: for each input a tensor of its name, float32 `[N]` with NaN where missing, or string `[N]` with
 * the empty string where missing.
 *
 * @param rows which rows, in this order; all rows when absent.
 * @throws {DataError} for an input that the table does not have, or has as strings where numbers are needed or the other
 * way round.
 */
export function rawFeeds(
  encoding: InputEncoding,
  table: Table,
  rows?: Int32Array,
): Record<string, TensorValue> {
  const picked = rows ?? Int32Array.from({ length: table.rows }, (_, i) => i);
  const shape = [picked.length];
  const feeds = encoding.inputs.map(({ name, type }): [string, TensorValue] => {
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
    return isNumberColumn(column)
      ? [name, { dtype: "float32", shape, data: Float32Array.from(picked, (row) => column.numbers[row]!) }]
      : [name, { dtype: "string", shape, data: Array.from(picked, (row) => column.strings[row] ?? "") }];
  });
  return Object.fromEntries(feeds); // not by assignment, which loses a column named __proto__
}
