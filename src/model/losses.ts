import {
  type Tensor,
  add,
  concat,
  layer,
  mul,
  reduceSum,
  reshape,
  scalar,
  slice,
  square,
  sub,
} from "../graph/index.js";
import { type TaskGroup, taskGroups } from "./groups.js";
import { headChunks } from "./head-chunks.js";
import type { Network } from "./network.js";
import { splitByGroup } from "./output-graph.js";
import type { ModelSpec } from "./spec.js";

/**
 * Loss of every task on one batch, `[T]` in the order of the groups.
 *
 * @param targets coded labels `[R, Σ G·V]`. @param mask `[R, T]`; undefined where every row has every label. @param encoded `[R, D]`.
 */
export function taskLosses(
  traced: Network,
  targets: Tensor,
  mask: Tensor | undefined,
  encoded: Tensor,
): Tensor {
  const targetParts = splitByGroup(traced, targets, "targets");
  const maskParts = mask && splitByGroup(traced, mask, "mask");
  const rows = encoded.shape[0]!;
  const losses = traced.groups.map(({ group, output, parameters }, i) =>
    layer(`loss.${group.name}`, () =>
      group.kind.loss({
        output,
        target: reshape(targetParts[i]!, [rows, group.tasks.length, group.targetWidth]),
        ...(maskParts && { mask: maskParts[i]! }),
        encoded,
        parameters,
      }),
    ),
  );
  return losses.length === 1 ? losses[0]! : concat(losses, 0);
}

/**
 * Loss of every task in every row, `[R, T]` in the order of the groups, of a network with one output for all members: 0
 * where a row has no label, and for a task that finds its own targets.
 *
 * Every row is given to the kind's own loss as if it were a task of one row, so that the mean over a task's labelled rows is
 * the task's loss.
 */
export function rowLosses(traced: Network, targets: Tensor, mask: Tensor, encoded: Tensor): Tensor {
  const targetParts = splitByGroup(traced, targets, "targets");
  const maskParts = splitByGroup(traced, mask, "mask");
  const rows = encoded.shape[0]!;
  const losses = traced.groups.map(({ group, output, parameters }, i) => {
    const { kind, tasks, width, targetWidth } = group;
    if (!kind.supervised) return mul(maskParts[i]!, scalar(0, mask.dtype));
    const loss = kind.loss({
      output: reshape(output, [1, 1, -1, width]),
      target: reshape(targetParts[i]!, [1, -1, targetWidth]),
      mask: reshape(maskParts[i]!, [1, -1]),
      encoded,
      parameters,
    });
    return reshape(loss, [rows, tasks.length]);
  });
  return losses.length === 1 ? losses[0]! : concat(losses, 1);
}

/**
 * The same-kind penalty: tie · Σ over links of ‖θ_a − θ_b‖², θ a task's head (mean over members) and its embedding. Scalar;
 * undefined without such links.
 *
 * @see Evgeniou & Pontil 2004, "Regularized multi-task learning" (the penalty on a pair of related tasks).
 */
export function tiePenalty(
  spec: ModelSpec,
  parameters: Readonly<Record<string, Tensor>>,
): Tensor | undefined {
  const groups = taskGroups(spec);
  const links = spec.links.filter((link) => link.kind === "same-kind");
  if (links.length === 0) return undefined;
  const tensorsOf = (name: string): { head: Tensor[]; embedding: Tensor[] } => {
    const t = spec.tasks.findIndex((task) => task.name === name);
    const group = groups.find(({ tasks }) => tasks.includes(t))!;
    const embedding = parameters["tasks.embedding"];
    return {
      head: headOf(spec, group, group.tasks.indexOf(t), parameters),
      embedding: embedding ? [slice(embedding, [t], [t + 1], [0])] : [],
    };
  };
  const distance = (a: readonly Tensor[], b: readonly Tensor[]): Tensor[] =>
    a.map((x, i) => reduceSum(square(sub(x, b[i]!)), [...x.shape.keys()]));
  return layer("ties", () => {
    const terms = links.flatMap((link) => {
      const [a, b] = [tensorsOf(link.from), tensorsOf(link.to)];
      const ofHeads = distance(a.head, b.head).map((term) => mul(term, scalar(1 / spec.members, term.dtype)));
      return [...ofHeads, ...distance(a.embedding, b.embedding)];
    });
    const sum = terms.reduce((total, term) => add(total, term));
    return mul(sum, scalar(spec.tie, sum.dtype));
  });
}

/** One task's part of its group's head parameters. */
function headOf(
  spec: ModelSpec,
  group: TaskGroup,
  place: number,
  parameters: Readonly<Record<string, Tensor>>,
): Tensor[] {
  const { count, size } = headChunks(spec, group);
  const [chunk, column] = [Math.floor(place / size), place % size];
  const width = spec.head > 0 ? spec.head : group.width;
  const firstLayer = ["weight", "bias"].map((key) => {
    const x = parameters[`heads.${group.name}.${key}`]!;
    const [chunkAxis, columns] = [x.shape.length - 3, x.shape.length - 1];
    const own = count === 1 ? x : slice(x, [chunk], [chunk + 1], [chunkAxis]);
    return slice(own, [column * width], [(column + 1) * width], [columns]);
  });
  const lastLayer = ["output.weight", "output.bias"].flatMap((key) => {
    const x = parameters[`heads.${group.name}.${key}`];
    return x ? [slice(x, [place], [place + 1], [1])] : [];
  });
  return [...firstLayer, ...lastLayer];
}
