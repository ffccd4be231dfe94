import { type Tensor, add, layer } from "../../graph/index.js";
import { type Parameter, undecayed } from "../parameter.js";
import type { SharingArchitecture, SharingShape } from "./architecture.js";
import { mixture } from "./gates.js";
import { fixed, mixedByChannel, nearIdentity } from "./stitch.js";
import { asInput, copiedLayer, copiesLayout } from "./towers.js";

/**
 * Cross-stitch network: a tower for each task; after every layer each task goes on with its own mixture of all towers,
 * x̃ₖ = Σⱼ αₖⱼ·xⱼ, where αₖₖ starts at `own` and αₖⱼ at (1 − own)/(T − 1). `per-channel` gives each channel its own α.
 *
 * The parameters `stitch` hold α minus its start, so that they begin at 0.
 *
 * @see Misra, Shrivastava, Gupta & Hebert 2016, "Cross-stitch Networks for Multi-task Learning", eq. 1 and sec. 4 (start 0.9 and
 * 0.1, a unit for each channel, a higher learning rate of their own).
 * Departures: any number of tasks, the share of others divided among them; towers start at random, not from networks that were
 * trained for one task each; α learns at the network's rate unless asked for more: Adam's steps do not shrink with the gradient,
 * and 10 times the rate made losses of planted tasks 2 to 4 percent larger.
 */
export const crossStitch: SharingArchitecture = {
  slug: "cross-stitch",
  title: "Cross-stitch",
  description: "a tower for each task, mixed with the others after every layer (Misra et al. 2016)",
  helps: "Few tasks with enough rows, of which it is not known how much they share at which depth",
  paper: 'Misra, Shrivastava, Gupta & Hebert 2016, "Cross-stitch Networks for Multi-task Learning"',
  options: {
    own: { default: 0.9, min: 0, max: 1, doc: "share of its own tower that a task begins with (α_S)" },
    "per-channel": {
      default: 1,
      min: 0,
      max: 1,
      integer: true,
      doc: "1 for mixing weights of each channel's own, 0 for one number per layer and pair of tasks",
    },
    rate: { default: 1, min: 0, max: 1000, doc: "factor of the learning rate of the mixing weights" },
  },
  layout: (shape) =>
    shape.trunk.flatMap((_, index) => [...copiesLayout(shape, towers(shape, index)), stitchOf(shape, index)]),
  features({ shape, encoded, parameters, dropout }) {
    const mixed = shape.trunk.reduce((x, _, index) => {
      const own = copiedLayer(shape, towers(shape, index), x, parameters, dropout);
      const { name } = stitchOf(shape, index);
      return layer(name, () => stitched(shape, parameters[name]!, own));
    }, asInput(encoded));
    return { perTask: mixed };
  },
};

/** A tower for each task: mixed with the others, so on the way of all of them. */
const towers = (shape: SharingShape, index: number) => ({
  name: `trunk.${index}.towers`,
  count: shape.tasks.length,
  index,
});

/** Weights after a layer; after the last one they are of one task each. */
function stitchOf(shape: SharingShape, index: number): Parameter {
  const T = shape.tasks.length;
  const last = index === shape.trunk.length - 1;
  const { "per-channel": perChannel, rate } = shape.options;
  return {
    ...undecayed(
      `${last ? "tasks" : "trunk"}.${index}.stitch`,
      [T, T, ...(perChannel === 1 ? [shape.trunk[index]!] : [])],
      "zeros",
    ),
    rate: rate!, // every option has a value
    ...(last && { perTask: true as const }),
  };
}

function stitched({ tasks, options }: SharingShape, offsets: Tensor, x: Tensor): Tensor {
  const T = tasks.length;
  const start = nearIdentity(T, options["own"]!); // every option has a value
  return options["per-channel"] === 1
    ? mixedByChannel(add(offsets, fixed(x, [T, T, 1], start)), x)
    : mixture(add(offsets, fixed(x, [T, T], start)), x);
}
