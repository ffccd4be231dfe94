import type { AnyCategoryInput } from "../../data/encoding.js";
import { type Tensor, isNaN, labelEncode, numberEncode, scalar, where } from "../../graph/index.js";

/** The place of each row's level, `[batch]` int64; the number of levels for a value that was not seen in training. */
export function levelPlaces({ levels, codes }: AnyCategoryInput, raw: Tensor): Tensor {
  if (codes !== true) return labelEncode(raw, levels, levels.length);
  const missing = levels.indexOf("");
  const numbers = levels.filter((level) => level !== "").map(Number);
  const places = numberEncode(raw, numbers, levels.length); // "" comes last, so that the others keep their places
  return missing < 0 ? places : where(isNaN(raw), scalar(missing, "int64"), places);
}
