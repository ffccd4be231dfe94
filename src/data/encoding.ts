/** How one numeric, ordinal, boolean or date input becomes features. Fitted on training rows only. */
export interface NumberInput {
  readonly name: string;
  readonly type: "numeric" | "ordinal" | "boolean" | "date";
  /** Replaces a missing value: the training median. */
  readonly fill: number;
  /** Standardisation of the filled value: (x − mean) / deviation. */
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

/** How one category input becomes features: one-hot over `levels` plus one place for unseen and rare values. */
export interface CategoryInput {
  readonly name: string;
  readonly type: "category";
  /** Levels with a place of their own; the empty string stands for missing when training rows had any. */
  readonly levels: readonly string[];
}

/** How one raw column becomes features. */
export type InputCoding = NumberInput | CategoryInput;

/** How raw columns become the encoded matrix `[rows, width]`: features of each input side by side, in order. */
export interface InputEncoding {
  readonly inputs: readonly InputCoding[];
  /** Width of the encoded matrix. */
  readonly width: number;
}

/**
 * Number of features one input contributes. Order inside an input: standardised value, then the piecewise-linear
 * features, then the missing indicator; for a category its levels, then the place for unseen values.
 */
export function codingWidth(coding: InputCoding): number {
  if (coding.type === "category") return coding.levels.length + 1;
  return 1 + Math.max(0, coding.edges.length - 1) + (coding.indicator ? 1 : 0);
}

/** The encoding that puts the features of these inputs side by side. */
export const encodingOf = (inputs: readonly InputCoding[]): InputEncoding => ({
  inputs,
  width: inputs.reduce((sum, coding) => sum + codingWidth(coding), 0),
});
