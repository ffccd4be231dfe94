import {
  type Tensor,
  add,
  batchedPullback,
  concat,
  constant,
  gradients,
  layer,
  matmul,
  reduceSum,
  reshape,
  slice,
  transpose,
} from "../graph/index.js";
import type { GroupOutput } from "../model/group-output.js";
import { headChunks } from "../model/head-chunks.js";
import { type Layout } from "../model/layout.js";
import { inTrunk, sizeOf } from "../model/parameter.js";
import type { Network } from "../model/network.js";
import type { ModelSpec } from "../model/spec.js";

/** The gradients of all tasks with respect to what they share. */
export interface TaskGradients {
  /**
   * Gradient of each task's loss with respect to the last shared layer: `[T, M, R, H]`, tasks in the order of the groups; absent
   * where tasks have features of their own.
   */
  readonly shared?: Tensor;
  /**
   * The Jacobian `[T, P₀]` with respect to the trunk's parameters, one after another as they were given: blocks of its rows, as even
   * as can be.
   */
  readonly jacobian: readonly Tensor[];
  /** J·Jᵀ: `[T, T]`. */
  readonly gramian: Tensor;
}

/** Most rows of the Jacobian in a block: what the way through the trunk keeps of so many tasks stays near the processor. */
const BLOCK = 48;

/**
 * Every task's gradient with respect to the trunk in one backward pass for each block of tasks.
 *
 * A plain pass through the heads gives the cotangents of their first layers; since a head's columns belong to one task, a
 * product per task takes them to the last shared layer, `[T, M, R, H]`. From there one pass with a leading task axis goes
 * through the trunk, as a few large products instead of T passes. Where tasks have features of their own, the pass with a task
 * axis begins at the losses.
 *
 * @param losses `[T]` in the order of the groups.
 * @param trunk the trunk's parameters, on the way to the losses.
 * @see Sener & Koltun 2018, "Multi-Task Learning as Multi-Objective Optimization", sec. 3.3 (gradients with respect to the
 * shared representation); Quinton & Rey 2024, "Jacobian Descent for Multi-Objective Optimization", sec. 2 (Jacobian, Gramian).
 */
export function taskGradients(
  spec: ModelSpec,
  traced: Network,
  losses: Tensor,
  trunk: readonly Tensor[],
): TaskGradients {
  return layer("task-gradients", () => {
    const shared = traced.shared && lastLayerCotangents(spec, traced, losses);
    const [from, cotangents] = shared ? [traced.shared!, shared] : [losses, identity(losses)];
    const jacobian = rowBlocks(cotangents).map((rows) => sideBySide(batchedPullback([from], [rows], trunk)));
    return { ...(shared && { shared }), jacobian, gramian: gramianOfBlocks(jacobian) };
  });
}

/** Rows `[T, …]` in as few blocks as there must be. */
function rowBlocks(rows: Tensor): Tensor[] {
  const T = rows.shape[0] as number; // tasks are counted
  const size = Math.ceil(T / Math.ceil(T / BLOCK));
  if (size === T) return [rows];
  const starts = Array.from({ length: Math.ceil(T / size) }, (_, i) => i * size);
  return starts.map((start) => slice(rows, [start], [Math.min(T, start + size)], [0]));
}

/** J·Jᵀ `[T, T]` of blocks of rows; what lies below the diagonal is not computed twice. */
function gramianOfBlocks(blocks: readonly Tensor[]): Tensor {
  const above = blocks.map((block, i) =>
    blocks.slice(i).map((later) => matmul(block, later, { transposeB: true })),
  );
  const rows = above.map((own, i) => {
    const below = above.slice(0, i).map((of, j) => transpose(of[i - j]!, [1, 0]));
    return joined([...below, ...own], 1);
  });
  return joined(rows, 0);
}

const joined = (parts: readonly Tensor[], axis: number): Tensor =>
  parts.length === 1 ? parts[0]! : concat(parts, axis);

/** The gradient of each loss `[T, ΣP]` with respect to parameters one after another. */
export const gradientsByTask = (losses: Tensor, parameters: readonly Tensor[]): Tensor =>
  sideBySide(batchedPullback([losses], [identity(losses)], parameters));

/** Gradient of each task's loss with respect to the last shared layer: `[T, M, R, H]`. */
function lastLayerCotangents(spec: ModelSpec, { groups }: Network, losses: Tensor): Tensor {
  const cotangents = gradients(
    reduceSum(losses, [0]),
    groups.map(({ ofShared }) => ofShared!.first), // there where a layer is shared
  );
  const rows = groups.map((source, i) => sharedCotangents(spec, source, cotangents[i]!));
  return joined(rows, 0);
}

