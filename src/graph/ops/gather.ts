import { indexFault, wrappedIndex } from "../indexing.js";
import { defineOp } from "../op.js";
import { normalizeAxis, strides } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { gatherBy, numbers } from "../value.js";

interface GatherAttributes {
  readonly axis: number;
  readonly [key: string]: number;
}

/**
 * Takes slices of x along one axis by number: shape of x with that axis replaced by the shape of the indices.
 *
 * @param indices int32 or int64 of any rank; negative ones count from the end.
 */
export const gather = defineOp<GatherAttributes, (x: Tensor, indices: Tensor, axis: number) => Tensor>(
  {
    slug: "gather",
    infer({ inputs, attributes: { axis }, fail }) {
      const [x, indices] = [inputs[0]!, inputs[1]!];
      const fault = indexFault(indices, x, axis, fail);
      if (fault) throw fault;
      return [
        { shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)], dtype: x.dtype },
      ];
    },
    vjp({ inputs, outputs, g, full, emit, attributes }) {
      const [x, indices] = [inputs[0]!, inputs[1]!];
      return [emit("scatter-add", [full(g, outputs[0]!), indices, x], attributes), undefined];
    },
    batch({ inputs, batched, attributes: { axis }, emit }) {
      return batched[1] ? undefined : [emit("gather", inputs, { axis: axis + 1 })];
    },
    onnx: ({ inputs, outputs, attributes, emit }) =>
      void emit("Gather", inputs, { outputs, attributes: { axis: attributes.axis } }),
    reference({ inputs, attributes: { axis } }) {
      const [x, indices] = [inputs[0]!, inputs[1]!];
      const [steps, rank, size] = [strides(x.shape), indices.shape.length, x.shape[axis]!];
      const where = strides(indices.shape);
      const picked = numbers(indices).map((i) => wrappedIndex(i, size, "gather"));
      const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
      return [
        gatherBy(x, shape, (index) => {
          const slot = where.reduce((at, step, i) => at + step * index[axis + i]!, 0);
          return steps.reduce((at, step, i) => {
            if (i === axis) return at + step * picked[slot]!;
            return at + step * index[i < axis ? i : i + rank - 1]!;
          }, 0);
        }),
      ];
    },
  },
  (apply) => (x, indices, axis) =>
    apply([x, indices], { axis: normalizeAxis(axis, x.shape.length) ?? axis })[0]!,
);
