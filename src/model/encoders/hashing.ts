import type { HashedInput } from "../../data/encoding.js";
import { type Tensor, concat, gather, oneHot } from "../../graph/index.js";
import { type Block, indices, table } from "./block.js";
import { levelPlaces } from "./levels.js";

/** 1 in the place of the bucket of the row's level, or in the last place for an unseen level; then the log frequency. */
export function hashedBlock(coding: HashedInput, raw: Tensor): Block {
  const { buckets, count, frequencies, name } = coding;
  const places = levelPlaces(coding, raw);
  const bucket = gather(indices([...buckets, count]), places, 0);
  const frequency = gather(table(frequencies.map((x) => [x])), places, 0);
  const features = concat([oneHot(bucket, count + 1, "float32"), frequency], 1);
  return { features, owners: Array.from({ length: count + 2 }, () => name) };
}
