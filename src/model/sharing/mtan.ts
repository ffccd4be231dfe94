import { type Tensor, add, layer, mul, relu, sigmoid } from "../../graph/index.js";
import { type Parameter, undecayed, weights } from "../parameter.js";
import type { SharingArchitecture, SharingInputs, SharingShape } from "./architecture.js";
import { blockOutput } from "./residual.js";
import { asInput, batchedProduct, copiedProduct, copiesLayout } from "./towers.js";

/**
 * Multi-task attention network: one trunk for all tasks, and for each task a mask over every layer,
 * aₖˡ = σ(ReLU([uˡ; âₖˡ⁻¹]·Aₖˡ + cₖˡ)·Bₖˡ + dₖˡ), âₖˡ = aₖˡ ∘ pˡ, with uˡ the layer before its activation and pˡ after it. Heads
 * read âₖ of the last layer.
 *
 * @see Liu, Johns & Davison 2019, "End-to-End Multi-Task Learning with Attention", eq. 1 and 2.
 * Departures: linear layers in place of convolutions, f and h of eq. 2 as one; no batch normalisation, so that a row's features
 * depend on no other row.
 */
export const mtan: SharingArchitecture = {
  slug: "mtan",
  title: "MTAN",
  description: "one trunk for all tasks, of which each task attends to its own part (Liu et al. 2019)",
  helps: "Many related tasks that need different parts of common features: masks cost less than towers",
  paper: 'Liu, Johns & Davison 2019, "End-to-End Multi-Task Learning with Attention"',
  options: {
    hidden: {
      default: 0,
      min: 0,
      max: 4096,
      integer: true,
      doc: "width of the hidden layer of a mask; 0 for that of the layer it masks",
    },
  },
  layout: (shape) =>
    shape.trunk.flatMap((_, index) => [
      ...copiesLayout(shape, sharedLayer(index)),
      ...maskLayout(shape, index),
    ]),
  features(inputs) {
    const { shape, encoded, parameters, dropout } = inputs;
    let shared = asInput(encoded);
    let masked: Tensor | undefined;
    for (const index of shape.trunk.keys()) {
      const copies = sharedLayer(index);
      const before = layer(copies.name, () => copiedProduct(shape, copies, shared, parameters)); // [1, M, R, H]
      const read = shared;
      shared = layer(copies.name, () => blockOutput(shape, read, dropout(relu(before), index)));
      masked = layer(`tasks.${index}.mask`, () => mul(maskOf(inputs, index, before, masked), shared));
    }
    return { perTask: masked! }; // a trunk has layers
  },
};

const sharedLayer = (index: number) => ({ name: `trunk.${index}.shared`, count: 1, index });

/** Width of the hidden layer of a mask. */
const hiddenOf = ({ trunk, options }: SharingShape, index: number): number =>
  options["hidden"]! || trunk[index]!; // every option has a value

/** The parameters of the masks of a layer: `input` reads the shared layer and, but at the first, the masked one before. */
function maskLayout(shape: SharingShape, index: number): Parameter[] {
  const [T, H, A] = [shape.tasks.length, shape.trunk[index]!, hiddenOf(shape, index)];
  const name = `tasks.${index}.mask`;
  return [
    weights(`${name}.input.weight`, [T, H, A], "he-normal"),
    ...(index === 0 ? [] : [weights(`${name}.masked.weight`, [T, shape.trunk[index - 1]!, A], "he-normal")]),
    undecayed(`${name}.input.bias`, [T, 1, 1, A], "zeros"),
    weights(`${name}.output.weight`, [T, A, H], "fan-in-uniform"),
    undecayed(`${name}.output.bias`, [T, 1, 1, H], "zeros"),
  ].map((parameter) => ({ ...parameter, perTask: true as const }));
}

/** The masks of a layer `[T, M, R, H]`, from it before its activation `[1, M, R, H]` and the masked layer before. */
function maskOf(
  { parameters }: SharingInputs,
  index: number,
  shared: Tensor,
  masked: Tensor | undefined,
): Tensor {
  const of = (key: string): Tensor => parameters[`tasks.${index}.mask.${key}`]!;
  const read = batchedProduct(shared, of("input.weight"));
  const both = masked ? add(read, batchedProduct(masked, of("masked.weight"))) : read;
  const hidden = relu(add(both, of("input.bias")));
  return sigmoid(add(batchedProduct(hidden, of("output.weight")), of("output.bias")));
}
