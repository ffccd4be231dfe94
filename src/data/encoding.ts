import { type DateInput, type DatePart, dateWidth } from "./encoders/date.js";
import { type HashedInput, hashedWidth } from "./encoders/hashing.js";
import { type NumberInput, numberWidth } from "./encoders/number.js";
import { type CategoryInput, oneHotWidth } from "./encoders/one-hot.js";
import { type StatisticsInput, statisticsWidth } from "./encoders/target-statistics.js";
import { type TextInput, textWidth } from "./encoders/text.js";

export type { CategoryInput, DateInput, DatePart, HashedInput, NumberInput, StatisticsInput, TextInput };

/** How a category becomes features. */
export type AnyCategoryInput = CategoryInput | StatisticsInput | HashedInput;

/** How one raw column becomes features. */
export type InputCoding = NumberInput | DateInput | AnyCategoryInput | TextInput;

/** How raw columns become the encoded matrix `[rows, width]`: features of each input side by side, in order. */
export interface InputEncoding {
  readonly inputs: readonly InputCoding[];
  /** Width of the encoded matrix. */
  readonly width: number;
}

/** True for a date as calendar features; dates of earlier versions are numbers. */
export const isDateInput = (coding: InputCoding): coding is DateInput => "parts" in coding;

/** True for a coding that makes one number of a cell, and features of it. */
export const isNumberInput = (coding: InputCoding): coding is NumberInput =>
  coding.type !== "category" && coding.type !== "text" && !isDateInput(coding);

/** What a model takes for an input: float32 with NaN for missing, float64 likewise, or string with "" for missing. */
export function feedType(coding: InputCoding): "float32" | "float64" | "string" {
  if (isDateInput(coding)) return "float64";
  if (isNumberInput(coding)) return coding.order ? "string" : "float32";
  return coding.type === "category" && coding.codes === true ? "float64" : "string";
}

/** The columns of the encoded matrix with numbers on one scale: those of numeric and ordinal inputs and the trends of dates. */
export function numberPlaces({ inputs }: InputEncoding): number[] {
  const places: number[] = [];
  let from = 0;
  for (const coding of inputs) {
    const number = isDateInput(coding) || coding.type === "numeric" || coding.type === "ordinal";
    if (number) places.push(from); // the first feature of such an input
    from += codingWidth(coding);
  }
  return places;
}

/** A usual value as a program gives it to the model. */
export function exampleOf(coding: InputCoding): number | string {
  if (isDateInput(coding)) return coding.fill;
  if (coding.type === "text") return coding.words.slice(0, 3).join(" ");
  if (isNumberInput(coding)) return coding.order ? coding.order[Math.round(coding.fill)]! : coding.fill;
  const level = coding.levels.find((one) => one !== "") ?? "";
  return coding.codes === true ? Number(level) : level;
}

/** Number of features one input contributes. */
export function codingWidth(coding: InputCoding): number {
  if (isDateInput(coding)) return dateWidth(coding, numberWidth);
  if (isNumberInput(coding)) return numberWidth(coding);
  if (coding.type === "text") return textWidth(coding);
  switch (coding.coding) {
    case "target":
      return statisticsWidth(coding);
    case "hashing":
      return hashedWidth(coding);
    default:
      return oneHotWidth(coding);
  }
}

/** The encoding that puts the features of these inputs side by side. */
export const encodingOf = (inputs: readonly InputCoding[]): InputEncoding => ({
  inputs,
  width: inputs.reduce((sum, coding) => sum + codingWidth(coding), 0),
});
