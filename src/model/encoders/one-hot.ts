import type { CategoryInput } from "../../data/encoding.js";
import { type Tensor, oneHot } from "../../graph/index.js";
import type { Block } from "./block.js";
import { levelPlaces } from "./levels.js";

/** 1 in the place of the row's level, or in the last place for a value that was not seen in training. */
export function oneHotBlock(coding: CategoryInput, raw: Tensor): Block {
  const width = coding.levels.length + 1;
  const features = oneHot(levelPlaces(coding, raw), width, "float32");
  return { features, owners: Array.from({ length: width }, () => coding.name) };
}
