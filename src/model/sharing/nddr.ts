import {
  type Dim,
  type Tensor,
  add,
  layer,
  layerNorm,
  mul,
  relu,
  reshape,
  transpose,
} from "../../graph/index.js";
import { type Parameter, undecayed, weights } from "../parameter.js";
import type { SharingArchitecture, SharingInputs, SharingShape } from "./architecture.js";
import { mixture } from "./gates.js";
import { fixed, nearIdentity } from "./stitch.js";
import { asInput, batchedProduct, copiedLayer, copiesLayout } from "./towers.js";

/**
 * NDDR: a tower for each task; after every layer a linear layer of each task's own takes the features of all towers side by side
 * back to the tower's width, x̃ₖ = ReLU([x₁, …, x_T]·Wₖ). Wₖ starts as `own`·I for the task's own features and
 * (1 − own)/(T − 1)·I for those of each other.
 *
 * The parameters `fusion.weight` hold W minus its start, so that they begin at 0 and weight decay draws W back there.
 *
 * @see Gao, Ma, Zhao, Liu & Yuille 2019, "NDDR-CNN: Layerwise Feature Fusing in Multi-Task CNNs by Neural Discriminative
 * Dimensionality Reduction", eq. 1 and sec. 3.2 (1 × 1 convolution, normalisation, start near the identity).
 * Departures: no normalisation unless asked for, and then of each row over its channels, where the paper has batch normalisation:
 * a row's features depend on no other row. It takes the size out of a row, which made losses of planted linear tasks a quarter
 * larger. Any number of tasks; towers start at random, not from networks that were trained for one task each.
 */
export const nddr: SharingArchitecture = {
  slug: "nddr",
  title: "NDDR",
  description:
    "a tower for each task, fused with all others by a linear layer after every layer (Gao et al. 2019)",
  helps: "Few tasks and many rows: any channel of one tower can serve any channel of another",
  paper:
    'Gao, Ma, Zhao, Liu & Yuille 2019, "NDDR-CNN: Layerwise Feature Fusing in Multi-Task CNNs by Neural Discriminative Dimensionality Reduction"',
  options: {
    own: {
      default: 0.9,
      min: 0,
      max: 1,
      doc: "factor of a task's own features in the weights at the start (α)",
    },
    normalise: {
      default: 0,
      min: 0,
      max: 1,
      integer: true,
      doc: "1 to normalise the fused features of each row, 0 to leave them as they are",
    },
    rate: { default: 1, min: 0, max: 1000, doc: "factor of the learning rate of the fusing layers" },
  },
  layout: (shape) =>
    shape.trunk.flatMap((_, index) => [
      ...copiesLayout(shape, towers(shape, index)),
      ...fusionLayout(shape, index),
    ]),
  features(inputs) {
    const { shape, encoded, parameters, dropout } = inputs;
    const fusedAll = shape.trunk.reduce((x, _, index) => {
      const own = copiedLayer(shape, towers(shape, index), x, parameters, dropout);
      return layer(fusionName(shape, index), () => fused(inputs, index, own));
    }, asInput(encoded));
    return { perTask: fusedAll };
  },
};

/** A tower for each task: fused with the others, so on the way of all of them. */
const towers = (shape: SharingShape, index: number) => ({
  name: `trunk.${index}.towers`,
  count: shape.tasks.length,
  index,
});

/** The fusing layers after the last layer are of one task each. */
const fusionName = (shape: SharingShape, index: number): string =>
  `${isLast(shape, index) ? "tasks" : "trunk"}.${index}.fusion`;

const isLast = (shape: SharingShape, index: number): boolean => index === shape.trunk.length - 1;

function fusionLayout(shape: SharingShape, index: number): Parameter[] {
  const [T, H] = [shape.tasks.length, shape.trunk[index]!];
  const name = fusionName(shape, index);
  const own = [
    weights(`${name}.weight`, [T, T * H, H], "zeros"),
    ...(shape.options["normalise"] === 1
      ? [undecayed(`${name}.scale`, [T, 1, 1, H], "ones"), undecayed(`${name}.shift`, [T, 1, 1, H], "zeros")]
      : []),
  ];
  const rate = shape.options["rate"]!; // every option has a value
  return own.map((one) => ({ ...one, rate, ...(isLast(shape, index) && { perTask: true as const }) }));
}

/** `[T, M, R, H]` of the towers to that of the tasks. */
function fused({ shape, parameters }: SharingInputs, index: number, x: Tensor): Tensor {
  const [T, M, R, H] = x.shape as readonly [number, number, Dim, number]; // all but rows are known
  const of = (key: string): Tensor | undefined => parameters[`${fusionName(shape, index)}.${key}`];
  const start = fixed(x, [T, T], nearIdentity(T, shape.options["own"]!)); // every option has a value
  const beside = reshape(transpose(x, [1, 2, 0, 3]), [1, M, R, T * H]);
  const sum = add(mixture(start, x), batchedProduct(beside, of("weight")!));
  const [scale, shift] = [of("scale"), of("shift")];
  if (!scale || !shift) return relu(sum);
  const all = (value: number): Tensor =>
    fixed(
      x,
      [H],
      Array.from({ length: H }, () => value),
    );
  const even = layerNorm(sum, all(1), all(0));
  return relu(add(mul(even, scale), shift));
}
