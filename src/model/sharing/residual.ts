import { type Tensor, add } from "../../graph/index.js";
import type { TrunkShape } from "./architecture.js";

/**
 * What a layer of the trunk gives: h + f(h) in a trunk of residual blocks where f(h) is as wide as h, else f(h). f is all of the
 * layer, activation and dropout included; h is what it reads, before the scales of members and tasks.
 *
 * @param read `[…, in]`, of fewer or as many copies, members and tasks as `made`.
 * @param made `[…, out]`.
 * @see He, Zhang, Ren & Sun 2016, "Deep Residual Learning for Image Recognition", eq. 1; on tables Gorishniy, Rubachev, Khrulkov &
 * Babenko 2021, "Revisiting Deep Learning Models for Tabular Data", sec. 3.2.
 * Departures: a block is one linear layer with ReLU, where the second paper has two with batch normalisation before them: a row's
 * features depend on no other row. No layer in between makes the width of the inputs that of the blocks: the first layer does.
 */
export const blockOutput = ({ blocks }: TrunkShape, read: Tensor, made: Tensor): Tensor =>
  blocks === "residual" && read.shape.at(-1) === made.shape.at(-1) ? add(made, read) : made;
