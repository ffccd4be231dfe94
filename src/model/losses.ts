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
import { taskGroups } from "./groups.js";
import type { Network } from "./network.js";
import { splitByGroup } from "./output-graph.js";
import type { ModelSpec } from "./spec.js";

/**
 * Loss of every task on one batch, `[T]` in the order of the groups.
 *
 * @param targets coded labels `[R, Σ G·V]`. @param mask `[R, T]`. @param encoded `[R, D]`.
 */
export function taskLosses(traced: Network, targets: Tensor, mask: Tensor, encoded: Tensor): Tensor {
  const targetParts = splitByGroup(traced, targets, "targets");
  const maskParts = splitByGroup(traced, mask, "mask");
  const rows = encoded.shape[0]!;
  const losses = traced.groups.map(({ group, output, parameters }, i) =>
    layer(`loss.${group.name}`, () =>
      group.kind.loss({
        output,
        target: reshape(targetParts[i]!, [rows, group.tasks.length, group.targetWidth]),
        mask: maskParts[i]!,
        encoded,
        parameters,
      }),
    ),
  );
  return losses.length === 1 ? losses[0]! : concat(losses, 0);
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
  const { dtype } = parameters["tasks.embedding"]!;
  const first = (width: number): number => (spec.head > 0 ? spec.head : width);

  const headOf = (name: string): { tensors: Tensor[]; embedding: Tensor } => {
    const t = spec.tasks.findIndex((task) => task.name === name);
    const group = groups.find(({ tasks }) => tasks.includes(t))!;
    const g = group.tasks.indexOf(t);
    const columns = first(group.width);
    const of = (key: string): Tensor | undefined => parameters[`heads.${group.name}.${key}`];
    const tensors = [
      slice(of("weight")!, [g * columns], [(g + 1) * columns], [2]),
      slice(of("bias")!, [g * columns], [(g + 1) * columns], [2]),
    ];
    const deep = [of("output.weight"), of("output.bias")].flatMap((x) =>
      x ? [slice(x, [g], [g + 1], [1])] : [],
    );
    return {
      tensors: [...tensors, ...deep],
      embedding: slice(parameters["tasks.embedding"]!, [t], [t + 1], [0]),
    };
  };
  const total = (x: Tensor): Tensor => reduceSum(x, [...x.shape.keys()]);
  const terms = links.flatMap((link) => {
    const [a, b] = [headOf(link.from), headOf(link.to)];
    const heads = a.tensors.map((x, i) =>
      mul(total(square(sub(x, b.tensors[i]!))), scalar(1 / spec.members, dtype)),
    );
    return [...heads, total(square(sub(a.embedding, b.embedding)))];
  });
  return layer("ties", () =>
    mul(
      terms.reduce((sum, term) => add(sum, term)),
      scalar(spec.tie, dtype),
    ),
  );
}
