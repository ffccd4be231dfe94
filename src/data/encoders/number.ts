import { type CleaningNote, counted, dropped } from "../cleaning.js";
import { piecewiseEdges } from "../edges.js";
import { shortNumber } from "../profile.js";
import { writeDate } from "../spellings.js";
import type { NumberColumn } from "../table.js";
import { type Normalisation, type QuantileMap, quantileMap, robustScale } from "./normalisation.js";

/** How one numeric, ordinal or boolean input, or one coordinate of an embedding, becomes features. Fitted on training rows only. */
export interface NumberInput {
  readonly name: string;
  /** `date` only in models of earlier versions, which took days since 1970-01-01 for any number. */
  readonly type: "numeric" | "ordinal" | "boolean" | "date" | "embedding";
  /** An ordinal of words: its values from the lowest, rank 0, to the highest; any other value is missing. */
  readonly order?: readonly string[];
  /** Replaces a missing value: the training median. */
  readonly fill: number;
  /** To normal scores, in place of the standardisation. */
  readonly quantiles?: QuantileMap;
  /** Standardisation of the filled value: (x − mean) / deviation; both are robust ones where these are asked for. */
  readonly mean: number;
  readonly deviation: number;
  /** True when training rows had missing values: one more feature, 1 where the value is missing. */
  readonly indicator: boolean;
  /**
   * Edges of the piecewise-linear encoding, ascending, `edges.length − 1` features; empty for none.
   * Gorishniy et al. 2022, "On Embeddings for Numerical Features in Tabular Deep Learning", eq. 1.
   */
  readonly edges: readonly number[];
}

/** Features of a number: standardised value or normal score, then the piecewise-linear features, then the missing indicator. */
export const numberWidth = ({ edges, indicator }: NumberInput): number =>
  1 + Math.max(0, edges.length - 1) + (indicator ? 1 : 0);

/**
 * Fits the coding of a number column on training rows; undefined, with a note, for one that is constant or empty there.
 *
 * @param bins of the piecewise-linear encoding.
 * @param normalisation of numbers that are not booleans.
 */
export function fitNumber(
  column: NumberColumn,
  rows: Int32Array,
  bins: number,
  notes: CleaningNote[],
  normalisation: Normalisation = "standard",
): NumberInput | undefined {
  const { name, type } = column;
  const picked = Float64Array.from(rows, (row) => column.numbers[row]!);
  const present = picked.filter((x) => !Number.isNaN(x)).sort();
  if (present.length === 0) return dropped(notes, name, "no value in any training row");
  const fill = median(present, type === "boolean");
  const filled = picked.map((x) => (Number.isNaN(x) ? fill : x));
  const missing = picked.length - present.length;
  const constant = Math.fround(present[0]!) === Math.fround(present[present.length - 1]!);
  if (constant && missing === 0) {
    return dropped(notes, name, `always ${writeValue(fill, type)} in training rows`);
  }
  if (missing > 0) {
    const detail = `${counted(missing, "missing training value")} filled with ${writeValue(fill, type)}, and marked`;
    notes.push({ column: name, action: "imputed", detail });
  }
  const how = constant || type === "boolean" ? "standard" : normalisation; // two values need no other scale
  const scaled = how === "robust" ? robustScale(present) : moments(filled);
  const { mean, deviation } = constant ? { mean: fill, deviation: 1 } : scaled;
  return {
    name,
    type,
    fill,
    ...(how === "quantile" && { quantiles: quantileMap(present) }),
    mean,
    deviation,
    indicator: missing > 0,
    edges: type === "boolean" ? [] : piecewiseEdges(present, bins),
  };
}

/** Median of ascending values; for booleans the lower of two middle ones, which is again a boolean. */
export function median(sorted: Float64Array, whole: boolean): number {
  const middle = (sorted.length - 1) / 2;
  const low = sorted[Math.floor(middle)]!;
  return whole ? low : (low + sorted[Math.ceil(middle)]!) / 2;
}

/** Mean and population deviation, in two passes. */
export function moments(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

const writeValue = (x: number, type: NumberColumn["type"]): string =>
  type === "date" ? writeDate(x) : type === "boolean" ? String(x === 1) : shortNumber(x);
