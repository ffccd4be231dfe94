import { type Column, type ColumnType, type RawTable, columnOf, inspectTable } from "../data/index.js";
import { missingIn } from "../data/missing.js";
import type { ModelCard } from "./model-card.js";

/**
 * A column of a raw table, read with a type that is known and as the model's card says it is read.
 *
 * @throws {DataError} for a value that cannot be read as that type, with its line.
 */
export function typedColumn(
  raw: RawTable,
  name: string,
  type: ColumnType,
  { missing, readings = {} }: Pick<ModelCard, "missing" | "readings">,
): Column {
  const column = raw.columns.find((candidate) => candidate.name === name)!;
  // a table must have two columns: a copy that is read as text and says nothing
  const copy = { ...column, name: `${name} as text` };
  const types = { [name]: type, [copy.name]: "category" } as const;
  const own = { [name]: [...missingIn(missing, name)] };
  return columnOf(inspectTable({ ...raw, columns: [column, copy] }, { types, missing: own, readings }), name);
}
