import {
  type Tensor,
  add,
  concat,
  layer,
  matmul,
  relu,
  reshape,
  slice,
  stopGradient,
} from "../../graph/index.js";
import { undecayed, weights } from "../parameter.js";
import { forAllTasks } from "./adapted-trunk.js";
import type { CouplingInputs, SharedTask, SharingArchitecture, SharingShape } from "./architecture.js";
import { trunk, trunkLayout } from "./hard.js";
import { asInput } from "./towers.js";

/**
 * Output chain: a child's output is corrected by what its parents are predicted to be.
 *
 * Over the trunk of hard sharing, with h its last layer and zₖ what the head of task k reads from it: ŷₖ = zₖ for a task without
 * parent, else ŷₖ = zₖ + ReLU([h; s(ŷ_p), …]·A + a)·B, where s is what a child sees of a parent's prediction: a
 * probability for each class, a standardised number, a share of each cluster. A, a and B are of each task with a parent
 * and of each member. The links of a head only add a parent's prediction to its first layer, which says nothing new to a linear head
 * of a number; here a hidden layer reads it beside h, so that the child may be any function of both.
 *
 * With `gradient` 0 the child reads the parent and does not bend it; with 1 the child's loss moves the parent too.
 *
 * @see Read et al. 2011, "Classifier chains for multi-label classification", sec. 3; Spyromitros-Xioufis et al. 2016,
 * "Multi-target regression via input space expansion: treating targets as inputs", sec. 3.2.
 * Departures: one model trained at once instead of one after another; children learn from predictions, never from the parents' labels,
 * so that training and prediction see the same; links make a graph of any shape instead of a chain in a random order.
 */
export const outputChain: SharingArchitecture = {
  slug: "output-chain",
  title: "Output chain",
  description: "a child's head has a hidden layer that reads its parents' predictions (Read et al. 2011)",
  helps:
    "A target that follows from another one in a way that is not linear, or a parent that is easier to learn than its child",
  paper:
    'Read et al. 2011, "Classifier chains for multi-label classification"; Spyromitros-Xioufis et al. 2016, "Multi-target regression via input space expansion"',
  options: {
    units: {
      default: 32,
      min: 1,
      max: 4096,
      integer: true,
      doc: "the width of the layer that reads the parents",
    },
    gradient: {
      default: 0,
      min: 0,
      max: 1,
      integer: true,
      doc: "1 to let a child's loss move its parents, 0 to let it only read them",
    },
  },
  takesLinks: true,
  layout(shape) {
    const { members: M, trunk: widths, options } = shape;
    const [H, C] = [widths.at(-1)!, options["units"]!]; // every option has a value
    return [
      ...trunkLayout(shape),
      ...children(shape).flatMap(({ task, place }) => {
        const read = task.parents.reduce((sum, parent) => sum + shape.tasks[parent]!.signal, H);
        return [
          weights(nameOf(place, "weight"), [M, read, C], "he-normal"),
          undecayed(nameOf(place, "bias"), [M, 1, C], "zeros"),
          weights(nameOf(place, "output"), [M, C, task.outputs], "glorot-uniform"),
        ];
      }),
    ];
  },
  features({ shape, encoded, parameters, dropout }) {
    const h = trunk(shape, encoded, parameters, dropout);
    const one = h.shape.length === 3 ? reshape(h, [1, ...h.shape]) : asInput(h);
    return { perTask: forAllTasks(one, shape.tasks.length, shape.members) };
  },
  couple(shape, outputs, inputs) {
    const done: Tensor[] = [];
    shape.tasks.forEach((task, place) => {
      const own = outputs[place]!;
      done.push(task.parents.length === 0 ? own : add(own, corrected(shape, place, done, inputs)));
    });
    return { outputs: done };
  },
  lacks: ({ tasks }) =>
    tasks.some(({ parents }) => parents.length > 0)
      ? undefined
      : "tasks joined by parent-child links, such as price:sold",
};

const nameOf = (place: number, key: string): string => `trunk.chain.${place}.${key}`;

const children = ({ tasks }: SharingShape): { task: SharedTask; place: number }[] =>
  tasks.flatMap((task, place) => (task.parents.length > 0 ? [{ task, place }] : []));

/** What the parents of a task add to its output `[M, R, W]`. */
function corrected(
  { tasks, options }: SharingShape,
  place: number,
  done: readonly Tensor[],
  { features, parameters, signal }: CouplingInputs,
): Tensor {
  const [, M, R, H] = features.perTask!.shape as [number, number, number, number];
  const h = reshape(slice(features.perTask!, [place], [place + 1], [0]), [M, R, H]);
  const seen = tasks[place]!.parents.map((parent) => {
    const one = signal(parent, done[parent]!);
    return options["gradient"] === 1 ? one : stopGradient(one);
  });
  const of = (key: string): Tensor => parameters[nameOf(place, key)]!;
  return layer(`chain.${place}`, () =>
    matmul(relu(add(matmul(concat([h, ...seen], 2), of("weight")), of("bias"))), of("output")),
  );
}
