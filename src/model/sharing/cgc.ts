import type { SharingArchitecture, SharingShape } from "./architecture.js";
import { type Extraction, extract, extractionLayout, levelsOf } from "./extraction.js";

/**
 * Customised gate control: beside S experts of the trunk's layers that all tasks share, each task k has n of its own, and a gate
 * over its own and the shared ones: fᵏ(x) = Σᵢ wᵏ(x)ᵢ·eᵢ(x), wᵏ(x) = softmax(x·Wₖ), i over the n + S experts that k sees.
 *
 * @see Tang et al. 2020, "Progressive Layered Extraction (PLE): A Novel Multi-Task Learning (MTL) Model for Personalized
 * Recommendations", sec. 4.1, eq. 2 to 4.
 * Departures: gates have biases.
 */
export const cgc: SharingArchitecture = {
  slug: "cgc",
  title: "Customised gate control (CGC)",
  description: "shared experts and some of each task's own, mixed by a gate for each task (Tang et al. 2020)",
  helps: "Tasks that share a part and also need something of their own, where sharing all costs some of them",
  paper:
    'Tang et al. 2020, "Progressive Layered Extraction (PLE): A Novel Multi-Task Learning (MTL) Model for Personalized Recommendations"',
  options: {
    experts: {
      default: 2,
      min: 1,
      max: 64,
      integer: true,
      doc: "the number of experts that all tasks share (m_s)",
    },
    "own-experts": {
      default: 1,
      min: 1,
      max: 64,
      integer: true,
      doc: "the number of experts of each task's own (m_k)",
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
  levels: levelsOf(trunk.length, 1),
});
