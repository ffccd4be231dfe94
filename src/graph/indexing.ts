import { NumericError, type ShapeError } from "../base/errors.js";
import type { BatchContext, Inference, OnnxContext } from "./op.js";
import { normalizeAxis, staticShape } from "./shape.js";
import type { Attributes, Tensor } from "./tensor.js";

/**
 * Why indices along an axis of `x` cannot be used, as an error to throw; undefined when they can.
 *
 * @param fail the shape rule's own way to make an error.
 */
export function indexFault(
  indices: Tensor,
  x: Tensor,
  axis: number,
  fail: Inference<Attributes>["fail"],
): ShapeError | undefined {
  if (indices.dtype !== "int32" && indices.dtype !== "int64")
    return fail("indices", "of type int32 or int64", "Cast them.", indices.dtype);
  if (normalizeAxis(axis, x.shape.length) !== axis)
    return fail("axis", `inside the rank ${x.shape.length}`, undefined, String(axis));
  return undefined;
}

/**
 * An index counted from the front; negative ones count from the end.
 *
 * @param op the operation, for the message.
 * @throws {NumericError} if it lies outside.
 */
export function wrappedIndex(index: number, size: number, op: string): number {
  const found = index < 0 ? index + size : index;
  if (found >= 0 && found < size) return found;
  const expected = `in [${-size}, ${size - 1}]`;
  throw new NumericError({ where: op, subject: "index", expected, got: String(index) });
}

/** The name of zeros of the first input's type in the shape of the third: what the updates of a scatter are added to. */
export function emitZeros<A>({ node, inputs, emit, ints, scalar }: OnnxContext<A>): string {
  const known = staticShape(node.inputs[2]!.shape);
  const sizes = known ? ints(known) : emit("Shape", [inputs[2]!]);
  return emit("Expand", [scalar(0, node.inputs[0]!.dtype), sizes]);
}

/** For a batching rule: a tensor of the shape that the third input has for all K values, of which only the shape is used. */
export function batchedLike<A>({ inputs, batched, size, emit, scalar, whole }: BatchContext<A>): Tensor {
  const { shape, dtype } = inputs[2]!;
  const known = !batched[2] && staticShape([size, ...shape]);
  return known ? emit("expand", [scalar(0, dtype)], { shape: known }) : whole(2);
}
