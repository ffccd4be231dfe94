import { ELEMENT_TYPES } from "../onnx/element-types.js";
import { defineOp } from "../op.js";
import type { Tensor } from "../tensor.js";
import { value } from "../value.js";

/** The product of x's sizes along axes as a scalar of x's type: how many elements a symbolic size turned out to be. */
export const axisSize = defineOp<
  { readonly axes: readonly number[] },
  (x: Tensor, axes: readonly number[]) => Tensor
>(
  {
    slug: "axis-size",
    infer: ({ inputs }) => [{ shape: [], dtype: inputs[0]!.dtype }],
    differentiable: "zero",
    batch: ({ inputs, attributes: { axes }, emit }) => [
      emit("axis-size", inputs, { axes: axes.map((axis) => axis + 1) }),
    ],
    onnx({ node, inputs, outputs, attributes, emit, ints }) {
      const sizes = emit("Gather", [emit("Shape", inputs), ints(attributes.axes)]);
      const count = emit("ReduceProd", [sizes], { attributes: { keepdims: 0 } });
      emit("Cast", [count], { outputs, attributes: { to: ELEMENT_TYPES[node.inputs[0]!.dtype] } });
    },
    reference: ({ inputs, attributes }) => [
      value([], [attributes.axes.reduce((count, axis) => count * inputs[0]!.shape[axis]!, 1)]),
    ],
  },
  (apply) => (x, axes) => apply([x], { axes })[0]!,
);