/** The identity `[T, T]`: each loss by itself. */
function identity(losses: Tensor): Tensor {
  const T = losses.shape[0] as number; // tasks are counted
  const ones = Float64Array.from({ length: T * T }, (_, i) => (i % (T + 1) === 0 ? 1 : 0));
  const data = losses.dtype === "float64" ? ones : Float32Array.from(ones);
  return constant({ dtype: losses.dtype, shape: [T, T], data });
}

/** From the cotangent of a group's first layers `[lead, R, size·first]` to one of the shared layer per task, `[G, M, R, H]`. */
function sharedCotangents(spec: ModelSpec, { group, ofShared }: GroupOutput, cotangent: Tensor): Tensor {
  const { weight } = ofShared!; // there where a layer is shared
  const [M, R, H] = [spec.members, cotangent.shape.at(-2)!, spec.trunk.at(-1)!];
  const { count, size } = headChunks(spec, group);
  const first = spec.head > 0 ? spec.head : group.width;
  const byTask = (x: Tensor, lines: typeof R): Tensor =>
    reshape(transpose(reshape(x, [M, count, lines, size, first]), [1, 3, 0, 2, 4]), [
      count * size,
      M,
      lines,
      first,
    ]);
  const all = matmul(byTask(cotangent, R), byTask(weight, H), { transposeB: true }); // [count * size, M, R, H]
  return count * size === group.tasks.length ? all : slice(all, [0], [group.tasks.length], [0]);
}

/** Tensors `[T, …]` as one matrix `[T, Σ size]`. */
function sideBySide(parts: readonly Tensor[]): Tensor {
  const rows = parts.map(flatRows);
  return rows.length === 1 ? rows[0]! : concat(rows, 1);
}

/** `[T, …]` as `[T, size]`. */
function flatRows(x: Tensor): Tensor {
  const [tasks, ...rest] = x.shape as readonly number[]; // parameters have sizes
  return reshape(x, [tasks!, rest.reduce((product, size) => product * size, 1)]);
}

/**
 * The gradient `[P]` of the objective from the tasks' own, without another pass through the trunk: Σ wₜ·Jₜ for the trunk's
 * parameters, with w the objective's slopes by task, and plain gradients for all others, which follow them.
 *
 * @param total the balanced objective, a function of the losses and the balancer's own parameters.
 * @param others the parameters after the trunk's, in their order.
 */
export function combinedGradient(
  total: Tensor,
  losses: Tensor,
  jacobian: readonly Tensor[],
  others: readonly Tensor[],
): Tensor {
  const [slopes, ...plain] = gradients(total, [losses, ...others]);
  return flatVector([weightedSum(slopes!, jacobian), ...plain]);
}

/** Σ wₜ·Jₜ `[P₀]` from weights `[T]` and blocks of rows `[T, P₀]`. */
export function weightedSum(weights: Tensor, jacobian: readonly Tensor[]): Tensor {
  let from = 0;
  const sums = jacobian.map((block) => {
    const [tasks, size] = block.shape as readonly [number, number];
    const own = jacobian.length === 1 ? weights : slice(weights, [from], [(from += tasks)], [0]);
    return reshape(matmul(reshape(own, [1, tasks]), block), [size]);
  });
  return sums.reduce((sum, part) => add(sum, part));
}

/** The Jacobian `[T, P₀]` in one piece. */
export const wholeJacobian = (blocks: readonly Tensor[]): Tensor => joined(blocks, 0);

/** Tensors one after another, as one vector `[ΣP]`. */
export function flatVector(parts: readonly Tensor[]): Tensor {
  const vectors = parts.map((part) => reshape(part, [sizeOf(part.shape as readonly number[])])); // parameters have sizes
  return vectors.length === 1 ? vectors[0]! : concat(vectors, 0);
}

/** A model's parameters, those that all tasks share apart from the others, each in the order of the layout. */
export function byTrunk(
  layout: Layout,
  named: Readonly<Record<string, Tensor>>,
): { readonly trunk: readonly Tensor[]; readonly others: readonly Tensor[] } {
  const of = (shared: boolean): Tensor[] =>
    layout.filter(({ name }) => inTrunk(name) === shared).map(({ name }) => named[name]!);
  return { trunk: of(true), others: of(false) };
}
