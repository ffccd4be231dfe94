import { type NumberInput, numberWidth } from "./encoders/number.js";
import { type CategoryInput, oneHotWidth } from "./encoders/one-hot.js";

export type { CategoryInput, NumberInput };

/** How one raw column becomes features. */
export type InputCoding = NumberInput | CategoryInput;

/** How raw columns become the encoded matrix `[rows, width]`: features of each input side by side, in order. */
export interface InputEncoding {
  readonly inputs: readonly InputCoding[];
  /** Width of the encoded matrix. */
  readonly width: number;
}

/** Number of features one input contributes. */
export function codingWidth(coding: InputCoding): number {
  return coding.type === "category" ? oneHotWidth(coding) : numberWidth(coding);
}

/** The encoding that puts the features of these inputs side by side. */
export const encodingOf = (inputs: readonly InputCoding[]): InputEncoding => ({
  inputs,
  width: inputs.reduce((sum, coding) => sum + codingWidth(coding), 0),
});
