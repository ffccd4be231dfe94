import {
  type Dim,
  type Tensor,
  add,
  layer,
  matmul,
  mul,
  pad,
  reduceSum,
  reshape,
  scalar,
  slice,
  square,
  transpose,
} from "../../graph/index.js";
import { type Parameter, undecayed } from "../parameter.js";
import type { SharingArchitecture, SharingShape } from "./architecture.js";
import { mixture } from "./gates.js";
import { fixed, nearIdentity } from "./stitch.js";
import { asInput, copiedLayer, copiesLayout } from "./towers.js";

/**
 * Sluice network: a tower for each task, each layer's output split into S subspaces. After every layer the T·S subspaces are mixed
 * with each other by weights α, x̃ = α·[x₁,₁, …, x_T,S]; what heads read is a mixture of a task's layers by weights β,
 * Σ_l β_l·x̃_l. A penalty λ·Σ‖G₁ᵀG₂‖² holds the weights of two subspaces of a layer at right angles to each other.
 *
 * The parameters `alpha` and `beta` hold α and β minus their start, so that they begin at 0.
 *
 * @see Ruder, Bingel, Augenstein & Søgaard 2019, "Latent Multi-task Architecture Learning", eq. 3 to 6.
 * Departures: towers of ReLU layers in place of recurrent ones; α starts near the identity also between subspaces; β mixes those
 * layers that are as wide as the last one; widths that S does not divide leave a subspace a channel short.
 */
export const sluice: SharingArchitecture = {
  slug: "sluice",
  title: "Sluice network",
  description:
    "towers split into subspaces that mix with those of other tasks, and a mixture of layers for each head (Ruder et al. 2019)",
  helps: "Loosely related tasks that share a part of their features, perhaps at different depths",
  paper: 'Ruder, Bingel, Augenstein & Søgaard 2019, "Latent Multi-task Architecture Learning"',
  options: {
    subspaces: { default: 2, min: 1, max: 8, integer: true, doc: "subspaces of each layer (S)" },
    own: {
      default: 0.9,
      min: 0,
      max: 1,
      doc: "share of itself that a subspace, or the last layer, begins with",
    },
    orthogonality: {
      default: 0.01,
      min: 0,
      max: 1e6,
      doc: "strength of the penalty on subspaces of one layer that are alike (λ)",
    },
    rate: { default: 1, min: 0, max: 1000, doc: "factor of the learning rate of α and β" },
  },
  layout: (shape) => [
    ...shape.trunk.flatMap((_, index) => [
      ...copiesLayout(shape, towers(shape, index)),
      alphaOf(shape, index),
    ]),
    betaOf(shape),
  ],
  features({ shape, encoded, parameters, dropout }) {
    let x = asInput(encoded);
    const layers = shape.trunk.map((_, index) => {
      const own = copiedLayer(shape, towers(shape, index), x, parameters, dropout);
      const { name } = alphaOf(shape, index);
      x = layer(name, () => mixedSubspaces(shape, parameters[name]!, own));
      return x;
    });
    const perTask = layer(BETA, () => mixedLayers(shape, parameters[BETA]!, layers));
    const penalty = layer("orthogonality", () =>
      likeness(
        shape,
        shape.trunk.map((_, index) => parameters[`${towers(shape, index).name}.weight`]!),
      ),
    );
    return { perTask, ...(penalty && { penalty }) };
  },
};

const BETA = "tasks.beta";

/** A tower for each task: mixed with the others, so on the way of all of them. */
const towers = (shape: SharingShape, index: number) => ({
  name: `trunk.${index}.towers`,
  count: shape.tasks.length,
  index,
});

/** Weights `[T, S, T·S]` after a layer; after the last one they are of one task each. */
function alphaOf({ tasks, trunk, options }: SharingShape, index: number): Parameter {
  const [T, S] = [tasks.length, options["subspaces"]!]; // every option has a value
  const last = index === trunk.length - 1;
  return {
    ...undecayed(`${last ? "tasks" : "trunk"}.${index}.alpha`, [T, S, T * S], "zeros"),
    rate: options["rate"]!,
    ...(last && { perTask: true as const }),
  };
}

/** Weights `[T, L]` of the layers that are as wide as the last one. */
const betaOf = (shape: SharingShape): Parameter => ({
  ...undecayed(BETA, [shape.tasks.length, asWide(shape).length], "zeros"),
  rate: shape.options["rate"]!,
  perTask: true,
});

/** Places of the layers that are as wide as the last one. */
const asWide = ({ trunk }: SharingShape): number[] =>
  [...trunk.keys()].filter((i) => trunk[i] === trunk.at(-1));

function mixedSubspaces({ options }: SharingShape, offsets: Tensor, x: Tensor): Tensor {
  const S = options["subspaces"]!;
  const [T, M, R, H] = x.shape as readonly [number, number, Dim, number]; // all but rows are known
  const W = Math.ceil(H / S);
  const alpha = add(
    reshape(offsets, [T * S, T * S]),
    fixed(x, [T * S, T * S], nearIdentity(T * S, options["own"]!)),
  );
  if (S === 1) return mixture(alpha, x);
  const padded = W * S === H ? x : pad(x, [0, 0, 0, 0], [0, 0, 0, W * S - H]);
  const parts = reshape(transpose(reshape(padded, [T, M, R, S, W]), [0, 3, 1, 2, 4]), [T * S, M, R, W]);
  const mixed = transpose(reshape(mixture(alpha, parts), [T, S, M, R, W]), [0, 2, 3, 1, 4]);
  const joined = reshape(mixed, [T, M, R, S * W]);
  return W * S === H ? joined : slice(joined, [0], [H], [3]);
}

/** Σ_l β_l·x_l for each task, where the last layer begins with `own` and the others with the rest in equal parts. */
function mixedLayers(shape: SharingShape, offsets: Tensor, layers: readonly Tensor[]): Tensor {
  const wide = asWide(shape);
  const [T, L] = [shape.tasks.length, wide.length];
  const start = nearIdentity(L, shape.options["own"]!).slice(-L); // of the last layer
  const beta = add(offsets, fixed(offsets, [1, L], start)); // [T, L]
  return wide
    .map((index, l) => mul(layers[index]!, reshape(slice(beta, [l], [l + 1], [1]), [T, 1, 1, 1])))
    .reduce((sum, one) => add(sum, one));
}

/**
 * λ·Σ‖GᵢᵀGⱼ‖² over tasks, layers and pairs of subspaces; G are the columns of a weight `[T, in, H]` that make a subspace. Undefined
 * where nothing is added.
 */
function likeness({ options }: SharingShape, layers: readonly Tensor[]): Tensor | undefined {
  const { orthogonality = 0, subspaces: S = 1 } = options;
  if (orthogonality === 0) return undefined;
  const squares = layers.flatMap((weight) => {
    const H = weight.shape[2] as number; // parameters have sizes
    const W = Math.ceil(H / S);
    const parts = Array.from({ length: Math.ceil(H / W) }, (_, s) =>
      slice(weight, [s * W], [Math.min(H, (s + 1) * W)], [2]),
    );
    return parts.flatMap((a, i) =>
      parts.slice(i + 1).map((b) => reduceSum(square(matmul(transpose(a, [0, 2, 1]), b)), [0, 1, 2])),
    );
  });
  if (squares.length === 0) return undefined;
  const sum = squares.reduce((total, one) => add(total, one));
  return mul(sum, scalar(orthogonality, sum.dtype));
}
