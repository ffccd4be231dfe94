import { reshape } from "../../graph/index.js";
import type { SharingArchitecture, SharingShape } from "./architecture.js";
import { type Gates, gateWeights, gatesLayout, mixture } from "./gates.js";
import { asInput, copiedLayer, copiesLayout } from "./towers.js";

/**
 * Multi-gate mixture of experts: E experts of the trunk's layers, and for each task k a gate gᵏ(x) = softmax(x·Wₖ) over them:
 * fᵏ(x) = Σᵢ gᵏ(x)ᵢ·eᵢ(x).
 *
 * `one-gate` lets all tasks share one gate (the paper's OMoE).
 *
 * @see Ma et al. 2018, "Modeling Task Relationships in Multi-task Learning with Multi-gate Mixture-of-Experts", eq. 6 and 7.
 * Departures: gates have biases.
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
  },
  layout: (shape) => [
    ...shape.trunk.flatMap((_, index) => copiesLayout(shape, experts(shape, index))),
    ...gatesLayout(gate(shape)),
  ],
  features({ shape, encoded, parameters, dropout }) {
    const read = asInput(encoded);
    const mixed = shape.trunk.reduce(
      (x, _, index) => copiedLayer(shape, experts(shape, index), x, parameters, dropout),
      read,
    );
    const gates = gateWeights(gate(shape), read, parameters);
    const found = mixture(gates, mixed); // [T or 1, M, R, H]
    if (shape.options["one-gate"] === 0) return { perTask: found, gates: { experts: gates } };
    const all = shape.members === 1 ? found.shape.slice(2) : found.shape.slice(1);
    return { shared: reshape(found, all), gates: { experts: gates } };
  },
};

const experts = (shape: SharingShape, index: number) => ({
  name: `trunk.${index}.experts`,
  count: shape.options["experts"]!, // every option has a value
  index,
});

function gate(shape: SharingShape): Gates {
  const one = shape.options["one-gate"] === 1;
  return {
    name: one ? "trunk.gate" : "tasks.gate",
    count: one ? 1 : shape.tasks.length,
    experts: shape.options["experts"]!,
    inputs: shape.inputs,
    ...(!one && { perTask: true }),
  };
}
