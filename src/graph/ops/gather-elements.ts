import { indexFault, wrappedIndex } from "../indexing.js";
import { defineOp } from "../op.js";
import { normalizeAxis, sameShape, strides } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { gatherBy, numbers } from "../value.js";

interface AxisAttributes {
  readonly axis: number;
  readonly [key: string]: number;
}

/**
 * Takes, on each line of x along one axis, the elements that the same line of the indices names (NumPy's `take_along_axis`).
 *
 * @param indices int32 or int64, of x's shape except along the axis; negative ones count from the end.
 * @returns the shape of the indices.
 */
export const gatherElements = defineOp<AxisAttributes, (x: Tensor, indices: Tensor, axis: number) => Tensor>(
  {
    slug: "gather-elements",
    infer({ inputs, attributes: { axis }, fail }) {
      const [x, indices] = [inputs[0]!, inputs[1]!];
      const fault = indexFault(indices, x, axis, fail);
      if (fault) throw fault;
      if (!sameShape(x.shape.with(axis, 1), indices.shape.length > axis ? indices.shape.with(axis, 1) : []))
        throw fail("indices", `of x's shape except along axis ${axis}`);
      return [{ shape: indices.shape, dtype: x.dtype }];
    },
    vjp: ({ inputs, outputs, g, full, emit, attributes }) => [
      emit("scatter-elements", [full(g, outputs[0]!), inputs[1]!, inputs[0]!], attributes),
      undefined,
    ],
    batch: ({ attributes: { axis }, whole, emit }) => [
      emit("gather-elements", [whole(0), whole(1)], { axis: axis + 1 }),
    ],
    onnx: ({ inputs, outputs, attributes: { axis }, emit }) =>
      void emit("GatherElements", inputs, { outputs, attributes: { axis } }),
    reference({ inputs, attributes: { axis } }) {
      const [x, indices] = [inputs[0]!, inputs[1]!];
      const [steps, where, picked] = [strides(x.shape), strides(indices.shape), numbers(indices)];
      return [
        gatherBy(x, indices.shape, (index) => {
          const chosen = picked[where.reduce((at, step, i) => at + step * index[i]!, 0)]!;
          const place = wrappedIndex(chosen, x.shape[axis]!, "gather-elements");
          return steps.reduce((at, step, i) => at + step * (i === axis ? place : index[i]!), 0);
        }),
      ];
    },
  },
  (apply) => (x, indices, axis) =>
    apply([x, indices], { axis: normalizeAxis(axis, x.shape.length) ?? axis })[0]!,
);
