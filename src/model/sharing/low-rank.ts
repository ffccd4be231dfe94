import { add } from "../../graph/index.js";
import { type Parameter, weights } from "../parameter.js";
import { adaptedTrunk } from "./adapted-trunk.js";
import type { SharingArchitecture, SharingShape } from "./architecture.js";
import { trunkLayout } from "./hard.js";
import { batchedProduct, widthBefore } from "./towers.js";

/**
 * Low-rank task adapters: task k has the weights Wₖ = W + UₖVₖ with Uₖ `[in, r]` and Vₖ `[r, out]` in every layer of the trunk.
 *
 * h ← ReLU(hW + (hUₖ)Vₖ + b). At the start Vₖ = 0: hard sharing. r is at most the layer's width and that of what it reads,
 * where Wₖ is any matrix.
 *
 * @see Hu et al. 2022, "LoRA: Low-Rank Adaptation of Large Language Models", eq. 3; for several tasks: Agiza, Neseem & Reda 2024,
 * "MTLoRA: Low-Rank Adaptation Approach for Efficient Multi-Task Learning", sec. 3.
 * Departures: W is learned too, with all tasks; the factor α/r is 1.
 */
export const lowRank: SharingArchitecture = {
  slug: "low-rank",
  title: "Low-rank task adapters",
  description:
    "one trunk to whose weights each task adds a product of rank r (Hu et al. 2022, Agiza et al. 2024)",
  helps: "Tasks that differ in more than scales while most of the trunk serves all",
  paper:
    'Agiza, Neseem & Reda 2024, "MTLoRA: Low-Rank Adaptation Approach for Efficient Multi-Task Learning"; Hu et al. 2022, "LoRA: Low-Rank Adaptation of Large Language Models"',
  options: {
    rank: { default: 4, min: 1, max: 512, integer: true, doc: "the rank of what a task adds (r)" },
  },
  layout: (shape) => [...trunkLayout(shape), ...shape.trunk.flatMap((_, index) => adapters(shape, index))],
  features: (inputs) => ({
    perTask: adaptedTrunk(inputs, {
      product(read, product, index) {
        const of = (key: string) => inputs.parameters[`tasks.${index}.${key}`]!;
        return add(product, batchedProduct(batchedProduct(read, of("down")), of("up")));
      },
    }),
  }),
};

function adapters(shape: SharingShape, index: number): Parameter[] {
  const [T, read, out] = [shape.tasks.length, widthBefore(shape, index), shape.trunk[index]!];
  const rank = Math.min(shape.options["rank"]!, read, out); // every option has a value
  return [
    { ...weights(`tasks.${index}.down`, [T, read, rank], "fan-in-uniform"), perTask: true },
    { ...weights(`tasks.${index}.up`, [T, rank, out], "zeros"), perTask: true },
  ];
}
