import type { CleaningNote } from "../cleaning.js";
import type { StringColumn } from "../table.js";
import type { Normalisation } from "./normalisation.js";
import { fitNumber, type NumberInput } from "./number.js";

/** Fits an ordinal of words: each value's rank in the order, then as a number. */
export function fitOrdinal(
  { name, strings, order = [] }: StringColumn,
  rows: Int32Array,
  bins: number,
  notes: CleaningNote[],
  normalisation: Normalisation = "standard",
): NumberInput | undefined {
  const ranks = new Map(order.map((text, rank) => [text, rank]));
  const numbers = Float64Array.from(strings, (text) =>
    text === null ? Number.NaN : (ranks.get(text) ?? Number.NaN),
  );
  const coding = fitNumber({ name, type: "ordinal", numbers }, rows, bins, notes, normalisation);
  return coding && { ...coding, order };
}
