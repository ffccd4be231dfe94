import { cgc } from "./cgc.js";
import type { SharingArchitecture, SharingShape } from "./architecture.js";
import { type Extraction, extract, extractionLayout, levelsOf } from "./extraction.js";

/**
 * Progressive layered extraction: levels of shared experts and experts of each task's own (see `cgc`), among which the trunk's
 * layers are dealt out. At every level but the last a shared gate mixes all experts of all tasks into what the next level's
 * shared experts read; the gate and the own experts of task k read what its gate mixed at the level before:
 * gᵏʲ = softmax(gᵏʲ⁻¹·Wₖⱼ)·(experts of k and shared ones), gˢʲ = softmax(gˢʲ⁻¹·Wⱼ)·(all experts), g⁰ the encoded inputs.
 *
 * @see Tang et al. 2020, "Progressive Layered Extraction (PLE): A Novel Multi-Task Learning (MTL) Model for Personalized
 * Recommendations", sec. 4.2, eq. 5 and 6.
 * Departures: gates have biases; losses are weighed by the balancer, not by the paper's schedule.
 */
export const ple: SharingArchitecture = {
  slug: "ple",
  title: "Progressive layered extraction (PLE)",
  description: "levels of shared experts and of each task's own that part step by step (Tang et al. 2020)",
  helps: "As CGC, with a trunk of several layers: tasks part from what they share layer by layer",
  paper: cgc.paper,
  options: {
    ...cgc.options,
    levels: {
      default: 2,
      min: 1,
      max: 16,
      integer: true,
      doc: "levels of experts among which the trunk's layers are dealt out; a level for each layer where there are fewer",
    },
  },
  layout: (shape) => extractionLayout(shape, extractionOf(shape)),
  features({ shape, encoded, parameters, dropout }) {
    const { features, gates } = extract(shape, extractionOf(shape), { encoded, parameters, dropout });
    return { perTask: features, gates };
  },
};

const extractionOf = ({ options, trunk }: SharingShape): Extraction => ({
  own: options["own-experts"]!, // every option has a value
  shared: options["experts"]!,
  levels: levelsOf(trunk.length, options["levels"]!),
});
