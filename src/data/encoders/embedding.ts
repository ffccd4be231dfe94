import { type CleaningNote, dropped } from "../cleaning.js";
import { embeddingOf } from "../embedding-names.js";
import { isNumberColumn, type NumberColumn, type Table } from "../table.js";
import { moments, type NumberInput } from "./number.js";

/**
 * The common deviation of every embedding among the inputs, by the name its coordinates share: the root of the mean variance
 * of its coordinates over training rows, so that the directions of the vector keep their proportions.
 */
export function embeddingScales(
  { columns }: Table,
  inputs: ReadonlySet<string>,
  rows: Int32Array,
): Map<string, number> {
  const variances = new Map<string, number[]>();
  for (const column of columns) {
    if (!isNumberColumn(column) || column.type !== "embedding" || !inputs.has(column.name)) continue;
    const present = presentOf(column, rows);
    if (present.length === 0) continue;
    const key = embeddingOf(column.name);
    variances.set(key, [...(variances.get(key) ?? []), moments(present).deviation ** 2]);
  }
  return new Map(
    [...variances].map(([key, all]) => [key, Math.sqrt(all.reduce((sum, x) => sum + x, 0) / all.length)]),
  );
}

/** Fits one coordinate of an embedding: centred, on the common scale, missing as the mean, without bins or mark. */
export function fitEmbedding(
  column: NumberColumn,
  rows: Int32Array,
  scales: ReadonlyMap<string, number>,
  notes: CleaningNote[],
): NumberInput | undefined {
  const { name } = column;
  const present = presentOf(column, rows);
  if (present.length === 0) return dropped(notes, name, "no value in any training row");
  const { mean, deviation } = moments(present);
  if (Math.fround(deviation) === 0) return dropped(notes, name, "always the same in training rows");
  const scale = scales.get(embeddingOf(name))!;
  return { name, type: "embedding", fill: mean, mean, deviation: scale, indicator: false, edges: [] };
}

const presentOf = ({ numbers }: NumberColumn, rows: Int32Array): Float64Array =>
  Float64Array.from(rows, (row) => numbers[row]!).filter((x) => !Number.isNaN(x));
