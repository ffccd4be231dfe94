import { defineOp } from "../op.js";
import { normalizeAxis, product, sameShape, staticShape, strides } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { numbers, value } from "../value.js";

interface AxisAttributes {
  readonly axis: number;
  readonly [key: string]: number;
}

/**
 * The inverse of `gatherElements`: zeros in the shape of `like`, to whose elements on each line along one axis the updates are
 * added where the same line of the indices says; several updates of one element add up.
 *
 * @param indices of the updates' shape, int32 or int64.
 * @param like of that shape except along the axis; only its shape is used.
 */
export const scatterElements = defineOp<
  AxisAttributes,
  (updates: Tensor, indices: Tensor, like: Tensor, axis: number) => Tensor
>(
  {
    slug: "scatter-elements",
    infer({ inputs, attributes: { axis }, fail }) {
      const [updates, indices, like] = [inputs[0]!, inputs[1]!, inputs[2]!];
      if (indices.dtype !== "int32" && indices.dtype !== "int64")
        throw fail("indices", "of type int32 or int64", "Cast them.", indices.dtype);
      if (normalizeAxis(axis, like.shape.length) !== axis)
        throw fail("axis", `inside the rank ${like.shape.length}`, undefined, String(axis));
      const fits =
        sameShape(updates.shape, indices.shape) &&
        updates.shape.length > axis &&
        sameShape(updates.shape.with(axis, 1), like.shape.with(axis, 1));
      if (!fits) throw fail("updates and indices", `of one shape, that of like except along axis ${axis}`);
      return [{ shape: like.shape, dtype: updates.dtype }];
    },
    vjp: ({ inputs, outputs, g, full, emit, attributes }) => [
      emit("gather-elements", [full(g, outputs[0]!), inputs[1]!], attributes),
      undefined,
      undefined,
    ],
    onnx({ node, inputs, outputs, attributes: { axis }, emit, ints, scalar }) {
      const known = staticShape(node.inputs[2]!.shape);
      const sizes = known ? ints(known) : emit("Shape", [inputs[2]!]);
      const zeros = emit("Expand", [scalar(0, node.inputs[0]!.dtype), sizes]);
      const attributes = { axis, reduction: "add" };
      emit("ScatterElements", [zeros, inputs[1]!, inputs[0]!], { outputs, attributes });
    },
    reference({ inputs, attributes: { axis } }) {
      const [updates, indices, like] = [inputs[0]!, inputs[1]!, inputs[2]!];
      const result = new Float64Array(product(like.shape));
      const [steps, from, picked] = [strides(like.shape), strides(updates.shape), numbers(indices)];
      const size = like.shape[axis]!;
      numbers(updates).forEach((update, at) => {
        const index = from.map((step, i) => Math.floor(at / step) % updates.shape[i]!);
        index[axis] = (picked[at]! + size) % size;
        result[steps.reduce((sum, step, i) => sum + step * index[i]!, 0)]! += update;
      });
      return [value(like.shape, result)];
    },
  },
  (apply) => (updates, indices, like, axis) =>
    apply([updates, indices, like], { axis: normalizeAxis(axis, like.shape.length) ?? axis })[0]!,
);
