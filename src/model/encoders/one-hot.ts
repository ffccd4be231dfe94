import type { CategoryInput } from "../../data/encoding.js";
import { type Tensor, labelEncode, oneHot } from "../../graph/index.js";
import type { Block } from "./block.js";

/** 1 in the place of the row's level, or in the last place for a value that was not seen in training. */
export function oneHotBlock({ name, levels }: CategoryInput, raw: Tensor): Block {
  const width = levels.length + 1;
  const features = oneHot(labelEncode(raw, levels, levels.length), width, "float32");
  return { features, owners: Array.from({ length: width }, () => name) };
}
