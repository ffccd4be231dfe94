import { reshape } from "../../graph/index.js";
import type { SharingArchitecture, SharingShape } from "./architecture.js";
import { type Extraction, extract, extractionLayout, levelsOf } from "./extraction.js";

/**
 * Multi-gate mixture of experts: E experts of the trunk's layers, and for each task k a gate gᵏ(x) = softmax(x·Wₖ) over them:
 * fᵏ(x) = Σᵢ gᵏ(x)ᵢ·eᵢ(x).
 *
 * `one-gate` lets all tasks share one gate (the paper's OMoE). With more `levels` the layers of the trunk are dealt out to
 * levels of experts: those of a level read what one gate mixes of the level before, and a task's gate reads what that task's
 * gate mixed there.
 *
 * @see Ma et al. 2018, "Modeling Task Relationships in Multi-task Learning with Multi-gate Mixture-of-Experts", eq. 6 and 7;
 * levels: Tang et al. 2020, "Progressive Layered Extraction (PLE)", who compare with a multi-level MMoE.
 * Departures: gates have biases; levels are those of PLE without experts of tasks, since no paper gives their equations.
 */
export const mmoe: SharingArchitecture = {
  slug: "mmoe",
  title: "MMoE",
  description: "experts that all tasks share, mixed by a gate of each task's own (Ma et al. 2018)",
  helps: "Tasks of which some are loosely related: each picks the experts that serve it",
  paper:
    'Ma et al. 2018, "Modeling Task Relationships in Multi-task Learning with Multi-gate Mixture-of-Experts"',
  options: {
    experts: { default: 4, min: 1, max: 64, integer: true, doc: "the number of experts (n)" },
    "one-gate": { default: 0, min: 0, max: 1, integer: true, doc: "1 for one gate that all tasks share" },
    levels: {
      default: 1,
      min: 1,
      max: 16,
      integer: true,
      doc: "levels of experts, each ended by gates, among which the trunk's layers are dealt out",
    },
  },
  layout: (shape) => extractionLayout(shape, extractionOf(shape)),
  features({ shape, encoded, parameters, dropout }) {
    const extraction = extractionOf(shape);
    const { features, gates } = extract(shape, extraction, { encoded, parameters, dropout });
    if (!extraction.oneGate) return { perTask: features, gates };
    const all = shape.members === 1 ? features.shape.slice(2) : features.shape.slice(1);
    return { shared: reshape(features, all), gates };
  },
};

const extractionOf = ({ options, trunk }: SharingShape): Extraction => ({
  own: 0,
  shared: options["experts"]!, // every option has a value
  levels: levelsOf(trunk.length, options["levels"]!),
  oneGate: options["one-gate"] === 1,
});
