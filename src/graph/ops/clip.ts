import { unaryWith } from "../elementwise.js";
import type { Tensor } from "../tensor.js";

/** x kept between `low` and `high`, both static; the gradient is 1 where x was inside, ends included, else 0. */
export const clip = unaryWith<
  { readonly low: number; readonly high: number },
  (x: Tensor, low: number, high: number) => Tensor
>(
  {
    slug: "clip",
    accepts: "float",
    onnx({ node, attributes, inputs, outputs, emit, scalar }) {
      const { dtype } = node.inputs[0]!;
      emit("Clip", [inputs[0]!, scalar(attributes.low, dtype), scalar(attributes.high, dtype)], { outputs });
    },
    value: (x, { low, high }) => Math.min(Math.max(x, low), high),
    gradient: ({ g, x, y, emit, scalar }) => emit("where", [emit("equal", [x, y]), g, scalar(0, g.dtype)]),
  },
  (apply) => (x, low, high) => apply([x], { low, high })[0]!,
);
