import { ShapeError } from "../../base/errors.js";
import { currentLayer } from "../layer.js";
import { concat, expand, reshape, topK } from "../ops/index.js";
import { formatShape, normalizeAxis, productDim } from "../shape.js";
import type { Tensor } from "../tensor.js";

/**
 * The elements along one axis in order and where they stood, as int64; equal ones keep their order. The values have a gradient.
 *
 * @param options `descending`: the largest first; false unless given.
 * @returns values and indices, both in the shape of x.
 */
export function sort(x: Tensor, axis: number, { descending = false } = {}): [Tensor, Tensor] {
  const at = existingAxis("sort", x, axis);
  return topK(x, x.shape[at]!, at, { largest: descending });
}

/**
 * Tensors of one shape side by side along a new axis.
 *
 * @param axis where the new axis is in the result; negative ones count from the end.
 */
export function stack(xs: readonly Tensor[], axis: number): Tensor {
  const rank = (xs[0]?.shape.length ?? 0) + 1;
  const at = normalizeAxis(axis, rank);
  if (at === undefined) throw misplaced("stack", rank, axis);
  const raised = xs.map((x) => reshape(x, x.shape.toSpliced(at, 0, 1)));
  return concat(raised, at);
}

/**
 * Copies of x side by side, so many along each axis: `[L]` with 2 gives a₀ … aₙ a₀ … aₙ.
 *
 * @param copies a whole number from 1 on for each axis.
 */
export function tile(x: Tensor, copies: readonly number[]): Tensor {
  const whole = copies.every((count) => Number.isInteger(count) && count >= 1);
  if (!whole || copies.length !== x.shape.length)
    throw uncountable(
      "tile",
      `whole numbers from 1 on, one for each axis of ${formatShape(x.shape)}`,
      copies,
    );
  return copies.reduce((made, count, axis) => (count === 1 ? made : copied(made, count, axis, axis)), x);
}

/** Each element along one axis several times in a row: `[L]` with 2 gives a₀ a₀ a₁ a₁ …. */
export function repeat(x: Tensor, count: number, axis: number): Tensor {
  if (!Number.isInteger(count) || count < 1) throw uncountable("repeat", "a whole number from 1 on", [count]);
  const at = existingAxis("repeat", x, axis);
  return copied(x, count, at, at + 1);
}

/** Copies along a new axis at `place`, merged into `axis`. */
function copied(x: Tensor, count: number, axis: number, place: number): Tensor {
  const raised = reshape(x, x.shape.toSpliced(place, 0, 1));
  const many = expand(raised, x.shape.toSpliced(place, 0, count));
  return reshape(many, x.shape.with(axis, productDim([count, x.shape[axis]!])));
}

function existingAxis(name: string, { shape }: Tensor, axis: number): number {
  const found = normalizeAxis(axis, shape.length);
  if (found === undefined) throw misplaced(name, shape.length, axis);
  return found;
}

function misplaced(name: string, rank: number, axis: number): ShapeError {
  const expected = `inside the rank ${rank}`;
  const where = currentLayer() || "graph";
  return new ShapeError({ where, subject: `${name} axis`, expected, got: String(axis) });
}

function uncountable(name: string, expected: string, copies: readonly number[]): ShapeError {
  const got = copies.length === 1 ? String(copies[0]) : `[${copies.join(", ")}]`;
  return new ShapeError({ where: currentLayer() || "graph", subject: `${name} copies`, expected, got });
}
