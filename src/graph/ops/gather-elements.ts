import { NumericError } from "../../base/errors.js";
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
      if (indices.dtype !== "int32" && indices.dtype !== "int64")
        throw fail("indices", "of type int32 or int64", "Cast them.", indices.dtype);
      if (normalizeAxis(axis, x.shape.length) !== axis)
        throw fail("axis", `inside the rank ${x.shape.length}`, undefined, String(axis));
      if (!sameShape(x.shape.with(axis, 1), indices.shape.length > axis ? indices.shape.with(axis, 1) : []))
        throw fail("indices", `of x's shape except along axis ${axis}`);
      return [{ shape: indices.shape, dtype: x.dtype }];
    },
    vjp: ({ inputs, outputs, g, full, emit, attributes }) => [
      emit("scatter-elements", [full(g, outputs[0]!), inputs[1]!, inputs[0]!], attributes),
      undefined,
    ],
    onnx: ({ inputs, outputs, attributes: { axis }, emit }) =>
      void emit("GatherElements", inputs, { outputs, attributes: { axis } }),
    reference({ inputs, attributes: { axis } }) {
      const [x, indices] = [inputs[0]!, inputs[1]!];
      const [steps, where, picked] = [strides(x.shape), strides(indices.shape), numbers(indices)];
      return [
        gatherBy(x, indices.shape, (index) => {
          const chosen = picked[where.reduce((at, step, i) => at + step * index[i]!, 0)]!;
          const place = wrapped(chosen, x.shape[axis]!);
          return steps.reduce((at, step, i) => at + step * (i === axis ? place : index[i]!), 0);
        }),
      ];
    },
  },
  (apply) => (x, indices, axis) =>
    apply([x, indices], { axis: normalizeAxis(axis, x.shape.length) ?? axis })[0]!,
);

function wrapped(index: number, size: number): number {
  const found = index < 0 ? index + size : index;
  if (found >= 0 && found < size) return found;
  const expected = `in [${-size}, ${size - 1}]`;
  throw new NumericError({ where: "gather-elements", subject: "index", expected, got: String(index) });
}
