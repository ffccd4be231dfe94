import {
  type Tensor,
  add,
  argMax,
  clip,
  div,
  exp,
  layer,
  less,
  log,
  mul,
  neg,
  oneHot,
  reshape,
  scalar,
  slice,
  softmax,
  where,
} from "../../graph/index.js";
import { type Parameter, undecayed } from "../parameter.js";
import type { Gate, SharingArchitecture, SharingShape, SharingStep } from "./architecture.js";
import { namesOf, numbered } from "./gate-names.js";
import { mixture } from "./gates.js";
import { type Copies, asInput, copiedLayer, copiesLayout } from "./towers.js";

/**
 * Learning to branch: C branches of each layer, and a learned tree. A branch of a layer chooses which branch of the layer before
 * it reads, a task which branch of the last layer; tasks share what their paths have in common.
 *
 * While the tree is searched a choice with logits θ is relaxed: d = softmax((θ + g)/τ), g = −ln(−ln u) drawn anew in each step,
 * and what is read is Σᵢ dᵢ·hᵢ; τ falls from `temperature` to `last-temperature` geometrically. After the share `search` of the most
 * epochs, and when predicting, a choice is the branch with the largest θ.
 *
 * @see Guo, Lee & Ulbricht 2020, "Learning to Branch for Multi-Task Learning", sec. 3.
 * Departures: training goes on with the tree found, where the paper trains it once more from the start; no phase in which the
 * choices stand still comes before the search. C is at most the number of tasks.
 */
export const learningToBranch: SharingArchitecture = {
  slug: "learning-to-branch",
  title: "Learning to branch",
  description: "a tree of layers in which tasks part where it is learned that they should (Guo et al. 2020)",
  helps: "Tasks that fall into groups nobody knows: it finds which of them share which layers, and says so",
  paper: 'Guo, Lee & Ulbricht 2020, "Learning to Branch for Multi-Task Learning"',
  options: {
    branches: {
      default: 4,
      min: 1,
      max: 64,
      integer: true,
      doc: "branches of each layer, at most the number of tasks",
    },
    search: {
      default: 0.25,
      min: 0.01,
      max: 1,
      doc: "for which share of the most epochs the tree is searched; it then stays",
    },
    temperature: { default: 5, min: 0.01, max: 100, doc: "the temperature at the start (τ)" },
    "last-temperature": {
      default: 0.5,
      min: 0.01,
      max: 100,
      doc: "the temperature at the end of the search",
    },
  },
  layout: (shape) => [
    ...shape.trunk.flatMap((_, index) => copiesLayout(shape, branches(shape, index))),
    ...choices(shape).map(({ name, count, perTask }): Parameter => ({
      ...undecayed(name, [count, branchCount(shape)], "zeros"),
      rate: CHOICE_RATE,
      ...(perTask && { perTask }),
    })),
  ],
  noise: (shape) => choices(shape).reduce((sum, { count }) => sum + count * branchCount(shape), 0),
  features({ shape, encoded, parameters, dropout, step }) {
    const gates: Record<string, Gate> = {};
    let drawn = 0;
    const chosen = ({ name, title, count, perTask }: Choice, x: Tensor): Tensor =>
      layer(name, () => {
        const size = count * branchCount(shape);
        const noise = step && slice(step.noise, [drawn], [drawn + size], [0]);
        drawn += size;
        const weights = choice(shape, parameters[name]!, step && { ...step, noise: noise! });
        gates[title] = {
          weights,
          readers: perTask ? namesOf(shape) : numbered("branch", count),
          choices: numbered("branch", branchCount(shape)),
        };
        return mixture(weights, x);
      });
    const [ofTasks, ...between] = [...choices(shape)].reverse() as [Choice, ...Choice[]];
    const levels = between.reverse();
    const last = shape.trunk.reduce((x, _, index) => {
      const read = index === 0 ? x : chosen(levels[index - 1]!, x);
      return copiedLayer(shape, branches(shape, index), read, parameters, dropout);
    }, asInput(encoded));
    return { perTask: chosen(ofTasks, last), gates };
  },
};

const CHOICE_RATE = 10; // logits must settle within the search, while weights have the whole training

/** Who chooses among the branches of a layer. */
interface Choice {
  readonly name: string;
  readonly title: string;
  /** How many choose. */
  readonly count: number;
  readonly perTask?: true;
}

/** C, the number of branches of a layer. */
const branchCount = ({ options, tasks }: SharingShape): number =>
  Math.min(options["branches"]!, tasks.length);

const branches = (shape: SharingShape, index: number): Copies => ({
  name: `trunk.${index}.branches`,
  count: branchCount(shape),
  index,
});

/** The choices in the order in which they are made: those of the branches of each layer after the first, then those of the tasks. */
const choices = (shape: SharingShape): Choice[] => [
  ...shape.trunk.slice(1).map((_, i) => ({
    name: `trunk.${i + 1}.choice`,
    title: `layer ${i + 2}`,
    count: branchCount(shape),
  })),
  { name: "tasks.choice", title: "tasks", count: shape.tasks.length, perTask: true },
];

/** Weights `[n, C]` of a choice with logits of the same shape. */
function choice(shape: SharingShape, logits: Tensor, step: SharingStep | undefined): Tensor {
  const { dtype } = logits;
  const best = oneHot(argMax(logits, 1), branchCount(shape), dtype);
  if (!step) return best;
  const { search, temperature, "last-temperature": end } = shape.options as Record<string, number>;
  const number = (value: number): Tensor => scalar(value, dtype);
  const searched = clip(mul(step.progress, number(1 / search!)), 0, 1);
  const falling = add(number(Math.log(temperature!)), mul(searched, number(Math.log(end! / temperature!))));
  const uniform = clip(reshape(step.noise, logits.shape), 1e-7, 1 - 1e-7); // its logarithms are finite in float32
  const gumbel = neg(log(neg(log(uniform))));
  const relaxed = softmax(div(add(logits, gumbel), exp(falling)), -1);
  return where(less(step.progress, number(search!)), relaxed, best);
}
