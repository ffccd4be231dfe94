import { batchedLike, emitZeros, indexFault } from "../indexing.js";
import { defineOp } from "../op.js";
import { normalizeAxis, product, sameShape, strides } from "../shape.js";
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
      const fault = indexFault(indices, like, axis, fail);
      if (fault) throw fault;
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
    batch(context) {
      const { attributes, whole, emit } = context;
      const inputs = [whole(0), whole(1), batchedLike(context)];
      return [emit("scatter-elements", inputs, { axis: attributes.axis + 1 })];
    },
    onnx(context) {
      const { inputs, outputs, emit } = context;
      const attributes = { axis: context.attributes.axis, reduction: "add" };
      emit("ScatterElements", [emitZeros(context), inputs[1]!, inputs[0]!], { outputs, attributes });
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
