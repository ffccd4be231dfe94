import { batchScatterAdd } from "../batching/scatter.js";
import { emitZeros } from "../indexing.js";
import { defineOp } from "../op.js";
import { normalizeAxis, product, sameShape, strides } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { numbers, value } from "../value.js";

interface ScatterAttributes {
  readonly axis: number;
  readonly [key: string]: number;
}

/**
 * The inverse of `gather`: zeros in the shape of `like`, to whose slices along one axis the updates are added; several
 * updates of one slice add up.
 */
export const scatterAdd = defineOp<
  ScatterAttributes,
  (updates: Tensor, indices: Tensor, like: Tensor, axis: number) => Tensor
>(
  {
    slug: "scatter-add",
    infer({ inputs, attributes: { axis }, fail }) {
      const [updates, indices, like] = [inputs[0]!, inputs[1]!, inputs[2]!];
      const expected = [...like.shape.slice(0, axis), ...indices.shape, ...like.shape.slice(axis + 1)];
      if (!sameShape(updates.shape, expected))
        throw fail("updates", "what gather gives with the same indices");
      return [{ shape: like.shape, dtype: updates.dtype }];
    },
    vjp: ({ inputs, outputs, g, full, emit, attributes }) => [
      emit("gather", [full(g, outputs[0]!), inputs[1]!], attributes),
      undefined,
      undefined,
    ],
    batch: batchScatterAdd,
    onnx(context) {
      const { node, inputs, outputs, emit, ints, attributes } = context;
      const { axis } = attributes;
      const [updates, indices, like] = [node.inputs[0]!, node.inputs[1]!, node.inputs[2]!];
      const wide =
        indices.dtype === "int64" ? inputs[1]! : emit("Cast", [inputs[1]!], { attributes: { to: 7 } });
      const places = emit("Unsqueeze", [wide, ints([indices.shape.length])]); // [..., 1]
      const reduction = { reduction: "add" };
      if (axis === 0) {
        emit("ScatterND", [emitZeros(context), places, inputs[0]!], { outputs, attributes: reduction });
        return;
      }
      const rank = like.shape.length;
      const lead = indices.shape.map((_, i) => axis + i);
      const rest = Array.from({ length: updates.shape.length }, (_, i) => i).filter((i) => !lead.includes(i));
      const turned = emit("Transpose", [inputs[0]!], { attributes: { perm: [...lead, ...rest] } });
      const front = [axis, ...Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis)];
      const base = emit("Transpose", [emitZeros(context)], { attributes: { perm: front } });
      const sum = emit("ScatterND", [base, places, turned], { attributes: reduction });
      emit("Transpose", [sum], { outputs, attributes: { perm: front.map((_, i) => front.indexOf(i)) } });
    },
    reference({ inputs, attributes: { axis } }) {
      const [updates, indices, like] = [inputs[0]!, inputs[1]!, inputs[2]!];
      const result = new Float64Array(product(like.shape));
      const [steps, from, where] = [strides(like.shape), strides(updates.shape), strides(indices.shape)];
      const [picked, rank, size] = [numbers(indices), indices.shape.length, like.shape[axis]!];
      numbers(updates).forEach((update, at) => {
        const index = from.map((step, i) => Math.floor(at / step) % updates.shape[i]!);
        const slot = where.reduce((sum, step, i) => sum + step * index[axis + i]!, 0);
        const chosen = (picked[slot]! + size) % size;
        const target = steps.reduce(
          (sum, step, i) => sum + step * (i === axis ? chosen : index[i < axis ? i : i + rank - 1]!),
          0,
        );
        result[target]! += update;
      });
      return [value(like.shape, result)];
    },
  },
  (apply) => (updates, indices, like, axis) =>
    apply([updates, indices, like], { axis: normalizeAxis(axis, like.shape.length) ?? axis })[0]!,
);
